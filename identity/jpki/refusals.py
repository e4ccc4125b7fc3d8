"""Why a certificate, signature or list was not accepted: stable codes, kept as evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Stable: evidence rows keep them for years. Names may be added, never reused."""

    CERTIFICATE_MALFORMED = "certificate_malformed"
    CERTIFICATE_UNREADABLE = "certificate_unreadable"
    CERTIFICATE_BUDGET = "certificate_budget"
    CERTIFICATE_SERIAL = "certificate_serial"
    CERTIFICATE_FIELDS = "certificate_fields"
    EXTENSION_DUPLICATE = "extension_duplicate"
    EXTENSION_UNKNOWN = "extension_unknown"
    EXTENSION_UNKNOWN_CRITICAL = "extension_unknown_critical"
    EXTENSION_CRITICALITY = "extension_criticality"
    ATTRIBUTES_UNEXPECTED = "attributes_unexpected"
    OTHER_NAME_DUPLICATE = "other_name_duplicate"
    POLICY_UNEXPECTED = "policy_unexpected"
    ISSUER_UNKNOWN = "issuer_unknown"
    ISSUER_SIGNATURE = "issuer_signature"
    ANCHOR_EXPIRED = "anchor_expired"
    ANCHOR_NOT_YET_VALID = "anchor_not_yet_valid"
    LEAF_EXPIRED = "leaf_expired"
    LEAF_NOT_YET_VALID = "leaf_not_yet_valid"
    LEAF_VERSION = "leaf_version"
    LEAF_SUBJECT = "leaf_subject"
    LEAF_IS_CA = "leaf_is_ca"
    ALGORITHM_UNSUPPORTED = "algorithm_unsupported"
    ALGORITHM_MISMATCH = "algorithm_mismatch"
    KEY_UNSUPPORTED = "key_unsupported"
    KEY_USAGE = "key_usage"
    EXTENDED_KEY_USAGE = "extended_key_usage"
    KEY_IDENTIFIER = "key_identifier"
    NAME_CONSTRAINTS = "name_constraints"
    PATH_REFUSED = "path_refused"
    SIGNATURE_LENGTH = "signature_length"
    SIGNATURE_MISMATCH = "signature_mismatch"
    RECORD_MALFORMED = "record_malformed"
    RECORD_DIFFERS = "record_differs"
    CRL_MALFORMED = "crl_malformed"
    CRL_SIGNER = "crl_signer"
    CRL_UNSUPPORTED = "crl_unsupported"
    CRL_ALGORITHM = "crl_algorithm"
    CRL_TIMES = "crl_times"
    CRL_DELTA = "crl_delta"
    CRL_INDIRECT = "crl_indirect"
    CRL_SOME_REASONS = "crl_some_reasons"
    CRL_SCOPE = "crl_scope"
    CRL_EXTENSION = "crl_extension"
    CRL_DUPLICATE = "crl_duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Facts are for the operator and the evidence row: no key material, serial or name."""

    code: Code
    facts: Mapping[str, str] = field(default_factory=dict)
