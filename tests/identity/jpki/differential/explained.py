"""Every way in which we and another judge may differ, with the reason. Anything else is a fault.

The first table: what we refuse and the judge accepts. A general validator answers whether a path
is valid (RFC 5280); ours also, whether this is a certificate such as JPKI issues. The second: what
we accept and the judge refuses.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, Literal

from cryptography import x509

from identity.jpki.refusals import Code
from tests.identity.jpki.differential.generated import Drawn
from tests.identity.jpki.synthetic import authority

Judge = Literal["certvalidator", "openssl"]

_PROFILE: Final[Mapping[Code, str]] = {
    Code.ALGORITHM_UNSUPPORTED: "a general validator knows more hashes and paddings than the table",
    Code.KEY_UNSUPPORTED: "a general validator knows more keys than the table",
    Code.EXTENDED_KEY_USAGE: "asked for no purpose, it takes any extended key usage",
    Code.EXTENSION_CRITICALITY: "RFC 5280 lets keyUsage, SAN and others be critical or not; "
    "the profile of JPKI does not",
    Code.EXTENSION_UNKNOWN: "RFC 5280 has unknown extensions ignored unless they are critical",
    Code.EXTENSION_UNKNOWN_CRITICAL: "it processes these (policyConstraints, inhibitAnyPolicy, "
    "OCSPNoCheck), which no card of JPKI carries",
    Code.KEY_IDENTIFIER: "RFC 5280 asks authorities to put key identifiers in, not verifiers to "
    "insist on them",
    Code.KEY_USAGE: "further usages do not spoil a signature; a JPKI key has one use",
    Code.LEAF_SUBJECT: "RFC 5280 asks for a subject; the profile says which parts it has",
    Code.LEAF_IS_CA: "an authority may end a path; it is no card",
    Code.NAME_CONSTRAINTS: "they say nothing about the certificate that carries them",
    Code.ATTRIBUTES_UNEXPECTED: "it does not look into subjectAltName",
    Code.OTHER_NAME_DUPLICATE: "it does not look into subjectAltName",
    Code.POLICY_UNEXPECTED: "anyPolicy, or a second policy, includes the one that is asked for",
}
REFUSED_BY_US: Final[Mapping[Judge, Mapping[Code, str]]] = {
    "certvalidator": {
        **_PROFILE,
        Code.ALGORITHM_MISMATCH: "it goes by the algorithm beside the signature alone",
        Code.CERTIFICATE_UNREADABLE: "it does not look at the leaf's own key",
    },
    "openssl": _PROFILE,
}


def _last_second(one: Drawn) -> bool:
    """RFC 5280, 4.1.2.5: the period of validity includes both ends."""
    leaf = x509.load_der_x509_certificate(one.der)
    roots = [authority(one.purpose, label).certificate for label in ("g1", "g2")]
    ends = {cert.not_valid_after_utc for cert in (leaf, *roots)}
    return any(timedelta(0) <= end - one.at < timedelta(seconds=1) for end in ends)


ACCEPTED_BY_US: Final[Mapping[Judge, Mapping[str, Callable[[Drawn], bool]]]] = {
    "certvalidator": {},
    "openssl": {"it counts the last second as expired": _last_second},
}


def explains(judge: Judge, one: Drawn, code: Code | None) -> str | None:
    """Why the judge may say the opposite; `code` is our refusal, None if we accept."""
    if code is not None:
        return REFUSED_BY_US[judge].get(code)
    for reason, applies in ACCEPTED_BY_US[judge].items():
        if applies(one):
            return reason
    return None
