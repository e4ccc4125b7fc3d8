"""One PIN of the card: compare bytes, count tries, block.

Counters survive reset and power-off; what VERIFY opened does not.
"""

from stand_ins.card.apdu import Status
from stand_ins.card.card_file import AnyPin

AUTH_TRIES = 3
SIGN_TRIES = 5
INPUT_SUPPORT_TRIES = 3
NUMBER_B_TRIES = 10
LONGEST = 16


class PinCounter:
    """State of one PIN file. All answers are status words."""

    def __init__(
        self,
        pin: AnyPin,
        *,
        most_tries: int,
        refuse_first: int,
        blocked_word: int,
    ) -> None:
        self._value = pin.value.encode("ascii")
        self._tries = pin.tries
        self._refuse = refuse_first
        self._most_tries = most_tries
        self._blocked_word = blocked_word
        self.verified = False

    def status(self) -> int:
        """63Cx, also after a good VERIFY, and 63C0 when blocked; spends nothing.

        The blocked word is VERIFY's alone: OpenSC takes a card for none of its own whose status
        answers anything else.
        """
        return 0x63C0 | self._tries

    def verify(self, presented: bytes) -> int:
        """One presentation. A wrong one also takes back what an earlier good one opened."""
        if not self._tries:
            return self._blocked_word
        refused, self._refuse = self._refuse > 0, max(self._refuse - 1, 0)
        if refused or presented != self._value:
            self.verified = False
            self._tries -= 1
            return 0x63C0 | self._tries
        self.verified = True
        self._tries = self._most_tries
        return Status.OK

    def __repr__(self) -> str:
        return f"<PinCounter tries={self._tries} verified={self.verified}>"
