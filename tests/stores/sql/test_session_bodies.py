"""Sessions as they are stored: small, and readable as long as any that was written is."""

from hypothesis import given
from hypothesis import strategies as st

from stores.sql.sealing import Sealer
from stores.sql.sessions import sealed, session_place, unsealed

SEALER = Sealer(lambda _: b"k" * 32)
HOLD = {
    "schema": "ivr-session/1",
    "$": "Session",
    "call": "p2PBYBJxaK7qaEhc7q0oRQ",
    "language": "ja-JP",
    "number": "+819012345678",
    "stack": [{"$": "Frame", "flow": "main-inbound", "node": "verify"}],
    "identity": {"$": "IdentityState", "status": "pending", "hint": "awaiting_app"},
    "log": [{"at": [8000, 16011], "event": "timed_out", "asked": True}],
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES))
def test_any_body_comes_back(body: dict[str, object]) -> None:
    assert unsealed(SEALER, "a", "call-1", 7, sealed(SEALER, "a", "call-1", 7, body)) == body


def test_what_sessions_have_in_common_takes_little() -> None:
    plain = SEALER.seal("a", session_place("call-1", 7), HOLD)
    assert len(sealed(SEALER, "a", "call-1", 7, HOLD)) * 2 < len(plain)


def test_every_form_that_was_ever_stored_is_read() -> None:
    """Processes are replaced one by one while calls go on: their sessions outlast the program."""
    first = bytes.fromhex(
        "010131327e64cae772363a40faf6497a8a0b73a5828e1ebd37b8718d7bb86755"
        "ee7dc2f77010270664de9018d100849cbf5a"
    )
    assert unsealed(SEALER, "a", "call-1", 7, first) == {"n": 7, "言": "葉"}
    second = bytes.fromhex(
        "01013187c90dc020d29926a1c85a9f15b4c7c716a95c7c45ecdb43866be56960"
        "bc945d0a6fcaeef5e96f0cdc2fe80fe6ba442178cf561b56"
    )
    body = {"schema": "ivr-session/1", "n": 7, "言": "葉", "wait": "identity"}
    assert unsealed(SEALER, "a", "call-1", 7, second) == body


def test_a_form_of_a_later_version_is_a_lost_session_and_no_failure() -> None:
    for clear in (b"\x02new", b"\x01broken", b"\xff", b""):
        stored = SEALER.seal_bytes("a", session_place("call-1", 7), clear)
        assert unsealed(SEALER, "a", "call-1", 7, stored) == {}
