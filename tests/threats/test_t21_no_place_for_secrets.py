"""T21: a PIN or an individual number that an app sends all the same is refused and not repeated.

That no model, argument or column of the service is named like one is held by the promises of the
architecture (`tests/architecture/test_promises.py`).
"""

from pathlib import Path

import pytest

from tests.companion_app_api.speaking import Speaker
from tests.companion_app_api.stage import a_stage

SENT = "739182"
GOOD: dict[str, dict[str, object]] = {
    "confirm": {"answer": "i_called"},
    "choose": {"round": 1, "choice": "41"},
    "progress": {"hint": "awaiting_card"},
    "proof": {"certificate": "MIIB", "signature": "AAAA", "card_kind": "card"},
    "cancel": {"reason": "user_cancelled"},
}


@pytest.mark.parametrize("name", ["pin", "PIN", "pin_code", "card_pin", "my_number", "password"])
async def test_a_body_that_holds_one_is_refused_and_not_repeated(tmp_path: Path, name: str) -> None:
    async with a_stage(tmp_path) as stage, stage.http() as http:
        speaker = Speaker(http)
        await speaker.register()
        held = await speaker.claimed(stage)
        for step, body in GOOD.items():
            answer = await held.step(step, body | {name: SENT})
            assert answer.status_code == 400
            assert SENT not in answer.text
            assert name not in answer.text
        assert (await stage.now(held.call)).hint.value == "awaiting_call_confirm"
