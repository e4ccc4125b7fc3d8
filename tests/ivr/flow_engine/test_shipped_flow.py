"""The flow we ship reads clean, in every language, and stays within its own rules of length."""

import hashlib
import re
from pathlib import Path
from typing import Final

import pytest

from ivr.flow_engine.definition import (
    Flow,
    GlobalAction,
    HoursCheck,
    Lookup,
    Subflow,
    VerifyIdentity,
)
from ivr.flow_engine.outcomes import PENDING_HINTS, VERIFY_EXITS
from ivr.flow_engine.prompts import speak
from ivr.flow_engine.readings.speech_length import spoken_seconds
from ivr.flow_engine.site import Site
from ivr.flow_engine.voice_actions import Say
from ivr.flow_linter.linter import lint_flow, lint_site

ROOT: Final = Path(__file__).parents[3] / "flows"
TEXTS: Final = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in ROOT.rglob("*.yaml")
}
AUDIO: Final = {
    path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
    for path in (ROOT / "audio").rglob("*.wav")
}
VALUES: Final = {
    "pairing": {"code": "4721963805", "spoken_item": "42"},
    "answers": {"case": {"due": "2026-12-27"}},
    "queue": {"position": 12, "size": 12, "wait": None},
}


@pytest.fixture(scope="module")
def site() -> Site:
    found, findings = lint_site(TEXTS["site.yaml"], file="site.yaml")
    assert findings == ()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def flow(site: Site) -> Flow:
    result = lint_flow(TEXTS, "main-inbound", site, AUDIO)
    assert result.findings == ()
    assert result.flow is not None
    return result.flow


def test_what_the_demo_relies_on(flow: Flow, site: Site) -> None:
    assert site.numbers == {"+81312345678": "main-inbound"}
    assert site.fallback_queue == "general"
    assert flow.languages == ("ja-JP", "en-US")
    assert flow.global_keys["0"].target == "operator"
    assert flow.global_keys["8"].action is GlobalAction.LANGUAGE
    assert "エイト" in flow.prompts["greeting"]["ja-JP"].say
    kinds = [node.kind for node in flow.main.nodes.values()]
    assert {kind.name for kind in kinds if isinstance(kind, Lookup)} == set(site.lookups)
    assert [kind.id for kind in kinds if isinstance(kind, Subflow)] == ["offer-callback"] * 2
    assert all(kind.outcomes["holiday"] for kind in kinds if isinstance(kind, HoursCheck))


def test_every_exit_of_the_check_leads_somewhere(flow: Flow) -> None:
    verify = flow.main.nodes["verify"].kind
    assert isinstance(verify, VerifyIdentity)
    assert set(verify.outcomes) == set(VERIFY_EXITS)
    assert all(target in flow.main.nodes for target in verify.outcomes.values())
    assert verify.outcomes["user_cancelled"] == "retry"
    assert verify.outcomes["person_mismatch"] == "failed"
    assert verify.outcomes["superseded"] == "alarm"
    assert verify.expect is not None
    assert [mode.name for mode in verify.modes] == ["spoken_code", "sms_link"]
    assert set(verify.hold.prompts) == {"default", *PENDING_HINTS} - {"awaiting_dial"}
    assert verify.purpose == "account"


def test_zero_is_said_in_the_menu(flow: Flow) -> None:
    assert "ゼロ" in flow.prompts["menu.main"]["ja-JP"].say
    assert "zero" in flow.prompts["menu.main"]["en-US"].say


@pytest.mark.parametrize("language", ["ja-JP", "en-US"])
def test_every_prompt_speaks_within_two_sentences_and_eight_seconds(
    flow: Flow, language: str
) -> None:
    for name in flow.prompts:
        spoken = speak(flow, name, language=language, pace="normal", values=VALUES)
        assert spoken, name
        if name == "verify.code":
            continue  # the code is said twice on purpose
        text = " ".join(part.text for part in spoken if isinstance(part, Say))
        assert len(re.findall(r"[。！？]|[.!?](?=\s|$)", text)) <= 2, name
        assert spoken_seconds(spoken) <= 8.0, (name, spoken_seconds(spoken))


def test_lines_are_those_of_the_file(flow: Flow) -> None:
    lines = TEXTS["main-inbound.yaml"].splitlines()
    for name, node in flow.main.nodes.items():
        here = lines[node.line - 1]
        assert f"  {name}:" in here or f"  {name}:" in lines[node.line - 2], name
