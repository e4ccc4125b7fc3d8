"""Is this request signed by our carrier? (Twilio's webhook security, both schemes.)

The signed URL is the *configured* public base plus the raw path and query, never Host or a
forwarded header. Two auth tokens, or two shared keys, may be valid at once while one is rotated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import parse_qs, parse_qsl

from multidict import MultiDict
from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
)

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request as it came. `path` and `query` are the raw ASCII bytes, header names lower case."""

    method: str
    path: bytes
    query: bytes
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def form(self) -> MultiDict[str]:
        """Body fields of a form, repeated names kept. Raises ValueError when it is not UTF-8."""
        if self.content_type() != _FORM:
            return MultiDict()
        pairs = parse_qsl(
            self.body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=200
        )
        return MultiDict(pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """`auth_tokens` for the default scheme; `shared_keys` by key id for SharedKey."""

    auth_tokens: tuple[str, ...] = field(repr=False)
    shared_keys: Mapping[str, str] = field(default_factory=dict, repr=False)


class SignatureCheck:
    """Never raises: whatever is odd about a request is a refusal, so the door answers 403."""

    def __init__(self, public_base: str, keys: Keys) -> None:
        """ValueError without a token, or for an empty key: everybody could sign with that."""
        if not keys.auth_tokens or not all((*keys.auth_tokens, *keys.shared_keys.values())):
            raise ValueError("a key to check signatures with is missing or empty")
        self._base = public_base
        self._tokens = tuple(RequestValidator(token) for token in keys.auth_tokens)
        self._shared = {key: RequestValidator(value) for key, value in keys.shared_keys.items()}

    def accepts(self, request: RawRequest) -> bool:
        try:
            return self._accepts(request)
        except (ValueError, TypeError, IndexError, KeyError):
            return False

    def _accepts(self, request: RawRequest) -> bool:
        signature = request.headers.get(SIGNATURE_HEADER.lower(), "")
        if not signature.isascii() or not signature:
            return False
        url = self._base + request.path.decode("ascii")
        if request.query:
            url += "?" + request.query.decode("ascii")
        params = self._signed_params(request)
        if params is None:
            return False
        settings = request.headers.get(SIGNATURE_SETTINGS_HEADER.lower())
        if settings is None:
            return any(v.validate(url, params, signature, HMAC_SHA1) for v in self._tokens)
        named = dict(part.strip().partition("=")[::2] for part in settings.split(","))
        validator = self._shared.get(named.get("key", ""))
        # The algorithm is ours to choose: a header that names another one is a downgrade.
        if validator is None or named.get("algorithm", "").upper() != HMAC_SHA256:
            return False
        return bool(validator.validate(url, params, signature, HMAC_SHA256))

    def _signed_params(self, request: RawRequest) -> MultiDict[str] | str | None:
        """What was signed beside the URL; None when body and URL do not fit together."""
        hashes = parse_qs(request.query.decode("ascii")).get("bodySHA256", [])
        if request.method == "GET":
            return None if hashes or request.body else MultiDict()
        kind = request.content_type()
        if kind == _JSON:
            digest = sha256(request.body).hexdigest()
            if len(hashes) != 1 or not compare_digest(digest, hashes[0].lower()):
                return None
            return request.body.decode("utf-8")
        # With bodySHA256 in the URL the library would accept a form without reading it.
        return None if hashes or kind != _FORM else request.form()
