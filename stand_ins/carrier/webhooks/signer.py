"""The carrier's signature over the full URL and the form, by the carrier's own library."""

from __future__ import annotations

from collections.abc import Mapping

from twilio.request_validator import (
    RequestValidator,
)


class Signer:
    """Signs with the account's token (HMAC-SHA1, the default scheme)."""

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def sign(self, url: str, form: Mapping[str, str]) -> str:
        """`url` as requested, with its query; `form` empty for GET."""
        return str(self._validator.compute_signature(url, dict(form)))
