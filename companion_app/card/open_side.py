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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSide:
    """`certificates` are DER; None for one behind a PIN, as a phone keeps its own, and nothing for
    one that is not on the card."""

    kind: CardKind
    certificates: Mapping[FreeCertificate, bytes | None] = field(repr=False)


async def read_open_side(transmit: Transmit) -> OpenSide | CardTrouble:
    """No PIN is asked for and no try spent; the caller resets the card afterwards."""
    card = Dialogue(transmit)
    try:
        await card.choose(JPKI_AID, missing=TroubleCode.NOT_A_JPKI_CARD)
        kind = await kind_of(card)
        return OpenSide(kind=kind, certificates=await _certificates(card))
    except (Stopped, CardLost) as ended:
        return trouble_of(ended)


async def kind_of(card: Dialogue) -> CardKind:
    """By the label in the selected JPKI application. A signal only: a card that hides it still
    signs."""
    if not (await card.send(apdu.select_file(_TOKEN_INFO))).ok:
        return "unknown"
    label = await card.send(apdu.read(0, _LABEL_SIZE))
    return _KINDS.get(label.data.rstrip(b" \x00"), "unknown")


async def _certificates(card: Dialogue) -> dict[FreeCertificate, bytes | None]:
    found: dict[FreeCertificate, bytes | None] = {}
    for which, file in _FILES.items():
        try:
            found[which] = await card.certificate(file)
        except Stopped as ended:
            if ended.trouble.status == apdu.NOT_ALLOWED_YET:
                found[which] = None
            elif ended.trouble.status != apdu.NOT_FOUND:
                raise
    return found
