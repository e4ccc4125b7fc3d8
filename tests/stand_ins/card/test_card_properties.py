"""The card against a small model, and against anything at all."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.stand_ins.card.synthetic import PASSWORD, PIN, certificate, software_card

AID = bytes.fromhex("00A4040C0AD392F000260100000001")
SIGN = bytes.fromhex("802A00800330310000")
FILES = {"auth": (0x18, 0x17), "sign": (0x1B, 0x1A)}
SECRETS = {"auth": PIN.encode(), "sign": PASSWORD.encode()}
MOST = {"auth": 3, "sign": 5}
purposes = st.sampled_from(["auth", "sign"])

known_commands = st.sampled_from(
    [AID, SIGN, b"\x00\x20\x00\x80", bytes.fromhex("00B0000000"), bytes.fromhex("00B00000000000")]
)
selects = st.integers(0, 0x1F).map(lambda n: bytes.fromhex("00A4020C0200") + bytes([n]))
short_reads = st.integers(0, 0x1F).map(lambda n: bytes([0x00, 0xB0, 0x80 | n, 0, 0]))
near_misses = st.builds(
    lambda head, tail: head + tail,
    st.sampled_from([bytes.fromhex(h) for h in ("00A4", "0020", "00B0", "802A", "002A", "80B0")]),
    st.binary(max_size=24),
)
anything = st.one_of(known_commands, selects, short_reads, near_misses, st.binary(max_size=300))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(anything, max_size=30))
def test_without_the_pin_no_bytes_make_it_sign_or_show_the_sign_certificate(
    commands: list[bytes],
) -> None:
    card = software_card()
    kept = certificate("sign")[40:60]
    for command in commands:
        if any(secret in command for secret in SECRETS.values()):
            continue
        answer = card.transmit(command)
        assert len(answer) >= 2
        assert kept not in answer
        assert not (command[1:2] == b"\x2a" and answer[-2:] == b"\x90\x00")


class CardModel(RuleBasedStateMachine):
    """What is verified and how many tries are left, kept in two dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.card = software_card()
        self.card.transmit(AID)
        self.tries = dict(MOST)
        self.open: set[str] = set()

    def word(self, apdu: bytes) -> int:
        return int.from_bytes(self.card.transmit(apdu)[-2:], "big")

    def select(self, file_id: int) -> None:
        assert self.word(bytes.fromhex("00A4020C0200") + bytes([file_id])) == 0x9000

    @rule(purpose=purposes, good=st.booleans())
    def verify(self, purpose: str, good: bool) -> None:
        secret = SECRETS[purpose] if good else SECRETS[purpose][::-1]
        self.select(FILES[purpose][0])
        word = self.word(b"\x00\x20\x00\x80" + bytes([len(secret)]) + secret)
        if not self.tries[purpose]:
            assert word == 0x6984
        elif good:
            assert word == 0x9000
            self.tries[purpose] = MOST[purpose]
            self.open.add(purpose)
        else:
            self.tries[purpose] -= 1
            self.open.discard(purpose)
            assert word == 0x63C0 | self.tries[purpose]

    @rule(purpose=purposes)
    def sign(self, purpose: str) -> None:
        self.select(FILES[purpose][1])
        assert self.word(SIGN) == (0x9000 if purpose in self.open else 0x6982)

    @rule()
    def read_sign_certificate(self) -> None:
        answer = self.card.transmit(bytes.fromhex("00B0810000"))
        assert (answer[-2:] == b"\x90\x00") == ("sign" in self.open)

    @rule(off=st.booleans())
    def leave_and_come_back(self, off: bool) -> None:
        if off:
            self.card.power_off()
        self.card.reset()
        self.open.clear()
        assert self.word(bytes.fromhex("00B08A0004")) == 0x6A82
        assert self.word(AID) == 0x9000

    @rule()
    def select_application(self) -> None:
        assert self.word(AID) == 0x9000
        self.open.clear()

    @rule(noise=st.binary(max_size=40).filter(lambda b: b[1:2] not in (b"\xa4", b"\x20")))
    def noise(self, noise: bytes) -> None:
        self.card.transmit(noise)

    @invariant()
    def status_tells_the_tries(self) -> None:
        for purpose, left in self.tries.items():
            status = bytes([0x00, 0x20, 0x00, 0x80 | FILES[purpose][0]])
            assert self.word(status) == (0x63C0 | left)


CardModel.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestCardModel = CardModel.TestCase
