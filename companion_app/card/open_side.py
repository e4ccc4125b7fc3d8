"""What a card tells everybody, without a PIN: what it is and its free certificates, not who holds
it.

The signature certificate is not among them: it carries the four attributes, and is read by a tap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from companion_app.card import apdu
from companion_app.card.apdu import CardLost, Transmit
from companion_app.card.dialogue import Dialogue, Stopped, trouble_of
from companion_app.card.outcome import CardKind, CardTrouble, TroubleCode

JPKI_AID: Final = bytes.fromhex("D392F000260100000001")
_TOKEN_INFO: Final = 0x0006
_LABEL_SIZE: Final = 32
_KINDS: Final[dict[bytes, CardKind]] = {
    b"JPKIAPICCTOKEN": "card",
    b"JPKIAPICCTOKEN2": "card",
    b"JPKIAPGPSETOKEN": "android",
    b"JPKIAPIOSTOKEN": "iphone",
}

FreeCertificate: TypeAlias = Literal["auth", "auth_ca", "sign_ca"]
_FILES: Final[dict[FreeCertificate, int]] = {"auth": 0x000A, "auth_ca": 0x000B, "sign_ca": 0x0002}
# Behind a PIN, as a phone keeps its authentication certificate; or not on this card.
_NOT_FREE: Final = frozenset({apdu.NOT_ALLOWED_YET, apdu.NOT_FOUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSide:
    """`certificates` are DER; one that the card does not give freely is not among them."""

    kind: CardKind
    certificates: Mapping[FreeCertificate, bytes] = field(repr=False)


async def read_open_side(transmit: Transmit) -> OpenSide | CardTrouble:
    """No PIN is asked for and no try spent; the caller resets the card afterwards."""
    card = Dialogue(transmit)
    try:
        await card.choose(JPKI_AID, missing=TroubleCode.NOT_A_JPKI_CARD)
        kind = await kind_of(card)
        found = {which: await _certificate(card, file) for which, file in _FILES.items()}
    except (Stopped, CardLost) as ended:
        return trouble_of(ended)
    return OpenSide(kind=kind, certificates={w: der for w, der in found.items() if der is not None})


async def kind_of(card: Dialogue) -> CardKind:
    """By the label in the selected JPKI application. A signal only: a card that hides it still
    signs."""
    if not (await card.send(apdu.select_file(_TOKEN_INFO))).ok:
        return "unknown"
    label = await card.send(apdu.read(0, _LABEL_SIZE))
    return _KINDS.get(label.data.rstrip(b" \x00"), "unknown")


async def _certificate(card: Dialogue, file: int) -> bytes | None:
    try:
        return await card.certificate(file)
    except Stopped as ended:
        if ended.trouble.status in _NOT_FREE:
            return None
        raise
