"""Certificate revocation lists (RFC 5280, section 5): read one, trust it, look a serial up.

The signature is checked over the bytes as received. Delta lists, indirect lists, lists for some
reasons or some kinds of certificate are refused, each by its name: half an answer must never read
as "not revoked".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from cryptography import x509

from identity.jpki import algorithms, der
from identity.jpki.anchors import Anchor
from identity.jpki.certificate import Certificate, extension, remembered_as
from identity.jpki.profile import whole_second
from identity.jpki.refusals import Code, Refusal
from identity.jpki.scanning.memory import Memory

# One record: serial (20 octets, big-endian), reason index, seconds since 1970 (5 octets).
_SERIAL: Final = 20
_RECORD: Final = _SERIAL + 1 + 5
_NO_REASON: Final = 0
_REASONS: Final = (None, *(flag.value for flag in x509.ReasonFlags))
_VERSION_2: Final = b"\x02\x01\x01"
_INTEGER: Final = 0x02
_UNDERSTOOD_IN_LIST: Final = (x509.IssuingDistributionPoint,)
_UNDERSTOOD_IN_ENTRY: Final = (x509.CRLReason, x509.InvalidityDate)
_OF_DELTAS: Final = (x509.DeltaCRLIndicator, x509.FreshestCRL)
# Of extensions that are remembered: what they lead to.
_POINTS: Final[Memory[frozenset[bytes]]] = Memory()


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
        return _read(data, anchors)
    except _Refused as refused:
        return Refusal(code=refused.code, facts=refused.facts)
    except x509.DuplicateExtension as twice:
        return Refusal(code=Code.CRL_DUPLICATE, facts={"oid": twice.oid.dotted_string})
    # A list comes from outside: whatever reading it raises is one refusal.
    except Exception:
        return Refusal(code=Code.CRL_MALFORMED)


def _read(data: bytes, anchors: Iterable[Anchor]) -> RevocationList:
    signed, outer, _ = der.children(data, der.whole(data))
    inside = der.children(data, signed)
    if inside[0].tag != _INTEGER or _bytes(data, inside[0]) != _VERSION_2:
        raise _Refused(Code.CRL_UNSUPPORTED)
    if _bytes(data, outer) != _bytes(data, inside[1]):
        raise _Refused(Code.ALGORITHM_MISMATCH)
    loaded = x509.load_der_x509_crl(data)
    signer = _signer(loaded, _bytes(data, inside[2]), _bytes(data, signed), anchors)
    _check_extensions(loaded)
    scope = _scope(loaded)
    begin, end = loaded.last_update_utc, loaded.next_update_utc
    if end is None or end <= begin:
        raise _Refused(Code.CRL_TIMES)
    return RevocationList(
        issuer_key_sha256=signer.key_sha256,
        this_update=begin,
        next_update=end,
        scope=scope,
        records=_sorted(loaded),
    )


def distribution_points(certificate: Certificate) -> frozenset[bytes]:
    """Encoded directory names of the lists a certificate says it would be in. A point for some
    reasons only, or of another issuer's list, says too little; a URL is not even looked at."""
    points = extension(certificate, x509.CRLDistributionPoints)
    if points is None:
        return frozenset()
    encoded = remembered_as(certificate, points)
    known = None if encoded is None else _POINTS.get(encoded)
    if known is not None:
        return known
    found = frozenset(
        name
        for point in points.value
        if point.reasons is None and point.crl_issuer is None
        for name in _names(point.full_name)
    )
    if encoded is not None:
        _POINTS.keep(encoded, found)
    return found


def _bytes(data: bytes, element: der.Element) -> bytes:
    return data[element.start : element.end]


class _Refused(Exception):
    """What is wrong with a list, on its way to `read_crl`."""

    def __init__(self, code: Code, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def _signer(
    loaded: x509.CertificateRevocationList,
    issuer: bytes,
    signed: bytes,
    anchors: Iterable[Anchor],
) -> Anchor:
    oid = loaded.signature_algorithm_oid.dotted_string
    algorithm = algorithms.for_oid(oid)
    if algorithm is None:
        raise _Refused(Code.CRL_ALGORITHM, oid=oid)
    for anchor in anchors:
        root = anchor.certificate
        if root.scanned.subject_name == issuer and algorithm.verifies(
            root.public_key, loaded.signature, signed
        ):
            return anchor
    raise _Refused(Code.CRL_SIGNER)


def _check_extensions(loaded: x509.CertificateRevocationList) -> None:
    for item in loaded.extensions:
        # A list that names its deltas is not all that there is to know.
        if isinstance(item.value, _OF_DELTAS):
            raise _Refused(Code.CRL_DELTA)
        if item.critical and not isinstance(item.value, _UNDERSTOOD_IN_LIST):
            raise _Refused(Code.CRL_EXTENSION, oid=item.oid.dotted_string)
        if isinstance(item.value, x509.IssuingDistributionPoint) and not item.critical:
            raise _Refused(Code.CRL_SCOPE)


def _scope(loaded: x509.CertificateRevocationList) -> frozenset[bytes]:
    """Names of the distribution point, empty for a list of everything."""
    try:
        point = loaded.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return frozenset()
    if point.indirect_crl:
        raise _Refused(Code.CRL_INDIRECT)
    if point.only_some_reasons:
        raise _Refused(Code.CRL_SOME_REASONS)
    names = frozenset(_names(point.full_name))
    if (
        point.only_contains_ca_certs
        or point.only_contains_attribute_certs
        or point.relative_name
        # A point that is named otherwise than by directory names limits we know not what.
        or len(names) != len(point.full_name or ())
    ):
        raise _Refused(Code.CRL_SCOPE)
    return names


def _names(names: Iterable[x509.GeneralName] | None) -> Iterator[bytes]:
    for name in names or ():
        if isinstance(name, x509.DirectoryName):
            yield name.value.public_bytes()


def _sorted(loaded: x509.CertificateRevocationList) -> bytes:
    records = sorted(_records(loaded))
    for before, after in pairwise(records):
        if before[:_SERIAL] == after[:_SERIAL]:
            raise _Refused(Code.CRL_DUPLICATE)
    return b"".join(records)


def _records(loaded: x509.CertificateRevocationList) -> Iterator[bytes]:
    for entry in loaded:
        reason = _NO_REASON
        for item in entry.extensions:
            if isinstance(item.value, x509.CRLReason):
                reason = _REASONS.index(item.value.reason.value)
            elif isinstance(item.value, x509.CertificateIssuer):
                raise _Refused(Code.CRL_INDIRECT)
            if item.critical and not isinstance(item.value, _UNDERSTOOD_IN_ENTRY):
                raise _Refused(Code.CRL_EXTENSION, oid=item.oid.dotted_string)
        if not 0 < entry.serial_number < 1 << (8 * _SERIAL - 1):
            raise _Refused(Code.CRL_MALFORMED)
        seconds = max(0, int(entry.revocation_date_utc.timestamp()))
        yield entry.serial_number.to_bytes(_SERIAL) + bytes((reason,)) + seconds.to_bytes(5)
