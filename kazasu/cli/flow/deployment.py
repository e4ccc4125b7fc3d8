"""Which deployment a command of flows works on, and who gives the command."""

import getpass
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from door_frame.staff_login import right_password
from identity.tenants.model import Tenant
from kazasu.wiring.stores import Stores

_DESIGNER: Final = "designer"
"""Whoever may publish and agree."""
_LONGEST_NAME: Final = 60


def demo_settings(data: str, flows: Path | None = None) -> dict[str, str]:
    """The settings of a demo's service by their names; none, for those of the environment."""
    if not data:
        return {}
    from kazasu.demo.place import Place  # not in production images
    from kazasu.demo.programs import Ports, service_variables
    from kazasu.demo.run import flows_folder, options_of

    nowhere = Ports(fallback=1, carrier=1, cards=1)
    place = Place(folder=Path(data).resolve())
    of_all = service_variables(place, flows or flows_folder(""), "http://127.0.0.1:8080", nowhere)
    return {**of_all, **options_of(place)}


def who(given: str) -> str:
    """As given, else the user of this computer: a name that nobody checked."""
    try:
        name = given or getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return "".join(c for c in name if c.isprintable())[:_LONGEST_NAME]


async def signed_in(kept: Stores, tenant: Tenant, login: str) -> bool:
    """The password is asked for, or read from standard input; never an argument."""
    account = await kept.staff.by_login(tenant.id, login)
    given = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline()
    if account is None or not account.serves_as(_DESIGNER):
        return False
    return right_password(account, given.rstrip("\r\n"))


def may_agree(kept: Stores, tenant: Tenant) -> Callable[[str], Awaitable[bool]]:
    """Whether a login is still that of a designer."""

    async def may(login: str) -> bool:
        account = await kept.staff.by_login(tenant.id, login)
        return account is not None and account.serves_as(_DESIGNER)

    return may
