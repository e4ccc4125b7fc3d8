"""Whatever the card's state: one VERIFY a tap at most, and never the last try."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from companion_app.card.outcome import CardTrouble, TapResult, TroubleCode
from companion_app.card.tap import tap
from tests.companion_app.card.readers import RecordingReader, ScriptedReader, TZeroReader
from tests.stand_ins.card.synthetic import PIN, auth_pin, software_card

options = st.fixed_dictionaries(
    {
        "short_reads": st.sampled_from([0, 33, 200, 255]),
        "trailing_padding": st.integers(0, 300),
        "blocked_word": st.sampled_from(["6984", "6983", "63C0"]),
        "keeps_state_on_select": st.booleans(),
    }
)
entries = st.lists(st.sampled_from([PIN, "0000", "9999"]), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(
    options=options,
    tries=st.integers(0, 3),
    refuse=st.integers(0, 3),
    typed=entries,
    kind=st.sampled_from(["card", "android", "iphone"]),
    t_zero=st.booleans(),
)
def test_the_last_try_is_never_spent(
    options: dict[str, Any], tries: int, refuse: int, typed: list[str], kind: str, t_zero: bool
) -> None:
    card = software_card(
        kind=kind, options=options, pins=auth_pin(tries=tries, refuse_first=refuse)
    )
    left = tries
    for entry in typed:
        reader = (TZeroReader if t_zero else RecordingReader)(card)
        result = asyncio.run(one_tap(reader, entry))
        assert reader.verifies == (1 if left >= 2 else 0)
        good = left >= 2 and refuse == 0 and entry == PIN
        refuse -= 1 if reader.verifies and refuse else 0
        assert isinstance(result, TapResult) == good
        left = 3 if good else left - reader.verifies
        if isinstance(result, CardTrouble):
            assert result == CardTrouble(code=expected(left), tries_left=left)
        card.reset()


def expected(left: int) -> TroubleCode:
    if left == 0:
        return TroubleCode.PIN_BLOCKED
    return TroubleCode.PIN_LAST_TRY if left == 1 else TroubleCode.PIN_WRONG


async def one_tap(reader: RecordingReader, entry: str) -> TapResult | CardTrouble:
    return await tap(
        reader, key="auth", secret=lambda: entry, build_message=lambda der: b"\x30\x31\x00"
    )


words = st.sampled_from(["", "90", "9000", "6100", "6110", "6C00", "6C10", "6282", "63C0", "6F00"])
beginnings = st.sampled_from(["00A4", "00A4020C020006", "0020", "00B0", "00B00004", "00C0", "802A"])


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(beginnings, st.builds(lambda d, w: d.hex() + w, st.binary(max_size=9), words))
)
def test_no_answer_of_a_card_makes_the_client_raise_or_verify_twice(
    answers: dict[str, str],
) -> None:
    reader = ScriptedReader(software_card(), answers)
    result = asyncio.run(one_tap(reader, PIN))
    assert isinstance(result, TapResult | CardTrouble)
    assert reader.verifies <= 1
    assert len(reader.commands) < 10_000
