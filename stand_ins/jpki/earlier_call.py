"""A signature that a card made for an earlier call: good in itself, and for no other statement."""

from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_private_key

from stand_ins.jpki.card_file import KeyMaterial

# The statement of that call, in short: what matters is that it is another one.
_STATEMENT: Final = '{"mode":"spoken_code","pairing":"an-earlier-call","type":"call","v":1}'
_CONTENT_TYPE: Final = bytes.fromhex(
    "318185 3019 06092A864886F70D010903 310C 060A2B0601040181FD590101"
)
_MESSAGE_DIGEST: Final = bytes.fromhex("302F 06092A864886F70D010904 3122 0420")
_CERTIFICATE: Final = bytes.fromhex("3037 060B2A864886F70D010910022F 3128 3026 3024 3022 0420")
_DIGEST_INFO: Final = bytes.fromhex("3031300D060960864801650304020105000420")


def signature(auth: KeyMaterial) -> bytes:
    """PKCS#1 v1.5 by the card's own key over the signed attributes of that call's statement."""
    key = load_der_private_key(auth.key, password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a card's key is RSA")
    attributes = b"".join(
        (
            _CONTENT_TYPE,
            _MESSAGE_DIGEST,
            sha256(_STATEMENT.encode()).digest(),
            _CERTIFICATE,
            sha256(auth.certificate).digest(),
        )
    )
    card_input = _DIGEST_INFO + sha256(attributes).digest()
    return key.sign(card_input, padding.PKCS1v15(), utils.NoDigestInfo())
