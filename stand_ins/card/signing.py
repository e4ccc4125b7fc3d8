"""What a card makes of the bytes that it is given to sign: padded or taken as a hash, never hashed.

RSA: PKCS#1 v1.5 over any DigestInfo that fits, as public clients of real cards use it. Curves are
our reading, for no public description of such a My Number Card or phone exists: the bare hash of
the curve's own length and nothing else, answered as the DER of r and s (what Java Card's signature
classes give, and so the secure elements in phones) or as the bare pair (what many ISO 7816-8 cards
give).
"""

from typing import Final, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from stand_ins.card.card_file import PrivateKey

_PKCS1_OVERHEAD: Final = 11
# SEQUENCE, two INTEGERs, and a zero in front of either: the length of a full one.
_DER_OVERHEAD: Final = 8


def takes(key: PrivateKey, octets: int) -> bool:
    """Whether a key signs an input of so many octets."""
    if isinstance(key, rsa.RSAPrivateKey):
        return 1 <= octets <= key.key_size // 8 - _PKCS1_OVERHEAD
    return octets == key.key_size // 8


def longest_answer(key: PrivateKey, form: Literal["der", "pair"]) -> int:
    """Octets of the longest signature there can be."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.key_size // 8
    return 2 * (key.key_size // 8) + (_DER_OVERHEAD if form == "der" else 0)


def sign(key: PrivateKey, given: bytes, form: Literal["der", "pair"]) -> bytes:
    """`takes` must have said yes."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(given, padding.PKCS1v15(), utils.NoDigestInfo())
    hashed = utils.Prehashed(hashes.SHA256() if key.key_size == 256 else hashes.SHA384())
    signature = key.sign(given, ec.ECDSA(hashed))
    if form == "der":
        return signature
    half = key.key_size // 8
    return b"".join(n.to_bytes(half, "big") for n in utils.decode_dss_signature(signature))
