"""What a tap and a reading of attributes have in common: choose, look at the tries, VERIFY, read.

Nothing is tried a second time, and with one try left no VERIFY is sent.
"""

from typing import Final

from companion_app.card import apdu
from companion_app.card.apdu import Answer, CardLost, Command, Transmit
from companion_app.card.outcome import CardTrouble, TroubleCode
from companion_app.card.secret import CardSecret

LARGEST_CERTIFICATE: Final = 8192


class Stopped(Exception):
    """The dialogue is over; `trouble` says why."""

    def __init__(
        self, code: TroubleCode, tries_left: int | None = None, *, status: int | None = None
    ) -> None:
        self.trouble = CardTrouble(code=code, tries_left=tries_left, status=status)

    @classmethod
    def by(cls, answer: Answer) -> "Stopped":
        """A status word that no rule here foresees."""
        return cls(TroubleCode.CARD_REFUSED, status=answer.status)


def trouble_of(ended: Stopped | CardLost) -> CardTrouble:
    """The value of an ending."""
    if isinstance(ended, Stopped):
        return ended.trouble
    return CardTrouble(code=TroubleCode.CARD_LOST)


class Dialogue:
    """Commands to one card in one tap. `Stopped` and `CardLost` pass through all of its ways."""

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit

    async def send(self, command: Command) -> Answer:
        return await apdu.exchange(self._transmit, command)

    async def must(self, command: Command) -> bytes:
        answer = await self.send(command)
        if not answer.ok:
            raise Stopped.by(answer)
        return answer.data

    async def choose(self, aid: bytes, *, missing: TroubleCode) -> None:
        """Select an application; `missing` when the card does not have it."""
        answer = await self.send(apdu.select_application(aid))
        if answer.status == apdu.NOT_FOUND:
            raise Stopped(missing)
        if not answer.ok:
            raise Stopped.by(answer)

    async def present(self, pin_file: int, secret: CardSecret) -> None:
        """Tries left, then one VERIFY."""
        await self._check_tries(pin_file)
        answer = await self.send(apdu.verify(secret.reveal()))
        if answer.ok:
            return
        _stop_unless_tries_remain(answer)
        if answer.tries_left is None:
            raise Stopped.by(answer)
        raise Stopped(TroubleCode.PIN_WRONG, answer.tries_left)

    async def certificate(self, file: int) -> bytes:
        """DER by its own length, so that padding behind it does not matter."""
        await self.must(apdu.select_file(file))
        content = await self.read_on(bytearray(), 4)
        if len(content) < 4 or content[:2] != b"\x30\x82":
            raise Stopped(TroubleCode.CARD_REFUSED)
        total = int.from_bytes(content[2:4], "big") + 4
        if total > LARGEST_CERTIFICATE:
            raise Stopped(TroubleCode.CARD_REFUSED)
        return bytes((await self.read_on(content, total))[:total])

    async def read_on(self, content: bytearray, total: int) -> bytearray:
        """Read the selected file from what is there until `total`, advancing by what came."""
        while len(content) < total:
            count = min(256, total) if not content else 256
            answer = await self.send(apdu.read(len(content), count))
            if answer.status not in (apdu.OK, apdu.END_OF_FILE) or not answer.data:
                raise Stopped.by(answer)
            content += answer.data
        return content

    async def _check_tries(self, pin_file: int) -> None:
        found = await self.send(apdu.select_file(pin_file))
        if found.status == apdu.NOT_FOUND:
            raise Stopped(TroubleCode.CARD_WITHOUT_PIN)
        if not found.ok:
            raise Stopped.by(found)
        status = await self.send(apdu.pin_status())
        if status.status == apdu.NO_REFERENCE_DATA:
            raise Stopped(TroubleCode.CARD_WITHOUT_PIN)
        _stop_unless_tries_remain(status)
        # 9000 and the like tell no number, and without it a VERIFY might be the last one.
        if status.tries_left is None:
            raise Stopped.by(status)


def _stop_unless_tries_remain(answer: Answer) -> None:
    """6983, 6984 and 63C0 are one thing to the holder; which one real cards give is not known."""
    if answer.status in apdu.BLOCKED:
        raise Stopped(TroubleCode.PIN_BLOCKED, 0)
    if answer.tries_left == 1:
        raise Stopped(TroubleCode.PIN_LAST_TRY, 1)
