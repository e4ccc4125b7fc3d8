"""One tap: tries left, VERIFY, certificate, signature; nothing is tried a second time.

The order is fixed: what the card signs contains the certificate's hash, so the certificate is
read before the signature, and the signature certificate is readable only after its password.
"""

from collections.abc import Callable
from dataclasses import dataclass

from companion_app.card import apdu
from companion_app.card.apdu import Answer, CardLost, Command, Transmit
from companion_app.card.outcome import CardKind, CardTrouble, TapResult, TroubleCode
from companion_app.card.secret import CardKey, CardSecret, well_formed

JPKI_AID = bytes.fromhex("D392F000260100000001")
TOKEN_INFO = 0x0006
LABEL_SIZE = 32
KINDS: dict[bytes, CardKind] = {
    b"JPKIAPICCTOKEN2": "card",
    b"JPKIAPGPSETOKEN": "android",
    b"JPKIAPIOSTOKEN": "iphone",
}
LARGEST_CERTIFICATE = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    pin: int
    key: int
    certificate: int


_FILES: dict[CardKey, _Files] = {
    "auth": _Files(pin=0x0018, key=0x0017, certificate=0x000A),
    "sign": _Files(pin=0x001B, key=0x001A, certificate=0x0001),
}


class _Stopped(Exception):
    def __init__(self, trouble: CardTrouble) -> None:
        self.trouble = trouble


async def tap(
    transmit: Transmit,
    *,
    key: CardKey,
    secret: Callable[[], str],
    build_message: Callable[[bytes], bytes],
) -> TapResult | CardTrouble:
    """Sign one message with one key of the card.

    `secret` is called once and its answer forgotten with the tap. `build_message` gets the
    certificate (DER) and returns the card input, a DigestInfo; what it raises passes through.
    The caller resets the card afterwards: a verified PIN must not outlive the tap.
    """
    entry = well_formed(key, secret())
    if entry is None:
        return CardTrouble(code=TroubleCode.PIN_MALFORMED)
    try:
        return await _Tap(transmit, _FILES[key]).run(entry, build_message)
    except _Stopped as stopped:
        return stopped.trouble
    except CardLost:
        return CardTrouble(code=TroubleCode.CARD_LOST)


class _Tap:
    def __init__(self, transmit: Transmit, files: _Files) -> None:
        self._transmit = transmit
        self._files = files

    async def run(self, secret: CardSecret, build_message: Callable[[bytes], bytes]) -> TapResult:
        await self._select_application()
        kind = await self._kind()
        await self._check_tries()
        await self._verify(secret)
        certificate = await self._certificate()
        signed = build_message(certificate)
        signature = await self._sign(signed)
        return TapResult(certificate=certificate, signature=signature, signed=signed, kind=kind)

    async def _send(self, command: Command) -> Answer:
        return await apdu.exchange(self._transmit, command)

    async def _must(self, command: Command) -> bytes:
        answer = await self._send(command)
        if not answer.ok:
            raise _refused(answer)
        return answer.data

    async def _select_application(self) -> None:
        answer = await self._send(apdu.select_application(JPKI_AID))
        if answer.status == apdu.NOT_FOUND:
            raise _stop(TroubleCode.NOT_A_JPKI_CARD)
        if not answer.ok:
            raise _refused(answer)

    async def _kind(self) -> CardKind:
        """A signal only: a card that hides its label still signs."""
        if not (await self._send(apdu.select_file(TOKEN_INFO))).ok:
            return "unknown"
        label = await self._send(apdu.read(0, LABEL_SIZE))
        return KINDS.get(label.data.rstrip(b" \x00"), "unknown")

    async def _check_tries(self) -> None:
        found = await self._send(apdu.select_file(self._files.pin))
        if found.status == apdu.NOT_FOUND:
            raise _stop(TroubleCode.CARD_WITHOUT_PIN)
        if not found.ok:
            raise _refused(found)
        status = await self._send(apdu.pin_status())
        if status.status == apdu.NO_REFERENCE_DATA:
            raise _stop(TroubleCode.CARD_WITHOUT_PIN)
        _stop_unless_tries_remain(status)
        # 9000 and the like tell no number, and without it a VERIFY might be the last one.
        if status.tries_left is None:
            raise _refused(status)

    async def _verify(self, secret: CardSecret) -> None:
        answer = await self._send(apdu.verify(secret.reveal()))
        if answer.ok:
            return
        _stop_unless_tries_remain(answer)
        if answer.tries_left is None:
            raise _refused(answer)
        raise _stop(TroubleCode.PIN_WRONG, answer.tries_left)

    async def _certificate(self) -> bytes:
        """DER by its own length, so that padding behind it does not matter."""
        await self._must(apdu.select_file(self._files.certificate))
        content = await self._read(4, bytearray())
        if len(content) < 4 or content[:2] != b"\x30\x82":
            raise _stop(TroubleCode.CARD_REFUSED)
        total = int.from_bytes(content[2:4], "big") + 4
        if total > LARGEST_CERTIFICATE:
            raise _stop(TroubleCode.CARD_REFUSED)
        return bytes((await self._read(total, content))[:total])

    async def _read(self, total: int, content: bytearray) -> bytearray:
        """Read on from what is there until `total`, advancing by what came."""
        while len(content) < total:
            count = 4 if total == 4 else 256
            answer = await self._send(apdu.read(len(content), count))
            if answer.status not in (apdu.OK, apdu.END_OF_FILE) or not answer.data:
                raise _refused(answer)
            content += answer.data
        return content

    async def _sign(self, signed: bytes) -> bytes:
        await self._must(apdu.select_file(self._files.key))
        signature = await self._must(apdu.sign(signed))
        if not signature:
            raise _stop(TroubleCode.CARD_REFUSED, status=apdu.OK)
        return signature


def _stop_unless_tries_remain(answer: Answer) -> None:
    """6983, 6984 and 63C0 are one thing to the holder; which one real cards give is not known."""
    if answer.status in apdu.BLOCKED:
        raise _stop(TroubleCode.PIN_BLOCKED, 0)
    if answer.tries_left == 1:
        raise _stop(TroubleCode.PIN_LAST_TRY, 1)


def _stop(
    code: TroubleCode, tries_left: int | None = None, *, status: int | None = None
) -> _Stopped:
    return _Stopped(CardTrouble(code=code, tries_left=tries_left, status=status))


def _refused(answer: Answer) -> _Stopped:
    return _stop(TroubleCode.CARD_REFUSED, status=answer.status)
