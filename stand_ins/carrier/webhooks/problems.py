"""Why a webhook brought no usable document, in the carrier's own error codes."""

from __future__ import annotations

RETRIEVAL, CONNECT, PROTOCOL, HOST = 11200, 11205, 11206, 11210
REDIRECT_LOOP, REDIRECT_KIND, HTTP_ERROR, TOO_LONG = 11215, 11216, 11217, 11750
UNPARSEABLE, NOT_THE_SCHEMA, CONTENT_TYPE = 12100, 12200, 12300
RELATIVE_URL = 15004

TEXTS = {
    RETRIEVAL: "HTTP retrieval failure",
    CONNECT: "HTTP connection failure",
    PROTOCOL: "HTTP protocol violation",
    HOST: "HTTP bad host name",
    REDIRECT_LOOP: "too many HTTP redirects",
    REDIRECT_KIND: "this kind of HTTP redirect is not followed",
    HTTP_ERROR: "HTTP error answer",
    TOO_LONG: "answer longer than 64 kB",
    UNPARSEABLE: "document parse failure",
    NOT_THE_SCHEMA: "document does not follow the schema",
    CONTENT_TYPE: "invalid content type",
    RELATIVE_URL: "a document given by REST may hold absolute URLs only",
}


class WebhookProblem(Exception):
    """No document: `code` is the carrier's error code, `retry_cause` as in the overrides."""

    def __init__(self, code: int, detail: str, *, retry_cause: str = "") -> None:
        super().__init__(f"{code} {TEXTS[code]}: {detail}")
        self.code = code
        self.retry_cause = retry_cause
