"""The security headers of a page (W3C CSP 3, Trusted Types, Fetch; OWASP ASVS 5, V3)."""

from collections.abc import Mapping
from typing import Final

_CSP: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    # No policy may be made: whatever writes text into the page as markup is stopped by the browser.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
_NOT_NEEDED: Final = ("camera", "microphone", "geolocation", "payment", "usb", "display-capture")


def page_headers(*, secure: bool, frame_ancestor: str = "") -> Mapping[str, str]:
    """For every answer of a door with pages. `secure`: the public address is https.

    `frame_ancestor` is the one origin that may frame the page, "" for none.
    """
    ancestor = frame_ancestor or "'none'"
    headers = {
        "Content-Security-Policy": "; ".join((*_CSP, f"frame-ancestors {ancestor}")),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _NOT_NEEDED),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if not frame_ancestor:
        headers["X-Frame-Options"] = "DENY"
    if secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers
