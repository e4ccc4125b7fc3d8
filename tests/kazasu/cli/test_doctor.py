"""`kazasu doctor`: each thing that can be wrong is found, named, and comes with what to do."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kazasu.doctor import configuration, storage
from kazasu.settings.environment import load
from kazasu.settings.model import Settings
from tests.kazasu.deployment import AUTH_TOKEN, SECRET_KEY, Deployment, copied, refresh
from tests.kazasu.running import running

Break = Callable[[Deployment], dict[str, str]]


def _found(deployment: Deployment, **changes: str) -> tuple[int, list[dict[str, Any]]]:
    done = deployment.call("doctor", "--json", **changes)
    return done.exit_code, json.loads(done.stdout)


def _not_well(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All but the public URL, which nobody serves here."""
    return [f for f in found if f["state"] != "ok" and f["part"] != "public URL"]


def test_all_is_well(template: Path, tmp_path: Path) -> None:
    here = copied(template, tmp_path / "here")
    with running(here, "serve"):
        status, found = _found(here)
        told = here.call("doctor").stdout
    assert [f for f in found if f["state"] != "ok" or f["do"]] == []
    assert status == 0
    parts = [f["part"] for f in found]
    assert list(dict.fromkeys(parts)) == [
        "settings", "database", "disk", "roots", "revocation", "linkage", "flows", "lookups",
        "number", "voices", "public URL", "webhooks",
    ]  # fmt: skip
    assert parts.count("roots") == parts.count("revocation") == 4
    assert all(line.startswith("✔ ") for line in told.splitlines())


def _nothing(_: Deployment) -> dict[str, str]:
    return {}


def _not_migrated(there: Deployment) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{there.folder / 'new.db'}"}


def _no_server(_: Deployment) -> dict[str, str]:
    return {"DATABASE_URL": "postgresql://kazasu:geheim@127.0.0.1:1/kazasu"}


def _no_roots(there: Deployment) -> dict[str, str]:
    return {"TRUST_ANCHORS_DIR": str(there.folder)}


def _wrong_roots(there: Deployment) -> dict[str, str]:
    return {"TRUST_ANCHORS_DIR": str(there.folder / "real")}


def _stale_lists(there: Deployment) -> dict[str, str]:
    refresh(there.folder / "pki", datetime.now(UTC) - timedelta(days=3))
    return {}


def _lists_of_one_purpose(there: Deployment) -> dict[str, str]:
    for path in (there.folder / "pki" / "crl").glob("sign-*"):
        path.unlink()
    return {}


def _a_list_of_nobody(there: Deployment) -> dict[str, str]:
    (there.folder / "pki" / "crl" / "more.crl").write_bytes(b"no list")
    return {}


def _no_flows(there: Deployment) -> dict[str, str]:
    return {"KAZASU_FLOWS_DIR": str(there.folder / "nowhere")}


def _broken_site(there: Deployment) -> dict[str, str]:
    (there.flows / "site.yaml").write_text("schema: [", encoding="utf-8")
    return {}


def _broken_flow(there: Deployment) -> dict[str, str]:
    flow = there.flows / "main-inbound.yaml"
    flow.write_text(flow.read_text(encoding="utf-8") + "\nnonsense: 1\n", encoding="utf-8")
    return {}


def _number_without_a_flow(there: Deployment) -> dict[str, str]:
    site = there.flows / "site.yaml"
    text = site.read_text(encoding="utf-8").replace("main-inbound@live", "evening@live")
    site.write_text(text, encoding="utf-8")
    return {}


def _no_table(there: Deployment) -> dict[str, str]:
    (there.folder / "data" / "lookups" / "customer.csv").unlink()
    return {}


def _broken_table(there: Deployment) -> dict[str, str]:
    table = there.folder / "data" / "lookups" / "customer.csv"
    table.write_text("number,contract\n1234,C-1\nsecret-name,C-2\n", encoding="utf-8")
    return {}


def _another_number(_: Deployment) -> dict[str, str]:
    return {"TWILIO_NUMBER": "+81399999999"}


def _no_fallback(_: Deployment) -> dict[str, str]:
    return {"KAZASU_FALLBACK_NUMBER": ""}


def _misspelt(_: Deployment) -> dict[str, str]:
    return {"KAZASU_CRL_DIRECTORY": "crl"}


def _no_redis(there: Deployment) -> dict[str, str]:
    return {"REDIS_URL": f"unix://{there.folder / 'nowhere'}"}


def _a_voice_of_another_language(there: Deployment) -> dict[str, str]:
    flow = there.flows / "main-inbound.yaml"
    text = flow.read_text(encoding="utf-8").replace("Polly.Kazuha-Neural", "Polly.Joanna-Neural")
    flow.write_text(text, encoding="utf-8")
    return {}


def _open_secret(there: Deployment) -> dict[str, str]:
    folder = there.folder / "secrets"
    folder.mkdir()
    (folder / "twilio_auth_token").write_text(AUTH_TOKEN, encoding="utf-8")
    (folder / "twilio_auth_token").chmod(0o644)
    return {"KAZASU_SECRETS_DIR": str(folder)}


@pytest.mark.parametrize(
    ("make", "part", "state", "says", "do"),
    [
        (_not_migrated, "database", "problem", "schema none", "kazasu migrate"),
        (_no_server, "database", "problem", "OperationalError", "check DATABASE_URL"),
        (_no_roots, "roots", "problem", "there is no auth-*.cer", "put the DER roots"),
        (_wrong_roots, "roots", "problem", "is of JPKI", "put the DER roots"),
        (_stale_lists, "revocation", "problem", "0 of 3 lists fresh", "put fresh lists into"),
        (_lists_of_one_purpose, "revocation", "problem", "0 of 0 lists", "put fresh lists into"),
        (_a_list_of_nobody, "revocation", "warning", "more.crl: no list", "replace or remove"),
        (_no_flows, "flows", "problem", "site.yaml: cannot be read", "KAZASU_FLOWS_DIR"),
        (_broken_site, "flows", "problem", "site.yaml:1:", "correct it"),
        (_broken_flow, "flows", "problem", "main-inbound.yaml:", ""),
        (_number_without_a_flow, "number", "problem", "no evening.yaml", "`numbers` in site"),
        (_no_table, "lookups", "problem", "customer: there is no table", "customer.csv"),
        (_broken_table, "lookups", "problem", "customer: row 3: column number", "customer.csv"),
        (_another_number, "number", "problem", "+81399999999 has no flow", "site.yaml"),
        (_no_fallback, "fallback", "warning", "KAZASU_FALLBACK_NUMBER is not set", "set it"),
        (_misspelt, "settings", "warning", "KAZASU_CRL_DIRECTORY: no such", "correct its spell"),
        (_no_redis, "redis", "problem", "cannot be reached within 300 ms", "check REDIS_URL"),
        (_a_voice_of_another_language, "voices", "problem", "ja-JP with Polly.Joanna", "take a"),
        (_open_secret, "settings", "warning", "twilio_auth_token is open", "chmod 600"),
    ],
)
def test_what_is_wrong_is_found(
    deployment: Deployment, make: Break, part: str, state: str, says: str, do: str
) -> None:
    status, found = _found(deployment, **make(deployment))
    wrong = _not_well(found)
    assert wrong, found
    assert {f["part"] for f in wrong} == {part}
    assert state in {f["state"] for f in wrong}
    assert any(says in f["says"] and do in f["do"] for f in wrong), wrong
    assert all(f["do"] for f in wrong)
    assert status == 1  # the public URL is a problem as well
    shown = json.dumps(found)
    assert all(s not in shown for s in (SECRET_KEY, AUTH_TOKEN, "geheim", "secret-name"))


def test_a_lookup_without_a_table_may_be_asked_elsewhere(deployment: Deployment) -> None:
    _no_table(deployment)
    url = "https://crm.example.jp/lookups"
    _, found = _found(deployment, KAZASU_LOOKUPS_URL=url, KAZASU_LOOKUPS_KEY=f"whsec_{SECRET_KEY}")
    (lookups,) = [f for f in found if f["part"] == "lookups"]
    assert lookups["state"] == "ok"
    assert lookups["says"].startswith("2 tables in ")
    assert lookups["says"].endswith(f"; customer asked of {url}")


def test_settings_that_cannot_be_read_end_it(deployment: Deployment) -> None:
    status, found = _found(deployment, SECRET_KEY="", PUBLIC_BASE_URL="nowhere")
    assert status == 2
    assert {(f["part"], f["state"]) for f in found} == {("settings", "problem")}
    assert sorted(f["says"].partition(":")[0] for f in found) == ["PUBLIC_BASE_URL", "SECRET_KEY"]


def test_an_address_that_nobody_serves_is_a_problem(deployment: Deployment) -> None:
    status, found = _found(deployment)
    assert status == 1
    assert [f["part"] for f in found if f["state"] == "problem"] == ["public URL"]
    told = deployment.call("doctor").stdout
    assert "✘ public URL: http://127.0.0.1:" in told
    assert "\n    → start the service" in told


def test_in_production_every_number_needs_a_published_flow(deployment: Deployment) -> None:
    _, found = _found(deployment, KAZASU_FLOW_SOURCE="published")
    (before,) = [f for f in found if f["part"] == "live flows"]
    assert before["state"] == "problem"
    assert "main-inbound was never published" in before["says"]
    file = before["do"].removeprefix("run `kazasu flow publish ").removesuffix("`")
    assert deployment.call("flow", "publish", file).exit_code == 0
    _, found = _found(deployment, KAZASU_FLOW_SOURCE="published")
    (after,) = [f for f in found if f["part"] == "live flows"]
    assert after["state"] == "ok"
    assert "main-inbound@sha256:" in after["says"]


def test_it_changes_nothing(deployment: Deployment) -> None:
    def listing() -> dict[str, tuple[int, int]]:
        files = (p for p in deployment.folder.rglob("*") if p.is_file())
        return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in files}

    before = listing()
    deployment.call("doctor", DATABASE_URL=f"sqlite:///{deployment.folder / 'new.db'}")
    deployment.call("doctor")
    after = listing()
    assert {n: v for n, v in after.items() if "kazasu.db" not in n} == {
        n: v for n, v in before.items() if "kazasu.db" not in n
    }


def test_little_room_is_said(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in deployment.variables.items():
        monkeypatch.setenv(name, value)
    everything = 10**18
    for limit, state in (("_ROOM_WARNING", "warning"), ("_ROOM_PROBLEM", "problem")):
        monkeypatch.setattr(storage, limit, everything)
        (found,) = storage.room(load())
        assert found.state == state
        assert "make room" in found.do.en


@pytest.mark.parametrize(("listen", "warned"), [("[::]:9464", True), ("10.0.0.7:9464", False)])
def test_metrics_for_everybody_are_a_warning(listen: str, warned: bool) -> None:
    """The demo profile refuses them, so no deployment here can have them."""
    settings = Settings.model_construct(metrics_listen=listen)
    says = [f.says.en for f in configuration.settings_read(settings) if f.state == "warning"]
    assert any("/metrics is served on every address" in s for s in says) is warned
