"""What the image holds, laid out in a folder: its commands run there, and write nothing into it."""

import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copytree, ignore_patterns

import httpx2
import pytest

from tests.docker.files import ROOT, copied, environment, one, ours, stages
from tests.journeys.resilience.programs import without_settings
from tests.kazasu.deployment import Deployment, free_port, make_template
from tests.kazasu.deployment import copied as deployment_in
from tests.kazasu.running import announced_port


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The final stage's COPY lines, done."""
    root = tmp_path_factory.mktemp("image")
    for source, target in copied(stages()[-1]).items():
        ignored = ignore_patterns("__pycache__", "*.pyc")
        copytree(ROOT / source, root / target.lstrip("/"), ignore=ignored)
    return root


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    template = tmp_path_factory.mktemp("template")
    make_template(template)
    here = deployment_in(template, tmp_path_factory.mktemp("here") / "here")
    return replace(here, variables={n: v for n, v in here.variables.items() if "FLOWS" not in n})


def _environment(image: Path, deployment: Deployment, **changes: str) -> dict[str, str]:
    """The image's own, its paths in this folder; the deployment's; and nothing of this source."""
    own = {
        name: f"{image}{value}" if value.startswith("/opt/") else value
        for name, value in environment(stages()[-1]).items()
        if name not in ("PATH", "KAZASU_SECRETS_DIR")
    }
    own["PYTHONPATH"] += f":{sysconfig.get_path('purelib')}"
    return {**without_settings(), **own, **deployment.variables, **changes}


def _command(image: Path, words: list[str]) -> list[str]:
    """By the image's entry point. -S: what an editable installation adds to the path stays out."""
    python, *entry = one(stages()[-1], "ENTRYPOINT").listed()
    assert python == "python"
    return [sys.executable, "-S", *entry, *words]


def _run(image: Path, deployment: Deployment, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # our own program
        _command(image, list(words)),
        env=_environment(image, deployment),
        cwd=image / one(stages()[-1], "WORKDIR").rest.lstrip("/"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def _up(image: Path, deployment: Deployment, words: list[str], log: Path) -> Iterator[int]:
    """The port on which it listens; ended as an engine ends it."""
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603  # our own program
            _command(image, words),
            env=_environment(image, deployment),
            cwd=image / one(stages()[-1], "WORKDIR").rest.lstrip("/"),
            stdout=out,
            stderr=out,
        )
    try:
        yield announced_port(process, log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


def _healthy(service: str, port: int) -> int:
    """The compose file's own question, at the port that is free here."""
    _, _, flag, program = ours()[service]["healthcheck"]["test"]
    usual = {"service": ":8080/", "fallback": ":8081/"}[service]
    return subprocess.run(  # noqa: S603  # our own words
        [sys.executable, flag, program.replace(usual, f":{port}/")],
        env=without_settings(),
        timeout=60,
        capture_output=True,
        check=False,
    ).returncode


def _listing(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_the_demos_parts_are_not_in_it(image: Path, deployment: Deployment) -> None:
    names = _listing(image)
    assert not [n for n in names if "/stand_ins" in n or "/companion_app/" in n]
    assert "opt/kazasu/stores/sql/migrations" in names
    done = _run(image, deployment, "demo")
    assert done.returncode == 2
    assert "is not in this installation" in done.stderr


def test_every_command_can_be_asked_what_it_does(image: Path, deployment: Deployment) -> None:
    """Each one's code is loaded, and none needs the parts that only play others."""
    program = (
        "import importlib\n"
        "for name in ('serve', 'fallback', 'doctor', 'migrate', 'operators', 'holders',\n"
        "             'evidence', 'flow', 'twilio.commands'):\n"
        "    importlib.import_module('kazasu.cli.' + name)\n"
        "    print(name)\n"
    )
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-S", "-c", program],
        env=_environment(image, deployment),
        cwd=image,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "twilio.commands"


def test_a_start_as_the_compose_file_orders_it(
    image: Path, deployment: Deployment, tmp_path: Path
) -> None:
    """Migrate once, serve, ask for health, look with doctor, end. All that is written is data."""
    before = _listing(image)
    migrated = _run(image, deployment, *ours()["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stderr
    with _up(image, deployment, ours()["service"]["command"], tmp_path / "serve.log") as port:
        assert _healthy("service", port) == 0
        looked = _run(image, deployment, "doctor")
        assert looked.returncode == 0, looked.stdout + looked.stderr
        base = deployment.variables["PUBLIC_BASE_URL"]
        with httpx2.Client(base_url=base, trust_env=False) as http:
            assert http.get("/operator/login").status_code == 200
    assert _healthy("service", free_port()) != 0
    assert _listing(image) == before


def test_the_fallback_as_the_compose_file_orders_it(
    image: Path, deployment: Deployment, tmp_path: Path
) -> None:
    command, _, _ = ours()["fallback"]["command"]
    words = [command, "--port", "0"]
    with _up(image, deployment, words, tmp_path / "fallback.log") as port:
        assert _healthy("fallback", port) == 0
