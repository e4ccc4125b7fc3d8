"""One tap: tries left, VERIFY, certificate, signature; nothing is tried a second time.

The order is fixed: what the card signs contains the certificate's hash, so the certificate is
read before the signature, and the signature certificate is readable only after its password.
"""

from collections.abc import Callable
from dataclasses import dataclass

from companion_app.card import apdu
from companion_app.card.algorithms import Algorithm, algorithm_of
from companion_app.card.apdu import CardLost, Transmit
from companion_app.card.dialogue import Dialogue, Stopped, trouble_of
from companion_app.card.open_side import JPKI_AID, kind_of
from companion_app.card.outcome import CardTrouble, TapResult, TroubleCode
from companion_app.card.secret import CardKey, CardSecret, well_formed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    pin: int
    key: int
    certificate: int


_FILES: dict[CardKey, _Files] = {
    "auth": _Files(pin=0x0018, key=0x0017, certificate=0x000A),
    "sign": _Files(pin=0x001B, key=0x001A, certificate=0x0001),
}


async def tap(
    transmit: Transmit,
    *,
    key: CardKey,
    secret: Callable[[], str],
    build_message: Callable[[bytes], bytes],
) -> TapResult | CardTrouble:
    """Sign one message with one key of the card.

    `secret` is called once and its answer forgotten with the tap. `build_message` gets the
    certificate (DER) and returns what goes to its key (`signed_attributes.card_input`); what it
    raises passes through. The caller resets the card afterwards: a verified PIN must not outlive
    the tap.
    """
    entry = well_formed(key, secret())
    if entry is None:
        return CardTrouble(code=TroubleCode.PIN_MALFORMED)
    try:
        return await _Tap(Dialogue(transmit), _FILES[key]).run(entry, build_message)
    except (Stopped, CardLost) as ended:
        return trouble_of(ended)


class _Tap:
    def __init__(self, card: Dialogue, files: _Files) -> None:
        self._card = card
        self._files = files

    async def run(self, secret: CardSecret, build_message: Callable[[bytes], bytes]) -> TapResult:
        await self._card.choose(JPKI_AID, missing=TroubleCode.NOT_A_JPKI_CARD)
        kind = await kind_of(self._card)
        await self._card.present(self._files.pin, secret)
        certificate = await self._card.certificate(self._files.certificate)
        algorithm = algorithm_of(certificate)
        if algorithm is None:
            raise Stopped(TroubleCode.CARD_UNSUPPORTED)
        signed = build_message(certificate)
        signature = await self._sign(signed, algorithm)
        return TapResult(certificate=certificate, signature=signature, signed=signed, kind=kind)

    async def _sign(self, signed: bytes, algorithm: Algorithm) -> bytes:
        await self._card.must(apdu.select_file(self._files.key))
        signature = algorithm.written(await self._card.must(apdu.sign(signed)))
        if signature is None:
            raise Stopped(TroubleCode.CARD_REFUSED, status=apdu.OK)
        return signature
