"""Certificate revocation lists (RFC 5280, section 5): read one, trust it, look a serial up.

The signature is checked over the bytes as received. Delta, indirect and reason-limited lists are
refused: half an answer must never read as "not revoked".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509

from identity.jpki import algorithms, der
from identity.jpki.anchors import Anchor
from identity.jpki.certificate import Certificate, extension
from identity.jpki.profile import whole_second
from identity.jpki.refusals import Code, Refusal

# One record: serial (20 octets, big-endian), reason index, seconds since 1970 (5 octets).
_SERIAL: Final = 20
_RECORD: Final = _SERIAL + 1 + 5
_NO_REASON: Final = 0
_REASONS: Final = (None, *(flag.value for flag in x509.ReasonFlags))
_UNDERSTOOD_IN_LIST: Final = (x509.IssuingDistributionPoint,)
_UNDERSTOOD_IN_ENTRY: Final = (x509.CRLReason, x509.InvalidityDate)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedEntry:
    """`reason` is the RFC 5280 name, or None when the list gives none."""

    reason: str | None
    revoked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """A trusted list. `scope` holds the encoded names of its distribution point (empty: the whole
    authority); `records` are sorted and fixed in width, so they pass between processes as bytes.
    """

    issuer_key_sha256: bytes
    this_update: datetime
    next_update: datetime
    scope: frozenset[bytes]
    records: bytes = field(repr=False)

    def __len__(self) -> int:
        return len(self.records) // _RECORD

    def find(self, serial: int) -> RevokedEntry | None:
        """The entry of a serial, by bisection."""
        wanted = serial.to_bytes(_SERIAL)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            at = middle * _RECORD
            if self.records[at : at + _SERIAL] < wanted:
                low = middle + 1
            else:
                high = middle
        record = self.records[low * _RECORD : (low + 1) * _RECORD]
        if record[:_SERIAL] != wanted:
            return None
        seconds = int.from_bytes(record[_SERIAL + 1 :])
        return RevokedEntry(
            reason=_REASONS[record[_SERIAL]], revoked_at=datetime.fromtimestamp(seconds, UTC)
        )

    def covers(self, points: frozenset[bytes]) -> bool:
        """Whether a certificate with these distribution points would be in this list."""
        return not self.scope or bool(self.scope & points)

    def stale(self, at: datetime, max_age: timedelta) -> str | None:
        """Why the list cannot answer for the moment `at`, or None."""
        second = whole_second(at)
        if second < self.this_update:
            return "not_yet_valid"
        if second >= self.next_update or second - self.this_update > max_age:
            return "stale"
        return None


def read_crl(data: bytes, anchors: Iterable[Anchor]) -> RevocationList | Refusal:
    """A list signed by one of these roots. Costs time in proportion to its length."""
    try:
        parts = der.children(data, der.whole(data))
        inside = der.children(data, parts[0])
        if _bytes(data, parts[1]) != _bytes(data, inside[1]):
            return Refusal(code=Code.ALGORITHM_MISMATCH)
        loaded = x509.load_der_x509_crl(data)
        signer = _signer(loaded, _bytes(data, parts[0]), anchors)
        if signer is None:
            return Refusal(code=Code.CRL_SIGNER)
        scope = _scope(loaded)
        if scope is None or loaded.next_update_utc is None:
            return Refusal(code=Code.CRL_UNSUPPORTED)
        return RevocationList(
            issuer_key_sha256=signer.key_sha256,
            this_update=loaded.last_update_utc,
            next_update=loaded.next_update_utc,
            scope=scope,
            records=b"".join(sorted(_records(loaded))),
        )
    except _UnknownEntry:
        return Refusal(code=Code.CRL_UNSUPPORTED)
    # A list comes from outside: whatever reading it raises is one refusal.
    except Exception:
        return Refusal(code=Code.CRL_MALFORMED)


def distribution_points(certificate: Certificate) -> frozenset[bytes]:
    """Encoded directory names of the lists a certificate says it would be in."""
    points = extension(certificate, x509.CRLDistributionPoints)
    found = points.value if points is not None else ()
    return frozenset(name for point in found for name in _names(point.full_name))


def _bytes(data: bytes, element: der.Element) -> bytes:
    return data[element.start : element.end]


class _UnknownEntry(Exception):
    """An entry with a critical extension that could change its meaning."""


def _signer(
    loaded: x509.CertificateRevocationList, signed: bytes, anchors: Iterable[Anchor]
) -> Anchor | None:
    algorithm = algorithms.for_oid(loaded.signature_algorithm_oid.dotted_string)
    if algorithm is None:
        return None
    for anchor in anchors:
        root = anchor.certificate
        if root.subject == loaded.issuer and algorithm.verifies(
            root.public_key, loaded.signature, signed
        ):
            return anchor
    return None


def _scope(loaded: x509.CertificateRevocationList) -> frozenset[bytes] | None:
    """Names of the distribution point, empty for a full list, None for what we do not do."""
    if any(e.critical and not isinstance(e.value, _UNDERSTOOD_IN_LIST) for e in loaded.extensions):
        return None
    try:
        point = loaded.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return frozenset()
    partial = (
        point.indirect_crl
        or point.only_some_reasons
        or point.only_contains_ca_certs
        or point.only_contains_attribute_certs
        or point.relative_name
    )
    if partial:
        return None
    names = frozenset(_names(point.full_name))
    # A point without a name limits nothing but the kind of certificate.
    return names if names or not point.full_name else None


def _names(names: Iterable[x509.GeneralName] | None) -> Iterator[bytes]:
    for name in names or ():
        if isinstance(name, x509.DirectoryName):
            yield name.value.public_bytes()


def _records(loaded: x509.CertificateRevocationList) -> Iterator[bytes]:
    for entry in loaded:
        reason = _NO_REASON
        for item in entry.extensions:
            if isinstance(item.value, x509.CRLReason):
                reason = _REASONS.index(item.value.reason.value)
            if item.critical and not isinstance(item.value, _UNDERSTOOD_IN_ENTRY):
                raise _UnknownEntry
        seconds = max(0, int(entry.revocation_date_utc.timestamp()))
        yield entry.serial_number.to_bytes(_SERIAL) + bytes((reason,)) + seconds.to_bytes(5)
