"""A desk with a card reader needs few of the service's libraries, and none of its settings."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.kazasu.deployment import ROOT

ALONE = """
import re, sys
from importlib.metadata import packages_distributions

allowed = set(sys.argv[1].split(","))
known = packages_distributions().items()
elsewhere = {
    name
    for name, found in known
    if not allowed & {re.sub("[-_.]+", "-", one).lower() for one in found}
}


class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in elsewhere:
            raise ModuleNotFoundError(name, name=name)


sys.meta_path.insert(0, NotInstalled())
from kazasu.cli.main import app

for command in (["card", "read"], ["card", "tap", "--base-url", "https://ivr.example.test"]):
    try:
        app(command)
    except SystemExit as ended:
        print("status", ended.code)
"""


def pinned(name: str) -> set[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def test_the_commands_of_a_desk_need_what_is_installed_there(tmp_path: Path) -> None:
    libraries = pinned("desk") | pinned("reader")
    assert not libraries & {"quart", "sqlalchemy", "redis", "twilio", "uvicorn", "asn1crypto"}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", ALONE, ",".join({"kazasu", *libraries})],
        env={
            "HOME": str(tmp_path),
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
            "PCSCLITE_CSOCK_NAME": str(tmp_path / "nobody"),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout.split("\n") == ["status 2", "status 2", ""], done.stderr
    assert done.stderr.count("kazasu: PC/SC") == 2
    assert not list(tmp_path.iterdir())


def test_the_desks_libraries_have_the_services_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    ours = project["project"]
    known = {*ours["dependencies"], *ours["optional-dependencies"]["build"]}
    assert set(project["dependency-groups"]["desk"]) <= known
    assert pinned("desk") <= pinned("dev")
