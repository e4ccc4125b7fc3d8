"""Test cards and ways to pair, called through the real doors: as docs/test-cards.md says.

Here each card goes its usual way and each way is gone by some cards; `make cards` runs all.
"""

from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from kazasu.demo.call import AtTheDemo, Wish, at_the_demo
from kazasu.demo.outcomes import cards_table, committed, outcome, wishes
from kazasu.demo.terminal.script import MODES
from stand_ins.jpki.cards import DEMO_CARDS
from tests.journeys.demo.running import ROOT, Demo

DOCUMENT: Final = ROOT / "docs" / "test-cards.md"
TRIES: Final = 3
"""A handset's report counts within seconds of real time, which a busy computer may miss; the check
then asks for the spoken number, as it should, and the call is made again."""
SOME: Final = {
    "sms_link": ("valid", "wrong-pin-2-left", "replay"),
    "operator_started": ("valid", "revoked"),
    "keyed_code": ("valid", "expired"),
}
# What differs about these is their keys and what the card answers, by whatever way it is reached.
ELSEWHERE: Final = {"app_dial": ("iphone", "renewed"), "spoken_code": ("android", "next-card")}
TRIED: Final = [
    wish
    for mode in MODES
    for wish in wishes(mode)
    if wish.card in SOME.get(mode, DEMO_CARDS) and wish.card not in ELSEWHERE.get(mode, ())
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(demo: Demo) -> AsyncIterator[AtTheDemo]:
    async with at_the_demo(demo.place, demo.addresses) as made:
        yield made


def _name(wish: Wish) -> str:
    return f"{wish.mode}-{wish.card}{'-change' if wish.change else ''}"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("wish", TRIED, ids=_name)
async def test_a_card_has_its_documented_outcome(there: AtTheDemo, wish: Wish) -> None:
    documented = _documented(wish)
    found = await outcome(there, wish)
    for _ in range(TRIES - 1):
        if wish.mode == "app_dial" and found.row not in documented:
            found = await outcome(there, wish)
    assert found.row in documented


def _documented(wish: Wish) -> list[str]:
    """The rows of this way of pairing."""
    text = committed(DOCUMENT.read_text(encoding="utf-8"))
    begin = text.index(f"### `{wish.mode}`")
    return text[begin:].split("\n### ")[0].splitlines()


def test_every_card_is_documented_in_every_way() -> None:
    text = committed(DOCUMENT.read_text(encoding="utf-8"))
    assert text.startswith(cards_table())
    for mode in MODES:
        for card in DEMO_CARDS:
            part = text[text.index(f"### `{mode}`") :].split("\n### ")[0]
            assert part.count(f"\n| `{card}` |") == 1, (mode, card)


async def test_the_command_tells_the_same_by_its_last_line_and_status(demo: Demo) -> None:
    """`kazasu demo call --json`: 0 only when the operator's screen received the call."""
    assert await demo.call("golden", "app_dial") == (2, {})
    exit_status, said = await demo.call("valid", "app_dial")
    for _ in range(TRIES - 1):
        if said["binding_level"] != "bind_device":
            exit_status, said = await demo.call("valid", "app_dial")
    assert (exit_status, said["badge"], said["binding_level"]) == (0, "green", "bind_device")
    assert said["called"]
    assert said["evidence_id"]
    exit_status, said = await demo.call("revoked", "app_dial")
    assert (exit_status, said["app"], said["called"]) == (1, "certificate_revoked", False)
