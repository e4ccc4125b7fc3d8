"""Both gates in a row for a certificate alone, by the checklist itself."""

from datetime import datetime

from identity.jpki import certificate, checklist
from identity.jpki.anchors import Purpose, TrustAnchors
from identity.jpki.checklist import Denied
from identity.jpki.profile import CardKind
from identity.jpki.refusals import Refusal
from tests.identity.jpki.synthetic import NOW, trust


def judge(
    data: bytes,
    *,
    at: datetime = NOW,
    anchors: TrustAnchors | None = None,
    kind: CardKind = CardKind.CARD,
) -> Purpose | Refusal:
    """The purpose of an accepted certificate, or why it is refused."""
    scanned = certificate.scan(data)
    if isinstance(scanned, Refusal):
        return scanned
    found = checklist.examine(scanned, kind, anchors or trust(), at)
    return found.refusal if isinstance(found, Denied) else found.purpose
