"""The certificates that a card gives to everybody, without a PIN: what it is, not who holds it.

The signature certificate is not among them: it carries the four attributes, and is read by a tap.
"""

from typing import Final, Literal, TypeAlias

from companion_app.card.apdu import CardLost, Transmit
from companion_app.card.dialogue import Dialogue, Stopped, trouble_of
from companion_app.card.outcome import CardTrouble, TroubleCode
from companion_app.card.tap import JPKI_AID

FreeCertificate: TypeAlias = Literal["auth", "auth_ca", "sign_ca"]
_FILES: Final[dict[FreeCertificate, int]] = {"auth": 0x000A, "auth_ca": 0x000B, "sign_ca": 0x0002}


async def read_certificate(transmit: Transmit, which: FreeCertificate) -> bytes | CardTrouble:
    """DER. A phone gives `auth` after its PIN only: `CARD_REFUSED` with 6982."""
    card = Dialogue(transmit)
    try:
        await card.choose(JPKI_AID, missing=TroubleCode.NOT_A_JPKI_CARD)
        return await card.certificate(_FILES[which])
    except (Stopped, CardLost) as ended:
        return trouble_of(ended)
