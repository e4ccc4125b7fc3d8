"""What is installed: a wheel with all its files, and an image without the parts of the demo."""

import compileall
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.journeys.resilience.programs import without_settings
from tests.kazasu.deployment import ROOT, Deployment

PACKAGES = (
    "kazasu", "ivr", "identity", "companion_app_api", "operator_console", "stores", "door_frame",
    "bilingual",
    "companion_app", "stand_ins",
)  # fmt: skip
DEMO_ONLY = ("companion_app", "stand_ins")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as a release is, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(  # noqa: S603  # our own build
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("kazasu-*.whl")
    return built


@pytest.fixture(scope="module")
def image(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's packages without those of the demo, as in a production image."""
    folder = tmp_path_factory.mktemp("image")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(
            folder, [n for n in packed.namelist() if n.partition("/")[0] not in DEMO_ONLY]
        )
    compileall.compile_dir(folder, quiet=1)  # as pip does
    return folder


def test_every_file_of_every_package_is_in_the_wheel(wheel: Path) -> None:
    listed = subprocess.run(  # noqa: S603  # our own words
        ["git", "ls-files", "-z", "--", *PACKAGES],  # noqa: S607  # wherever git is
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    ours = {name for name in listed.stdout.decode().split("\0") if name}
    ours = {name for name in ours if (ROOT / name).exists()}
    with zipfile.ZipFile(wheel) as packed:
        inside = set(packed.namelist())
    assert len(ours) > 200
    assert sorted(ours - inside) == []
    assert {".py", ".css", ".js", ".html", ".csv"} <= {Path(name).suffix for name in inside}
    assert not [name for name in inside if name.startswith(("tests/", "flows/"))]


def _run(
    image: Path, deployment: Deployment, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    # -S: what an editable installation adds to the path stays out.
    path = f"{image}:{sysconfig.get_path('purelib')}"
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-S", "-m", "kazasu.cli.main", *arguments],
        env={**without_settings(), **deployment.variables, "PYTHONPATH": path},
        cwd=deployment.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("demo",),
        ("demo", "call"),
        ("card", "list"),
        ("flow", "versions", "main-inbound", "--data", "x"),  # needed in the command's middle
    ],
)
def test_an_image_without_the_demo_says_so(
    image: Path, deployment: Deployment, words: tuple[str, ...]
) -> None:
    done = _run(image, deployment, *words)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("kazasu: ")
    assert "is not in this installation" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("migrate",), 0, "database is at "),
        (("flow", "lint", "flows"), 0, "clean"),
        (("doctor",), 1, "✔ flows: "),
        (("evidence", "export", "none", "--to", "out"), 1, "none: no such record"),
        (("operators", "disable", "nobody"), 1, "nobody: no such login"),
        (("holders", "approve"), 0, "No enrolment waits."),
        (("holders", "enroll", "c-1"), 1, "Stopped."),  # nobody is there to sign in
        (("--help",), 0, "fallback"),
    ],
)
def test_all_else_works_there(
    image: Path, deployment: Deployment, words: tuple[str, ...], status: int, says: str
) -> None:
    done = _run(image, deployment, *words)
    assert done.returncode == status, done.stderr
    assert says in done.stdout + done.stderr


def test_the_service_runs_there_and_serves_its_pages(image: Path, deployment: Deployment) -> None:
    """Templates, texts and scripts are found beside the code."""
    program = (
        "import asyncio\n"
        "from kazasu.settings.environment import load\n"
        "from kazasu.wiring import service\n"
        "async def main():\n"
        "    built = await service.build(load())\n"
        "    client = built.app.test_client()\n"
        "    for path in ('/operator/login', '/v1/openapi.json'):\n"
        "        answer = await client.get(path)\n"
        "        print(path, answer.status_code)\n"
        "    await built.stores.close()\n"
        "asyncio.run(main())\n"
    )
    path = f"{image}:{sysconfig.get_path('purelib')}"
    done = subprocess.run(  # noqa: S603  # our own words
        [sys.executable, "-S", "-c", program],
        env={**without_settings(), **deployment.variables, "PYTHONPATH": path},
        cwd=deployment.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines()[-2:] == ["/operator/login 200", "/v1/openapi.json 200"], (
        done.stderr
    )
