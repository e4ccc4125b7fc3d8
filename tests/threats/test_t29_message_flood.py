"""T29: messages cost: one a call, to the calling mobile only, and so many a day."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.flow_engine.site import Business, Site
from ivr.live_calls.errands.link_message import LinkMessages, MessageSettings
from ivr.live_calls.ports import CallRow, CarrierTrouble
from stores.sql.database import Database
from stores.sql.outbound.messages import SqlSentMessages
from tests.ivr.live_calls.stage import empty_database

BUDGET = 40
NUMBER = "+819012345678"


class Messages:
    """The carrier's side: what was sent to whom."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.failing = False

    async def send_message(self, to: str, text: str, *, sender: str) -> str:
        if self.failing:
            raise CarrierTrouble("away")
        self.sent.append(to)
        return "SM1"


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copyfile(empty_database(), tmp_path / "kazasu.sqlite")
    made = Database(f"sqlite:///{tmp_path / 'kazasu.sqlite'}")
    yield made
    await made.close()


@pytest.fixture
def site() -> Site:
    business = Business(name="カザス保険", logo="", published_number="+81312345678")
    return Site(
        business=business,
        sms_sender="KAZASU",
        numbers={},
        queues={},
        lookups={},
        purposes={},
        actions={},
    )


def _messages(database: Database, carrier: Messages) -> LinkMessages:
    settings = MessageSettings(public_base="https://id.example.jp", per_day=BUDGET)
    return LinkMessages(carrier, SqlSentMessages(database), settings)


def _row(call: str, number: str = NUMBER, kind: str = "mobile") -> CallRow:
    return CallRow(
        tenant="main",
        call_ref=call,
        carrier_call_id=f"CA{call}",
        number=number,
        number_kind=kind,
        dialled="+81312345678",
        flow_version="1",
        began_at=datetime.now(UTC),
    )


async def _send(messages: LinkMessages, row: CallRow, site: Site, key: str = "1:0") -> bool:
    return await messages.send(row, site, f"{row.call_ref}:{key}", "t" * 22, "ja-JP")


async def test_a_thousand_calls_cost_no_more_than_the_day_may(
    database: Database, site: Site
) -> None:
    carrier = Messages()
    messages = _messages(database, carrier)
    rows = [_row(f"call-{number}", f"+8190{number:04}1234") for number in range(1_000)]
    sent = await asyncio.gather(*(_send(messages, row, site) for row in rows))
    assert sum(sent) == len(carrier.sent) == BUDGET


async def test_one_call_has_one_message_however_often_it_asks(
    database: Database, site: Site
) -> None:
    carrier = Messages()
    messages = _messages(database, carrier)
    row = _row("call-1")
    tries = [_send(messages, row, site, key) for key in ("1:0", "1:0", "4:0", "9:0")]
    await asyncio.gather(*tries)
    assert len(carrier.sent) == 1
    carrier.failing = True
    assert not await _send(messages, other := _row("call-2"), site)
    carrier.failing = False
    assert not await _send(messages, other, site, "7:0")  # nobody knows whether the first left
    assert len(carrier.sent) == 1


@pytest.mark.parametrize(
    ("number", "kind"),
    [("+81312345678", "landline"), ("+14155550123", "foreign"), ("", "withheld")],
)
async def test_only_a_mobile_that_calls_gets_one(
    database: Database, site: Site, number: str, kind: str
) -> None:
    carrier = Messages()
    assert not await _send(_messages(database, carrier), _row("call-1", number, kind), site)
    assert carrier.sent == []
