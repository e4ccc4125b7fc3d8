"""`kazasu keys reseal`, and what `kazasu doctor` says about earlier keys."""

import asyncio
import base64
from typing import Final

from kazasu.doctor import sealed
from kazasu.settings.environment import load
from tests.kazasu.deployment import ROOT, Deployment

OLD, NEW = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (50, 150))
HOLDERS: Final = str(ROOT / "kazasu/demo/data/holders.csv")


def _found(there: Deployment, **keys: str) -> list[tuple[str, str]]:
    found = asyncio.run(sealed.keys(load(**{**there.variables, **keys})))
    return [(f.state, f.says.en) for f in found]


def test_an_earlier_key_is_retired(deployment: Deployment) -> None:
    assert deployment.call("holders", "import", HOLDERS).exit_code == 0
    assert _found(deployment) == []
    turned = {"KAZASU_SEALING_KEY": NEW, "KAZASU_SEALING_KEYS_READ": OLD}
    one = {"KAZASU_SEALING_KEY": OLD}
    ((state, says),) = _found(deployment, **one)
    assert (state, says) == ("warning", "rows are sealed under an earlier key (holders 16)")
    done = deployment.call("keys", "reseal", **one)
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        ["holders: 16 of 16", "all private columns are sealed under the present key"],
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
    assert early.stdout == "holders: 0 of 16\n"
    assert "16 rows open with none of the keys that are set" in early.stderr
    ((state, says),) = _found(deployment, KAZASU_SEALING_KEY=NEW)
    assert (state, says) == ("problem", "rows open with none of the keys that are set (holders 16)")
    back = deployment.call("keys", "reseal", KAZASU_SEALING_KEY=NEW, KAZASU_SEALING_KEYS_READ=OLD)
    assert back.exit_code == 0
