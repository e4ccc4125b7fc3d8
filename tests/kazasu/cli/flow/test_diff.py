"""`kazasu flow diff` between files and published versions."""

import json
import shutil
from pathlib import Path

import pytest

from tests.kazasu.deployment import Deployment


@pytest.fixture
def edited(deployment: Deployment, tmp_path: Path) -> Path:
    """The shipped flow, published; beside it a folder in which one menu key leads elsewhere."""
    published = deployment.call("flow", "publish", str(deployment.flows / "main-inbound.yaml"))
    assert published.exit_code == 0
    folder = tmp_path / "edited"
    shutil.copytree(deployment.flows, folder)
    flow = folder / "main-inbound.yaml"
    text = flow.read_text(encoding="utf-8")
    old = "modes: [{spoken_code: {prompt: verify.code}}, {sms_link: {prompt: verify.sent}}]"
    assert old in text
    flow.write_text(text.replace(old, "modes: [{spoken_code: {prompt: verify.code}}]"), "utf-8")
    return flow


def test_a_version_and_a_file(deployment: Deployment, edited: Path) -> None:
    done = deployment.call("flow", "diff", "main-inbound@live", str(edited), "--lang", "en")
    assert done.exit_code == 1
    first = done.stdout.splitlines()[0]
    assert first.startswith("main-inbound.yaml:")
    assert "field verify modes: spoken_code, sms_link → spoken_code" in first
    ja = deployment.call("flow", "diff", "live", str(edited), "--lang", "ja").stdout
    assert "項目 verify modes" in ja
    as_json = deployment.call("flow", "diff", "live", str(edited), "--json").stdout
    assert json.loads(as_json)["changes"][0]["place"] == "verify"


def test_the_same(deployment: Deployment, edited: Path) -> None:
    shipped = deployment.flows / "main-inbound.yaml"
    version = json.loads(deployment.call("flow", "versions", "main-inbound", "--json").stdout)[
        "aliases"
    ][0]["version"]
    for other in ("main-inbound@live", f"sha256:{version}", version[:8]):
        done = deployment.call("flow", "diff", str(shipped), other)
        assert (done.exit_code, done.stdout) == (0, "")
    # Two files need no database.
    done = deployment.call(
        "flow", "diff", str(shipped), str(edited), DATABASE_URL="postgresql://nobody@127.0.0.1:1/x"
    )
    assert done.exit_code == 1


@pytest.mark.parametrize("other", ["absent.yaml", "other-flow@live", "canary", "abcdef12", "@live"])
def test_what_is_neither(deployment: Deployment, other: str) -> None:
    done = deployment.call("flow", "diff", str(deployment.flows / "main-inbound.yaml"), other)
    assert done.exit_code == 2
    assert other in done.stderr


def test_words_of_a_flow_cannot_write_over_what_is_told(deployment: Deployment) -> None:
    shipped = deployment.flows / "main-inbound.yaml"
    other = deployment.folder / "other"
    shutil.copytree(deployment.flows, other)
    prompts = other / "prompts" / "main.yaml"
    text, old = prompts.read_text(encoding="utf-8"), "We never ask for your PIN on the phone."
    assert old in text
    prompts.write_text(text.replace(old, r'"Tell us.\e[1A\e[2K\r\u202e"'), encoding="utf-8")
    done = deployment.call("flow", "diff", str(shipped), str(other / "main-inbound.yaml"))
    assert done.exit_code == 1
    assert "Tell us. [1A [2K" in done.stdout
    assert [line for line in done.stdout.splitlines() if not line.isprintable()] == []
