"""`kazasu holders enroll|check|approve|link|unlink|lift`, on this deployment: they begin, wait and
decide. No card and no reader is needed here, so they run where the service does."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from identity.contract_holders.waiting import Wait
from identity.pairing.policy import PairingPolicy
from identity.pairing.verbs.afterwards.lifting import Lifting
from identity.tenants.model import Tenant
from kazasu.cli.holders import staff, telling
from kazasu.cli.holders.desk import HoldersDesk, Place
from kazasu.cli.holders.words import words
from kazasu.cli.opened import with_stores
from kazasu.cli.terminal import NoTerminal, Terminal
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import flows, identity_side
from kazasu.wiring.approvals import OperatorsDecide
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.stores import Stores

_LOOK_EVERY: Final = 0.5


def enroll(*, contract: str, phone: str) -> int:
    """0 when the card's person holds the contract, 1 when not (yet), 2 for wrong use or without a
    terminal."""
    if bool(contract) is bool(phone):
        say("name the contract, or --phone, and not both")
        return 2
    return _at_the_desk(lambda desk: desk.enroll(contract=contract, phone=phone))


def check(*, contract: str, phone: str, sign: bool, purpose: str) -> int:
    """0 when the card is good and, where a contract was named, its holder's; 1 when not."""
    if contract and phone:
        say("name the contract, or --phone, and not both")
        return 2
    return _at_the_desk(
        lambda desk: desk.check(contract=contract, phone=phone, sign=sign, purpose=purpose)
    )


def approve(*, enrolment: str, decline: bool, as_json: bool) -> int:
    """Without an enrolment the list of what waits. 0 when it is decided as asked, 1 when not."""
    if not enrolment:
        return _listed(as_json)
    return _at_the_desk(
        lambda desk: desk.decline(enrolment) if decline else desk.approve(enrolment)
    )


def link(*, contract: str, person: str) -> int:
    """0 when the contract is that person's now, 1 when not."""
    return _at_the_desk(lambda desk: desk.link(contract, person))


def unlink(*, contract: str) -> int:
    """0 when the contract is nobody's now, 1 when not."""

    async def work(desk: HoldersDesk, tenant: Tenant, kept: Stores) -> bool:
        holder = await kept.holders.by_contract(tenant.id, contract)
        if holder is None or not holder.person:
            print(words("not_tied", contract=contract))
            return False
        return await desk.unlink(contract, holder.person)

    return _with_stores_at_the_desk(work)


def lift(*, contract: str, person: str) -> int:
    """0 when the hold is gone, 1 when not, 2 for wrong use."""
    if bool(contract) is bool(person):
        say("name the contract, or --person, and not both")
        return 2

    async def whose(tenant: Tenant, kept: Stores) -> str:
        holder = await kept.holders.by_contract(tenant.id, contract) if contract else None
        return holder.person if holder else person

    async def work(desk: HoldersDesk, tenant: Tenant, kept: Stores) -> bool:
        if not (found := await whose(tenant, kept)):
            print(words("no_person"))
        return bool(found) and await desk.lift(found)

    return _with_stores_at_the_desk(work)


def _at_the_desk(work: Callable[[HoldersDesk], Awaitable[bool]]) -> int:
    return _with_stores_at_the_desk(lambda desk, _tenant, _kept: work(desk))


def _with_stores_at_the_desk(
    work: Callable[[HoldersDesk, Tenant, Stores], Awaitable[bool]],
) -> int:
    async def opened(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        side = _identity(settings, tenant, kept)

        async def pause() -> None:
            await asyncio.sleep(_LOOK_EVERY)

        place = Place(
            tenant=tenant,
            origin=settings.public_base_url,
            now=side.deployment.now,
            pause=pause,
        )
        lifting = Lifting(kept.card_holds, OperatorsDecide(kept.staff), side.recorder)
        desk = HoldersDesk(
            place, side.at_desk, side.approving, lifting, staff.of(kept, tenant), Terminal()
        )
        try:
            with suppress(TimeoutError):  # too slow to tell: the clock of this computer, then
                await side.clock.apart()
            return 0 if await work(desk, tenant, kept) else 1
        finally:
            side.apart.close()

    try:
        return with_stores(opened)
    except NoTerminal:
        say(words("no_terminal"))
    except KeyboardInterrupt:
        return 1
    return 2


def _listed(as_json: bool) -> int:
    async def opened(_settings: Settings, tenant: Tenant, kept: Stores) -> int:
        waiting = await kept.enrolments.waiting(tenant.id)
        if as_json:
            print(json.dumps([_document(wait) for wait in waiting], ensure_ascii=False, indent=2))
        elif not waiting:
            print(words("none_waiting"))
        else:
            for wait in waiting:
                print(*telling.waiting(wait), sep="\n")
        return 0

    return with_stores(opened)


def _document(wait: Wait) -> dict[str, object]:
    return {
        "enrolment": wait.id,
        "contract": wait.contract,
        "begun_by": wait.begun_by,
        "at": wait.at.isoformat(),
        "until": wait.until.isoformat(),
        "compared": dict(wait.compared),
        "other_card": wait.other_card,
    }


def _identity(settings: Settings, tenant: Tenant, kept: Stores) -> IdentitySide:
    site = flows.site(settings)
    return identity_side.build(
        settings,
        tenant,
        kept,
        policy=PairingPolicy(keyed_code=settings.keyed_codes),
        businesses=identity_side.businesses_of(site, tenant),
    )
