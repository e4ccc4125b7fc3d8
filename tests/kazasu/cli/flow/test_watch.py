"""`kazasu flow watch`: what one look tells, and when there is another."""

import signal
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice

from kazasu.cli.flow.watch import saved
from tests.kazasu.deployment import Deployment


def test_a_look(deployment: Deployment) -> None:
    file = deployment.flows / "main-inbound.yaml"
    good = deployment.call("flow", "watch", str(file), "--once", "--lang", "en")
    assert good.exit_code == 0, good.stdout
    assert "all tests pass" in good.stdout
    picture = deployment.flows / ".drawn" / "main-inbound.svg"
    drawn = picture.read_text(encoding="utf-8")
    assert (deployment.flows / ".schemas" / "flow.schema.json").exists()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("start: check_hours", "start: chek_hours"), encoding="utf-8")
    bad = deployment.call("flow", "watch", str(file), "--once", "--lang", "ja")
    assert bad.exit_code == 1
    assert "G001" in bad.stdout
    assert "最後の正しい版" in bad.stdout
    assert picture.read_text(encoding="utf-8") == drawn
    assert deployment.call("flow", "watch", "absent.yaml", "--once").exit_code == 2


def test_another_look_only_after_a_change() -> None:
    marks = iter([1, 1, 1, 2, 2, 3])
    pauses: list[int] = []
    looked = saved(lambda: next(marks), lambda: pauses.append(len(pauses)))
    list(islice(looked, 3))
    assert len(pauses) == 5


def test_it_goes_on_until_it_is_stopped(deployment: Deployment) -> None:
    file = deployment.flows / "main-inbound.yaml"
    command = [sys.executable, "-m", "kazasu.cli.main", "flow", "watch", str(file), "--lang", "en"]
    with subprocess.Popen(  # noqa: S603  # our own program
        command,
        env=deployment.environment(),
        cwd=deployment.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        try:
            _until(watching.stdout, "all tests pass")
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("start: check_hours", "start: nowhere"), encoding="utf-8")
            _until(watching.stdout, "G001")
            watching.send_signal(signal.SIGINT)
            assert watching.wait(timeout=60) == 0
        finally:
            watching.kill()


def _until(lines: Iterable[str], words: str) -> None:
    """Reads until the words come; the end of the program ends it too."""
    for line in lines:
        if words in line:
            return
    raise AssertionError(f"never said: {words}")
