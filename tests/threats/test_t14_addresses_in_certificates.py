"""T14: whatever addresses a certificate names, nobody goes there or looks it up."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from identity.authorities.crl_files import CrlFiles
from identity.jpki.checklist import CardProof
from identity.jpki.signed_attributes import StatementType
from identity.verification.model import ProvenCard
from identity.verification.refusals import Hint, Refused
from identity.verification.service import CardVerifier
from stand_ins.jpki import names
from stand_ins.jpki.certificates import Extensions
from tests.identity.jpki.synthetic import NOW, leaf, replacing, shared_pki, tap, trust
from tests.identity.verification.sources import NeverApart

STATEMENT = b'{"v":1}'
ADDRESSES = (
    "http://127.0.0.1:{port}/",
    "http://[::1]:{port}/",
    "http://localhost:{port}/redirect",
    "http://169.254.169.254/latest/meta-data/",
    "ldap://127.0.0.1:{port}/cn=crl",
    "file:///etc/passwd",
    "http://changing-address.invalid/",
    "http://2130706433:{port}/",
)
_went: list[str] = []
_watching = [False]


def _watch(event: str, facts: tuple[object, ...]) -> None:
    if _watching[0] and event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        _went.append(f"{event} {facts[1:]}")


@pytest.fixture
def went() -> Iterator[list[str]]:
    """Every connection and every name asked of the system by this process, from now on."""
    if not _went and not hasattr(sys, "_kazasu_t14"):
        sys.addaudithook(_watch)
        sys._kazasu_t14 = True  # type: ignore[attr-defined]  # a hook cannot be taken away again
    _went.clear()
    _watching[0] = True
    yield _went
    _watching[0] = False


def _naming(address: str) -> bytes:
    uri = x509.UniformResourceIdentifier(address)
    point = x509.DistributionPoint([uri], None, None, None)
    by = AuthorityInformationAccessOID
    policy = x509.PolicyInformation(names.POLICY["auth"], [address])
    values: list[tuple[x509.ExtensionType, bool]] = [
        (
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(kind, uri) for kind in (by.OCSP, by.CA_ISSUERS)]
            ),
            False,
        ),
        (x509.CRLDistributionPoints([point]), False),
        (x509.IssuerAlternativeName([uri]), False),
        (x509.CertificatePolicies([policy]), True),
    ]

    def change(extensions: Extensions) -> Extensions:
        for value, critical in values:
            extensions = replacing(value, critical=critical)(extensions)
        return extensions

    return leaf(change=change)


async def _verified(data: bytes, folder: Path) -> ProvenCard | Refused:
    proof = CardProof(
        certificate=data,
        signature=tap(STATEMENT, data),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    verifier = CardVerifier(trust(), CrlFiles(folder, trust()), NeverApart())
    return await verifier.verify(proof, at=NOW)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_nobody_goes_to_an_address_in_a_certificate(address: str, went: list[str]) -> None:
    heard: list[object] = []

    async def hears(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(writer.get_extra_info("peername"))
        writer.close()

    listener = await asyncio.start_server(hears, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        went.clear()
        found = await _verified(_naming(address.format(port=port)), shared_pki().folder / "crl")
    # The lists are of municipalities, and this leaf names none: it cannot be told to be good.
    assert isinstance(found, Refused)
    assert found.hint is Hint.REVOCATION_UNAVAILABLE
    assert went == []
    assert heard == []


async def test_an_ordinary_leaf_is_judged_without_a_word_to_anybody(went: list[str]) -> None:
    """Its OCSP address is on a reserved host, and stays unasked."""
    assert isinstance(await _verified(leaf(), shared_pki().folder / "crl"), ProvenCard)
    assert went == []
