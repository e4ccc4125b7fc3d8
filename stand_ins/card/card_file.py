"""The card file: one JSON document that says everything about one test card.

Whoever makes the synthetic PKI writes these files; the private keys in them are synthetic.
Errors name the file and the field and never quote a value, which could be a PIN or a key.
"""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError, model_validator

PrivateKey: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
CURVES = (ec.SECP256R1, ec.SECP384R1)
CardName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class CardFileInvalid(ValueError):
    """The file is no card. The message names file and field."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


@lru_cache(maxsize=64)  # the library's check of a key takes tens of milliseconds
def _key(pkcs8: bytes) -> PrivateKey:
    loaded = load_der_private_key(pkcs8, password=None)
    if isinstance(loaded, rsa.RSAPrivateKey):
        return loaded
    if isinstance(loaded, ec.EllipticCurvePrivateKey) and isinstance(loaded.curve, CURVES):
        return loaded
    raise ValueError("neither RSA nor P-256 nor P-384")


class KeyFile(_Part):
    """One key with its certificate and its CA certificate, all DER (the key: PKCS#8)."""

    certificate: Base64Bytes
    key: Base64Bytes = Field(repr=False)
    ca: Base64Bytes

    def private_key(self) -> PrivateKey:
        """RSA, P-256 or P-384; ValueError when it is anything else."""
        return _key(self.key)


class AuthPin(_Part):
    """4 digits. `tries` left at the start (0 = blocked); the first `refuse_first` entries are
    counted as wrong whatever they are."""

    value: str = Field(pattern=r"^[0-9]{4}$", repr=False)
    tries: int = Field(default=3, ge=0, le=3)
    refuse_first: int = Field(default=0, ge=0, le=3)


class SignPassword(_Part):
    """6-16 of A-Z and 0-9, otherwise as `AuthPin`."""

    value: str = Field(pattern=r"^[A-Z0-9]{6,16}$", repr=False)
    tries: int = Field(default=5, ge=0, le=5)
    refuse_first: int = Field(default=0, ge=0, le=5)


class NumberB(_Part):
    """照合番号 B, 14 digits: birth date, year of expiry and security code of the card's face."""

    value: str = Field(pattern=r"^[0-9]{14}$", repr=False)
    tries: int = Field(default=10, ge=0, le=10)
    refuse_first: int = Field(default=0, ge=0, le=10)


AnyPin: TypeAlias = AuthPin | SignPassword | NumberB


class Pins(_Part):
    """A missing one is a card without that PIN (a 顔認証マイナンバーカード has none).

    `input_support` and `number_b` open the attributes of the input support application. 照合番号 A
    is the individual number: no card of ours has it.
    """

    auth: AuthPin | None = None
    sign: SignPassword | None = None
    input_support: AuthPin | None = None
    number_b: NumberB | None = None


class FaceText(_Part):
    """The four attributes as the input support application gives them."""

    name: str = Field(min_length=1, max_length=400, repr=False)
    address: str = Field(min_length=1, max_length=800, repr=False)
    birth: str = Field(pattern=r"^[0-9]{8}$", repr=False)
    sex: Literal["1", "2", "9"] = Field(repr=False)


class CardOptions(_Part):
    """Legal behaviours that clients are known to fail on; the defaults are the strict card.

    `short_reads`: most bytes a READ BINARY gives (0 = as asked). `trailing_padding`: zero bytes
    behind each certificate. `blocked_word`: what a blocked PIN answers. `delay_ms` before each
    answer, `signature_delay_ms` more before a signature; the HTTP rack waits, the core never does.
    `curve_answer`: a signature of a curve as the DER of r and s, or as the bare pair.
    `replay` is no behaviour of a card but of a thief's reader: the signature that is handed over,
    whatever the card was asked to sign.
    """

    short_reads: int = Field(default=0, ge=0, le=65535)
    trailing_padding: int = Field(default=0, ge=0, le=2048)
    blocked_word: Literal["6984", "6983", "63C0"] = "6984"
    keeps_state_on_select: bool = False
    delay_ms: int = Field(default=0, ge=0, le=10_000)
    signature_delay_ms: int = Field(default=0, ge=0, le=120_000)
    curve_answer: Literal["der", "pair"] = "der"
    replay: Base64Bytes = Field(default=b"", max_length=512, repr=False)


class CardFile(_Part):
    """One card. A card without `sign` has no signature certificate and no file for one.

    `refuse_first` here holds for each PIN that names none itself. A card without `attributes` has
    no input support application.
    """

    name: CardName
    kind: Literal["card", "android", "iphone"]
    auth: KeyFile
    sign: KeyFile | None = None
    pins: Pins
    refuse_first: int = Field(default=0, ge=0, le=3)
    attributes: FaceText | None = Field(default=None, repr=False)
    options: CardOptions = CardOptions()

    @model_validator(mode="after")
    def _keys_load(self) -> "CardFile":
        for part in (self.auth, self.sign):
            if part is not None:
                part.private_key()
        return self


def parse_card(document: bytes, *, source: str) -> CardFile:
    """JSON bytes -> card; `source` is the name used in the error."""
    try:
        return CardFile.model_validate_json(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "document"
        complaint = f"{source}: {field}: {first['msg']}"
    raise CardFileInvalid(complaint)


def read_card(path: Path) -> CardFile:
    """The card in one file."""
    try:
        document = path.read_bytes()
    except OSError as error:
        raise CardFileInvalid(f"{path.name}: {error.strerror}") from error
    return parse_card(document, source=path.name)
