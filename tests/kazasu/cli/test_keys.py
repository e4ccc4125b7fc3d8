"""`kazasu keys reseal`, and what `kazasu doctor` says about earlier keys."""

import asyncio
import base64
from pathlib import Path
from typing import Final

from kazasu.doctor import sealed
from kazasu.settings.environment import load
from tests.kazasu.deployment import ROOT, Deployment

OLD, NEW = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (50, 150))
HOLDERS: Final = str(ROOT / "kazasu/demo/data/holders.csv")
ROWS: Final = len(Path(HOLDERS).read_text(encoding="utf-8").splitlines()) - 1


def _found(there: Deployment, **keys: str) -> list[tuple[str, str]]:
    found = asyncio.run(sealed.keys(load(**{**there.variables, **keys})))
    return [(f.state, f.says.en) for f in found]


def test_an_earlier_key_is_retired(deployment: Deployment) -> None:
    assert deployment.call("holders", "import", HOLDERS).exit_code == 0
    assert _found(deployment) == []
    turned = {"KAZASU_SEALING_KEY": NEW, "KAZASU_SEALING_KEYS_READ": OLD}
    one = {"KAZASU_SEALING_KEY": OLD}
    ((state, says),) = _found(deployment, **one)
    assert (state, says) == ("warning", f"rows are sealed under an earlier key (holders {ROWS})")
    done = deployment.call("keys", "reseal", **one)
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        [f"holders: {ROWS} of {ROWS}", "all private columns are sealed under the present key"],
    )
    assert _found(deployment, **turned)[0][0] == "warning"
    assert deployment.call("keys", "reseal", **turned).exit_code == 0
    assert _found(deployment, **turned) == [
        (
            "ok",
            "all rows are sealed under the present key; KAZASU_SEALING_KEYS_READ may be emptied",
        )
    ]
    # Without the earlier key all is read as before.
    assert deployment.call("keys", "reseal", KAZASU_SEALING_KEY=NEW).exit_code == 0


def test_a_key_taken_away_too_early_is_said_and_nothing_is_lost(deployment: Deployment) -> None:
    assert deployment.call("holders", "import", HOLDERS, KAZASU_SEALING_KEY=OLD).exit_code == 0
    early = deployment.call("keys", "reseal", KAZASU_SEALING_KEY=NEW)
    assert early.exit_code == 1
    assert early.stdout == f"holders: 0 of {ROWS}\n"
    assert f"{ROWS} rows open with none of the keys that are set" in early.stderr
    ((state, says),) = _found(deployment, KAZASU_SEALING_KEY=NEW)
    said = f"rows open with none of the keys that are set (holders {ROWS})"
    assert (state, says) == ("problem", said)
    back = deployment.call("keys", "reseal", KAZASU_SEALING_KEY=NEW, KAZASU_SEALING_KEYS_READ=OLD)
    assert back.exit_code == 0
