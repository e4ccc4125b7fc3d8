"""Every code the page may show has its words, in both languages and with the same places."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import operator_console
from door_frame.page import LANGUAGES
from identity.contract_holders.approving import Decided
from identity.contract_holders.comparing import Attribute, Finding
from identity.contract_holders.enrolling import Outcome
from identity.contract_holders.folding import Way
from identity.jpki.attributes import Sex
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel
from identity.pairing.model import DeskKind, Mode
from identity.pairing.outcomes import Hint
from ivr.flow_engine.outcomes import NUMBER_KINDS
from ivr.live_calls.operator_checks.starting import REASONS
from ivr.live_calls.operator_checks.terms import MODES
from ivr.queues.model import Presence
from operator_console.in_person import TOO_MANY_PASSWORDS, WRONG_PASSWORD
from tests.operator_console.at_desk.test_approvals import DONE

ROOM = Path(next(iter(operator_console.__path__)))
TEXTS = {one: json.loads((ROOM / "texts" / f"{one}.json").read_text("utf-8")) for one in LANGUAGES}


def flat(texts: dict[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in texts.items():
        if isinstance(value, dict):
            yield from flat(value, f"{place}{name}.")
        else:
            yield f"{place}{name}", value


FLAT = {one: dict(flat(TEXTS[one])) for one in LANGUAGES}


def places(value: Any) -> Any:
    return len(value) if isinstance(value, list) else set(re.findall(r"\{\w+\}", value))


def test_both_languages_say_the_same_things() -> None:
    assert FLAT["ja"].keys() == FLAT["en"].keys()
    for key, value in FLAT["ja"].items():
        assert places(value) == places(FLAT["en"][key]), key
        assert value, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: str) -> None:
    codes = {
        "badge": [one.value for one in Badge],
        "badge_means": [one.value for one in Badge],
        "permitted": [one.value for one in Badge],
        "presence": [one.value for one in Presence],
        "mode": [one.value for one in Mode],
        "level": [one.code for one in (*IdentityLevel, *BindingLevel)],
        "line_kind": NUMBER_KINDS,
        "revocation": ["good", "revoked", "unknown", "not_checked"],
        "method": ["card_and_pin", "card_and_password"],
        "not_checked": [
            "identity",
            "line",
            "name_and_address",
            "device",
            "item_signed",
            "statutory_identification",
        ],
        "check.reason": REASONS,
        "check.mode": MODES,
        "callback.outcome": ["no_answer", "busy", "failed", "reached", "closed"],
        "callback.means": ["amber", "grey", "red"],
        "callback.state": ["ringing", "calling", "talking"],
        "sex": [one.value for one in Sex],
        "desk.kind": [one.value for one in DeskKind],
        "desk.level": ["id_card_auth", "id_card_sign"],
        "desk.means": [one.value for one in Badge],
        "desk.outcome": ["other", *(one.value for one in Outcome)],
        "desk.outcome_next": ["other", *(one.value for one in Outcome)],
        "desk.settled": [
            "enrolled",
            "already_enrolled",
            "declined",
            "superseded",
            "card_revoked",
            "card_held",
            "ran_out",
        ],
        "desk.attribute": [one.value for one in Attribute],
        "desk.finding": [one.value for one in Finding],
        "desk.finding_why": [one.value for one in Finding],
        "desk.way": [one.value for one in Way],
        "problem": [
            *(one.value for one in Decided if one not in {*DONE, Decided.UNTIED}),
            WRONG_PASSWORD.code,
            TOO_MANY_PASSWORDS.code,
        ],
        "hint": ["none", "other", *(one.value for one in Hint)],
    }
    for place, known in codes.items():
        words = TEXTS[language]
        for part in place.split("."):
            words = words[part]
        assert set(known) <= set(words), place
    for name, words in TEXTS[language]["hint"].items():
        assert set(words) == {"reason", "say"}, name


def test_every_key_that_the_page_names_is_there() -> None:
    sources = [*(ROOM / "static").rglob("*.js"), *(ROOM / "templates").glob("*.html")]
    named = {
        key
        for source in sources
        for key in re.findall(r"""\b(?:t|block)\(["']([\w.]+)["']""", source.read_text("utf-8"))
    }
    named |= {
        f"pop.{name}"
        for name in re.findall(r'fact\("(\w+)"', (ROOM / "static/parts/pop_facts.js").read_text())
    }
    assert len(named) > 60
    assert named <= FLAT["ja"].keys()


def test_the_statutory_identification_is_never_claimed() -> None:
    """An authentication certificate is no identification under the Act (pairing, badge)."""
    for key, value in FLAT["ja"].items():
        assert "犯収法確認済" not in str(value), key
