"""`kazasu holders enroll` and `kazasu holders link`, on this machine's deployment and reader."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta

from companion_app.card import reader as card_reader
from companion_app.card.reader import NoReader
from companion_app.device_key import DeviceKey
from identity.authorities.crl_files import CrlFiles
from identity.contract_holders.at_once import EnrollingAtOnce
from identity.evidence_archive.recording import Recorder
from identity.tenants.model import Tenant
from identity.verification.apart import WorkerProcess
from identity.verification.service import CardVerifier
from kazasu.cli.cards.desk import AtTheDesk, no_reader
from kazasu.cli.cards.tap import key_file
from kazasu.cli.cards.terminal import NoTerminal, Terminal
from kazasu.cli.cards.words import words
from kazasu.cli.holders import staff
from kazasu.cli.holders.desk import Business, EnrolmentDesk
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring import identity_side
from kazasu.wiring.archive import keys
from kazasu.wiring.clock_watch import ClockWatch, WhenTheClockIsRight
from kazasu.wiring.stores import Stores


def enroll(*, contract: str, phone: str, reader: str, device_key: str, wait: float) -> int:
    """0 when the card's person holds the contract, 1 when not, 2 without a reader or a terminal."""
    if bool(contract) is bool(phone):
        say("name the contract, or --phone, and not both")
        return 2

    async def work(desk: EnrolmentDesk) -> bool:
        return await (desk.by_contract(contract) if contract else desk.by_phone(phone))

    with complain():
        try:
            card_reader.readers()
        except NoReader as missing:
            say(no_reader(missing))
            return 2
        return _at_a_desk(work, reader, device_key, wait)
    return 2


def link(*, contract: str, person: str) -> int:
    """0 when the contract is that person's now, 1 when not."""

    async def work(desk: EnrolmentDesk) -> bool:
        return await desk.give(contract, person)

    return _at_a_desk(work, "", "", 1)


def _at_a_desk(
    work: Callable[[EnrolmentDesk], Awaitable[bool]], reader: str, device_key: str, wait: float
) -> int:
    async def opened(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        anchors = identity_side.anchors_of(settings)
        apart = WorkerProcess(anchors)
        watch = ClockWatch(identity_side.clock, kept.database.now)
        lists = CrlFiles(
            settings.crl_dir, anchors, max_age=timedelta(hours=settings.crl_max_age_hours)
        )
        terminal = Terminal()
        desk = EnrolmentDesk(
            Business(
                tenant=tenant,
                origin=settings.public_base_url,
                key=DeviceKey.kept_in(key_file(device_key)),
                now=watch.corrected,
            ),
            CardVerifier(anchors, WhenTheClockIsRight(lists, watch), apart),
            _enrolling(settings, kept, watch),
            staff.of(kept, tenant),
            terminal,
            AtTheDesk(terminal, name=reader, seconds=wait),
        )
        try:
            return 0 if await work(desk) else 1
        finally:
            apart.close()

    try:
        return with_stores(opened)
    except NoTerminal:
        say(words("no_terminal"))
    except KeyboardInterrupt:
        return 1
    return 2


def _enrolling(settings: Settings, kept: Stores, watch: ClockWatch) -> EnrollingAtOnce:
    return EnrollingAtOnce(
        kept.holders,
        identity_side.persons_of(settings, kept, watch.corrected),
        kept.enrolments,
        kept.evidence,
        Recorder(secrets.token_bytes, keys.wrapping_of(settings)),
    )
