"""pyhanko-certvalidator judges the same certificates: what we accept, it must accept too.

The reverse need not hold: our profile is stricter than any general validator.
"""

from datetime import datetime, timedelta

import pytest
from asn1crypto import x509 as loose  # type: ignore[import-untyped]  # ships no types
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError
from pyhanko_certvalidator.policy_decl import PKIXValidationParams

from identity.jpki.refusals import Refusal
from stand_ins.jpki.certificates import RevokedEntry, make_crl
from stand_ins.jpki.names import POLICY, PURPOSES
from stand_ins.jpki.names import Purpose as PurposeName
from stand_ins.jpki.people import KAZEMICHI
from tests.identity.jpki.bad_certificates import BAD
from tests.identity.jpki.gates import judge
from tests.identity.jpki.synthetic import NOW, YEAR, anchor_files, authority, leaf, shared_pki

SERIAL = 0x0203_0405


async def _accepted_elsewhere(
    data: bytes,
    purpose: PurposeName,
    *,
    at: datetime = NOW,
    revoked: bool = False,
    crl_begin: datetime = NOW - timedelta(hours=1),
) -> bool:
    entries = [RevokedEntry(serial=SERIAL, at=crl_begin, reason="keyCompromise")] if revoked else []
    lists = [
        make_crl(
            authority(purpose, label),
            KAZEMICHI,
            entries,
            valid=(crl_begin, crl_begin + timedelta(hours=30)),
        )
        for label in ("g1", "g2")
    ]
    roots = [
        CertTrustAnchor(loose.Certificate.load(root), derive_default_quals_from_cert=True)
        for root in anchor_files(shared_pki(), purpose)
    ]
    context = ValidationContext(
        trust_roots=roots,
        moment=at,
        allow_fetching=False,
        crls=lists,
        revocation_mode="require",
        time_tolerance=timedelta(0),
    )
    policies = PKIXValidationParams(
        user_initial_policy_set=frozenset({POLICY[purpose].dotted_string}),
        initial_explicit_policy=True,
    )
    validator = CertificateValidator(
        loose.Certificate.load(data), validation_context=context, pkix_params=policies
    )
    try:
        await validator.async_validate_usage({"digital_signature"})  # type: ignore[no-untyped-call]  # partly typed
    except (PathValidationError, PathBuildingError):
        return False
    return True


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("label", ["g1", "g2"])
async def test_both_accept_every_good_leaf(purpose: PurposeName, label: str) -> None:
    data = leaf(purpose, issuer=authority(purpose, label))
    assert not isinstance(judge(data), Refusal)
    assert await _accepted_elsewhere(data, purpose)


@pytest.mark.parametrize("seconds", [-1, 0, 1])
async def test_both_draw_the_same_line_at_the_end_of_validity(seconds: int) -> None:
    data = leaf(valid=(NOW - YEAR, NOW))
    at = NOW + timedelta(seconds=seconds)
    assert await _accepted_elsewhere(data, "auth", at=at) == (
        not isinstance(judge(data, at=at), Refusal)
    )


@pytest.mark.parametrize(
    "name",
    [
        "issued by an authority of the same name that is not pinned",
        "right name, wrong root key",
        "an operator's mock authority",
        "signature leaf from the authentication authority",
        "expired by a second",
        "valid from the next second",
        "unknown critical extension",
        "policy of the official test cards",
        "signature policy in an authentication leaf",
    ],
)
async def test_both_refuse(name: str) -> None:
    _, make = BAD[name]
    data = make()
    assert isinstance(judge(data), Refusal)
    assert not await _accepted_elsewhere(data, "auth")


async def test_the_judge_consults_our_lists() -> None:
    """Else its word about good leaves would say nothing about revocation."""
    data = leaf(serial=SERIAL)
    assert await _accepted_elsewhere(data, "auth")
    assert not await _accepted_elsewhere(data, "auth", revoked=True)
    assert not await _accepted_elsewhere(data, "auth", crl_begin=NOW - timedelta(hours=31))
