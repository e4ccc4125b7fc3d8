"""Both gates in a row, as `verification/service` applies them, for tests of certificates alone."""

from datetime import datetime

from identity.jpki import certificate, path, profile
from identity.jpki.anchors import Environment, Purpose, TrustAnchors
from identity.jpki.profile import CardKind
from identity.jpki.refusals import Refusal
from tests.identity.jpki.synthetic import NOW, trust


def judge(
    data: bytes, *, at: datetime = NOW, anchors: TrustAnchors | None = None
) -> Purpose | Refusal:
    """The purpose of an accepted certificate, or why it is refused."""
    anchors = anchors or trust()
    leaf = certificate.read(data)
    if isinstance(leaf, Refusal):
        return leaf
    bad = profile.check_structure(leaf)
    if bad is not None:
        return bad
    purpose = profile.purpose_of(leaf, Environment(anchors.environment), CardKind.CARD)
    if isinstance(purpose, Refusal):
        return purpose
    issuer = path.find_issuer(leaf, purpose, anchors)
    if isinstance(issuer, Refusal):
        return issuer
    return (
        path.check_anchor(issuer, at)
        or profile.check_validity(leaf, at)
        or profile.check_leaf(leaf, purpose)
        or path.check_path(leaf, issuer, at)
        or purpose
    )
