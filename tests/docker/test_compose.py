"""The compose file: of the specification's shape, and each of its words means something here."""

import json
import os
import re
import stat
import subprocess
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from jsonschema import Draft201909Validator
from pydantic import AliasChoices
from typer.testing import CliRunner

from kazasu.cli import main
from kazasu.settings import environment
from kazasu.settings.groups.fallback import FallbackSettings
from kazasu.settings.model import Settings
from tests.docker.files import DOCKER, ROOT, compose, one, ours, stages

SCHEMA = ROOT / "tests" / "vectors" / "compose" / "compose-spec.json"
VARIABLE = re.compile(r"\$\{([A-Z_]+)(:[?-][^}]*)?\}")
SECRET_SETTINGS = {"secret_key", "database_url", "redis_url", "twilio_auth_token"}
SERVICE_PORT = Settings.model_fields["listen_port"].default


def test_it_is_a_compose_file() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    errors = Draft201909Validator(schema).iter_errors(compose())
    assert [f"{list(e.path)}: {e.message}" for e in errors] == []


@pytest.mark.parametrize("name", sorted(ours()))
def test_our_services_are_closed(name: str) -> None:
    service = ours()[name]
    assert service["read_only"] is True
    assert service["user"] == one(stages()[-1], "USER").rest
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "ports" not in service
    assert service["build"] == {"context": "..", "dockerfile": "docker/Dockerfile"}
    assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).exists()


@pytest.mark.parametrize("name", sorted(ours()))
def test_our_commands_exist(name: str) -> None:
    command = ours()[name]["command"]
    done = CliRunner().invoke(main.app, [command[0], "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert [o for o in command if o.startswith("--") and o not in done.output] == []


@pytest.mark.parametrize("name", sorted(ours()))
def test_our_settings_exist_and_are_complete(name: str) -> None:
    service = ours()[name]
    given = set(service["environment"])
    assert given <= environment.known_names()
    secrets = set(service.get("secrets", ()))
    assert secrets <= {known.lower() for known in environment.known_names()}
    assert not {s.upper() for s in secrets} & given
    kind = FallbackSettings if name == "fallback" else Settings
    needed = {
        str(f.validation_alias.choices[0])
        for f in kind.model_fields.values()
        if f.is_required() and isinstance(f.validation_alias, AliasChoices)
    }
    assert needed <= given | {s.upper() for s in secrets}


def test_each_secret_goes_only_where_it_is_needed() -> None:
    everything = compose()
    for name, service in everything["services"].items():
        expected = {"database": {"database_password"}, "redis": {"redis_users"}}
        expected |= {"service": SECRET_SETTINGS, "migrate": SECRET_SETTINGS - {"redis_url"}}
        assert set(service.get("secrets", ())) == expected.get(name, set()), name
    used = {s for service in everything["services"].values() for s in service.get("secrets", ())}
    assert used == set(everything["secrets"])
    assert all(s == {"file": f"secrets/{n}"} for n, s in everything["secrets"].items())
    assert "/docker/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_no_secret_is_written_in_it() -> None:
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"(?i)(password|token|secret|key)\S*:\s*['\"]?[0-9a-z+=]{12,}", text)
    assert not re.search(r"://[^/\s]+:[^/\s]+@", text)


def test_all_that_is_named_is_there() -> None:
    everything = compose()
    services = everything["services"]
    for service in services.values():
        waits = service.get("depends_on", {})
        assert set(waits) <= set(services)
        for other, how in waits.items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other]
        assert set(service.get("networks", ())) <= set(everything["networks"])
        for volume in service.get("volumes", ()):
            source = VARIABLE.sub("VARIABLE", volume).split(":")[0]
            if source.startswith("."):
                assert (DOCKER / source).exists()
            elif source != "VARIABLE":
                assert source in everything["volumes"]


def test_the_service_starts_after_its_schema() -> None:
    waits = compose()["services"]["service"]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert compose()["services"]["migrate"]["restart"] == "no"


def test_the_fallback_leans_on_nothing() -> None:
    """Neither on the database nor on the service: it is for when they do not answer."""
    fallback = ours()["fallback"]
    assert "depends_on" not in fallback
    assert "secrets" not in fallback
    assert fallback["networks"] == ["front"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    everything = compose()
    published = {n: s["ports"] for n, s in everything["services"].items() if "ports" in s}
    assert published == {"proxy": ["80:80", "443:443"]}
    assert everything["networks"]["back"]["internal"] is True
    backs = {n for n, s in everything["services"].items() if "back" in s["networks"]}
    assert backs == {"service", "migrate", "database", "redis"}


def test_the_proxy_knows_the_ports_and_keys() -> None:
    text = (DOCKER / "Caddyfile").read_text(encoding="utf-8")
    assert f"reverse_proxy service:{SERVICE_PORT}" in text
    assert f"reverse_proxy fallback:{main.FALLBACK_PORT}" in text
    assert "key_type p256" in text
    assert "flush_interval -1" in text
    assert not re.search(r"^\s*(rewrite|uri|encode|handle_path|header_up)\b", text, re.M)
    environment = compose()["services"]["proxy"]["environment"]
    assert set(re.findall(r"\{\$([A-Z_]+)\}", text)) == set(environment)
    assert compose()["services"]["service"]["environment"]["KAZASU_TRUSTED_PROXIES"] == "1"


@pytest.mark.parametrize(
    ("name", "asked"),
    [("service", f":{SERVICE_PORT}/livez"), ("fallback", f":{main.FALLBACK_PORT}/")],
)
def test_health_is_asked_where_it_is_answered(name: str, asked: str) -> None:
    (word, *command) = ours()[name]["healthcheck"]["test"]
    assert word == "CMD"
    assert command[:2] == ["python", "-c"]
    assert f"http://127.0.0.1{asked}'" in command[2]


def test_required_variables_say_what_they_are() -> None:
    """The first time a variable comes, it has words or a default."""
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    first: dict[str, str] = {}
    for name, rest in VARIABLE.findall(text):
        first.setdefault(name, rest)
    assert [name for name, rest in first.items() if not rest] == []


def _make_secrets(folder: Path, token: str) -> "subprocess.CompletedProcess[str]":
    for name in ("make-secrets.sh", "redis-users.acl"):
        copy(DOCKER / name, folder)
    return subprocess.run(  # noqa: S603  # our own script
        [folder / "make-secrets.sh"], input=token, capture_output=True, text=True, check=False
    )


def test_secrets_are_made_once_and_for_one_reader_each(tmp_path: Path) -> None:
    done = _make_secrets(tmp_path, "0f1e2d3c4b5a69788796a5b4c3d2e1f0\n")
    made = {p.name: p for p in (tmp_path / "secrets").glob("*")}
    if os.getuid() != 0:
        assert (done.returncode, made) == (2, {})
        return
    assert done.returncode == 0, done.stderr
    assert set(made) == set(compose()["secrets"])
    assert {stat.S_IMODE(p.stat().st_mode) for p in made.values()} == {0o400}
    owners = {name: path.stat().st_uid for name, path in made.items()}
    user = int(one(stages()[-1], "USER").rest.partition(":")[0])
    assert {owners[name] for name in SECRET_SETTINGS} == {user}
    password = made["database_password"].read_text()
    assert f":{password}@database/" in made["database_url"].read_text()
    redis_password = made["redis_url"].read_text().split(":")[2].partition("@")[0]
    assert f"#{sha256(redis_password.encode()).hexdigest()} " in made["redis_users"].read_text()
    loaded = environment.load(**_enough(), KAZASU_SECRETS_DIR=str(tmp_path / "secrets"))
    assert len(loaded.master_key()) == 32
    before = made["secret_key"].read_text()
    assert _make_secrets(tmp_path, "0f1e2d3c4b5a69788796a5b4c3d2e1f0\n").returncode == 2
    assert made["secret_key"].read_text() == before


def test_what_is_no_token_makes_no_secrets(tmp_path: Path) -> None:
    assert _make_secrets(tmp_path, "geheim\n").returncode == 2
    assert list((tmp_path / "secrets").glob("*")) == []


def _enough() -> dict[str, Any]:
    return {
        "TRUST_ANCHORS_DIR": "anchors",
        "KAZASU_CRL_DIR": "crl",
        "PUBLIC_BASE_URL": "https://ivr.example.jp",
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    }


def test_redis_keeps_nothing_on_disk() -> None:
    command = compose()["services"]["redis"]["command"]
    options = dict(pairwise(command))
    assert (options["--save"], options["--appendonly"]) == ("", "no")
    assert options["--maxmemory-policy"] == "noeviction"
    assert options["--aclfile"] == "/run/secrets/redis_users"
