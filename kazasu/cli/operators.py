"""`kazasu operators add|queues|disable`."""

import getpass
import re
import secrets
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from door_frame.staff import OPERATOR, StaffAccount
from door_frame.staff_login import hash_password
from identity.contract_holders.importing import e164
from identity.tenants.model import Tenant
from kazasu.cli.opened import with_stores
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import flows
from kazasu.wiring.stores import Stores

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}", re.ASCII)
_LONGEST_NAME: Final = 60
_ROLES: Final = (OPERATOR, "designer")


def add(*, login: str, name: str, phone: str, queues: list[str], roles: list[str]) -> int:
    """1 when the login exists; 2 for a phone, queue, role or password that cannot be used."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        number = e164(phone)
        known = flows.site(settings).queues
        problem = _problem(login, name) or _problem_of_roles(roles, number, queues, known)
        if problem:
            say(problem)
            return 2
        if await kept.staff.by_login(tenant.id, login) is not None:
            say(f"{login}: this login exists; name another one")
            return 1
        try:
            hashed = hash_password(_password())
        except ValueError as error:
            say(str(error))
            return 2
        account = StaffAccount(
            tenant=tenant.id,
            id=secrets.token_hex(8),
            login=login,
            name=name,
            password_hash=hashed,
            phone=number,
            queues=tuple(dict.fromkeys(queues)),
            roles=tuple(dict.fromkeys(roles)),
        )
        if not await kept.staff.add(account):
            say(f"{login}: this login exists; name another one")
            return 1
        print(f"added {login}")
        return 0

    return with_stores(work)


def serve(*, login: str, queues: list[str]) -> int:
    """1 when there is no such operator; 2 for a queue that is missing or unknown."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        known = flows.site(settings).queues
        if problem := _problem_of_queues(queues, known):
            say(problem)
            return 2
        account = await kept.staff.by_login(tenant.id, login)
        if account is None or OPERATOR not in account.roles:
            say(f"{login}: no such operator; add it: kazasu operators add")
            return 1
        wanted = tuple(dict.fromkeys(queues))
        await kept.staff.serve(tenant.id, login, wanted)
        print(f"{login} serves {', '.join(wanted)}")
        return 0

    return with_stores(work)


def disable(*, login: str) -> int:
    """1 when there is no such login."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        if not await kept.staff.disable(tenant.id, login):
            say(f"{login}: no such login")
            return 1
        print(f"disabled {login}; its sessions are ended")
        return 0

    return with_stores(work)


def _problem(login: str, name: str) -> str:
    """What of an account cannot be used; "" when all can."""
    if not _LOGIN.fullmatch(login):
        return "LOGIN: must be 1 to 64 of a-z, 0-9, . _ @ and -, beginning with a letter or digit"
    if not 0 < len(name.strip()) <= _LONGEST_NAME or not name.isprintable():
        return f"--name: must be 1 to {_LONGEST_NAME} characters without control characters"
    return ""


def _problem_of_roles(
    roles: Sequence[str], number: str, queues: Sequence[str], known: Iterable[str]
) -> str:
    """An operator needs what calls need; others have neither telephone nor queue."""
    if wrong := [role for role in roles if role not in _ROLES]:
        return f"--role {wrong[0]}: no such role; there are: {', '.join(_ROLES)}"
    if OPERATOR not in roles:
        return "--phone and --queue are for operators" if number or queues else ""
    if not number:
        return "--phone: not a telephone number; write it like +81312340001 or 03-1234-0001"
    return _problem_of_queues(queues, known)


def _problem_of_queues(queues: Sequence[str], known: Iterable[str]) -> str:
    if not queues:
        return f"--queue: is missing; there are: {', '.join(known)}"
    if unknown := [queue for queue in queues if queue not in known]:
        return f"--queue {unknown[0]}: no such queue in site.yaml; there are: {', '.join(known)}"
    return ""


def _password() -> str:
    """Never an argument: those are seen by every user of the machine."""
    if sys.stdin.isatty():
        first = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != first:
            raise ValueError("the two passwords differ")
        return first
    return sys.stdin.readline().rstrip("\r\n")
