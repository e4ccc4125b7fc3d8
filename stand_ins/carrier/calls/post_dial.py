"""Post-dial digits: what a handset sends by itself once the call it placed is answered."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from stand_ins.carrier.calls.call import Call
from stand_ins.carrier.exchange import Exchange

FORM: Final = re.compile(r"[0-9*#,]{1,64}")
PAUSE: Final = 2.0
"""Carrier seconds of one comma, as handsets wait."""
TONE: Final = 0.2
"""One key and the gap behind it (tones of 100 ms and as much silence)."""


def send_after_answer(exchange: Exchange, call: Call, digits: str) -> None:
    """Play `digits` (`FORM`; a comma is a pause) on `call` once it is answered."""
    exchange.delivery.spawn(_send(exchange, call, digits))


async def _send(exchange: Exchange, call: Call, digits: str) -> None:
    answered = asyncio.ensure_future(call.answered.wait())
    over = asyncio.ensure_future(call.over.wait())
    try:
        await asyncio.wait({answered, over}, return_when=asyncio.FIRST_COMPLETED)
        for key in digits:
            # Not by the call's own clock: that one tells the time of what the call plays meanwhile.
            seconds = PAUSE if key == "," else TONE
            await asyncio.sleep(seconds / exchange.pace.speed)
            if not call.live:
                return
            if key != ",":
                call.press(key)
    finally:
        answered.cancel()
        over.cancel()
