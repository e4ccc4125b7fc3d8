"""Two judges that share no code with us: pyhanko-certvalidator and the `openssl verify` command."""

import ssl
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from asn1crypto import x509 as loose  # type: ignore[import-untyped]  # ships no types
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.errors import (
    PathBuildingError,
    PathValidationError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import PKIXValidationParams

from stand_ins.jpki.names import POLICY, Purpose
from tests.identity.jpki.differential.generated import Drawn
from tests.identity.jpki.synthetic import pinned


@cache
def _anchors(purpose: Purpose) -> list[CertTrustAnchor]:
    return [
        CertTrustAnchor(loose.Certificate.load(root), derive_default_quals_from_cert=True)
        for root in pinned(purpose)
    ]


async def certvalidator(one: Drawn) -> str | None:
    """None when it accepts, else why not. Revocation is not asked."""
    context = ValidationContext(
        trust_roots=_anchors(one.purpose),
        moment=one.at,
        allow_fetching=False,
        revocation_mode="soft-fail",
        time_tolerance=timedelta(0),
    )
    policies = PKIXValidationParams(
        user_initial_policy_set=frozenset({POLICY[one.purpose].dotted_string}),
        initial_explicit_policy=True,
    )
    validator = CertificateValidator(
        loose.Certificate.load(one.der), validation_context=context, pkix_params=policies
    )
    try:
        await validator.async_validate_usage({"digital_signature"})  # type: ignore[no-untyped-call]  # partly typed
    except (PathValidationError, PathBuildingError, ValidationError) as refused:
        return str(refused)
    # The parser's own complaints about what it meets on the way.
    except (ValueError, KeyError, TypeError, AssertionError) as failed:
        return f"failed: {type(failed).__name__}"
    return None


def openssl(drawn: Sequence[Drawn], folder: Path) -> list[bool]:
    """Which it accepts, in their order; one command for each purpose and moment."""
    together: dict[tuple[Purpose, datetime], list[int]] = defaultdict(list)
    for number, one in enumerate(drawn):
        together[one.purpose, one.at].append(number)
        (folder / f"{number}.pem").write_text(ssl.DER_cert_to_PEM_cert(one.der), encoding="ascii")
    accepted: set[int] = set()
    for (purpose, at), numbers in together.items():
        roots = [ssl.DER_cert_to_PEM_cert(root) for root in pinned(purpose)]
        (folder / "roots.txt").write_text("".join(roots), encoding="ascii")
        command = (
            "openssl verify -CAfile roots.txt -no-CApath -no-CAstore -x509_strict "
            f"-attime {int(at.timestamp())} -policy {POLICY[purpose].dotted_string} "
            "-policy_check -explicit_policy"
        )
        done = subprocess.run(  # noqa: S603 - a fixed command
            [*command.split(), *(f"{number}.pem" for number in numbers)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        said = [line for line in done.stdout.splitlines() if line.endswith(".pem: OK")]
        accepted |= {int(line.split(".")[0]) for line in said}
    return [number in accepted for number in range(len(drawn))]
