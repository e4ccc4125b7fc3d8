"""Every test card, called from a terminal through the real doors: its documented outcome."""

import pytest

from tests.journeys.demo.running import Demo

pytestmark = pytest.mark.xdist_group("demo")

AUTH = ("id_card_auth", "bind_choice")
SIGN = ("id_card_sign", "bind_choice")
# Nothing is proven; the reported number is on contracts, which is worth a word and no more.
NONE = ("id_number", "bind_none")

# card, badge, levels, status, hint, queue (issue 2; the outcomes are those of the card's README)
CARDS = (
    ("valid", "green", AUTH, "complete", "verified", "verified"),
    ("valid-sign", "green", SIGN, "complete", "verified", "verified"),
    ("revoked", "grey", NONE, "failed", "certificate_revoked", "general"),
    ("expired", "grey", NONE, "failed", "certificate_expired", "general"),
    ("wrong-pin-2-left", "green", AUTH, "complete", "verified", "verified"),
    ("pin-blocked", "grey", NONE, "failed", "pin_blocked", "general"),
    ("unknown-ca", "grey", NONE, "failed", "certificate_unsupported", "general"),
    ("other-person", "grey", AUTH, "failed", "person_mismatch", "general"),
    ("no-contract", "amber", AUTH, "complete", "verified_no_contract", "verified"),
    ("two-contracts", "green", AUTH, "complete", "verified_multiple_contracts", "verified"),
)


@pytest.mark.parametrize(
    ("card", "badge", "levels", "status", "hint", "queue"), CARDS, ids=[row[0] for row in CARDS]
)
async def test_a_card_has_its_documented_outcome(
    demo: Demo,
    card: str,
    badge: str,
    levels: tuple[str, str],
    status: str,
    hint: str,
    queue: str,
) -> None:
    exit_status, said = await demo.call(card)
    seconds, evidence = said.pop("seconds"), said.pop("evidence_id")
    assert said == {
        "badge": badge,
        "identity_level": levels[0],
        "binding_level": levels[1],
        "status": status,
        "hint": hint,
        "queue": queue,
    }
    assert exit_status == 0
    assert seconds > 0
    # A blocked PIN never leads to a proof, so there is nothing to keep; everything else is kept.
    assert bool(evidence) == (card != "pin-blocked")


async def test_a_card_that_does_not_exist_is_said_before_anything_starts(demo: Demo) -> None:
    with pytest.raises(IndexError):  # no line on standard output
        await demo.call("golden")
