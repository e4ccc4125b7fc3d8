"""The document that is being played, as the base of the addresses in it."""

from __future__ import annotations

from urllib.parse import urljoin

from stand_ins.carrier.calls.call import DocumentRequest
from stand_ins.carrier.webhooks import problems
from stand_ins.carrier.webhooks.problems import WebhookProblem


class Page:
    """`url` is None for a document that came with a REST request."""

    def __init__(self, url: str | None) -> None:
        self.url = url

    def request(self, address: str, method: str | None, params: dict[str, str]) -> DocumentRequest:
        """A request of this document: relative addresses count from it, an empty one is it."""
        return DocumentRequest(
            url=self.resolve(address), method=(method or "POST").upper(), params=params
        )

    def resolve(self, address: str) -> str:
        """An absolute URL. WebhookProblem 15004 when this document has no address of its own."""
        address = address.strip()
        url = urljoin(self.url, address) if self.url and address else address or self.url
        if not url or "://" not in url:
            raise WebhookProblem(problems.RELATIVE_URL, address or "no action")
        return url

    def maybe_resolve(self, address: str | None) -> str | None:
        """As `resolve`, but None for no address or one that cannot be made absolute."""
        if address is None or (self.url is None and "://" not in address):
            return None
        return self.resolve(address)
