"""Names and object identifiers of the synthetic JPKI.

Shapes follow the public descriptions of JPKI; the organisation is `JPKI-SYNTHETIC`, never `JPKI`
or `JPKI-TEST`, so that no verifier can take these certificates for national ones.
"""

from typing import Final, Literal

from cryptography import x509
from cryptography.x509.oid import NameOID

Purpose = Literal["auth", "sign"]
PURPOSES: Final[tuple[Purpose, Purpose]] = ("auth", "sign")

ORGANISATION: Final = "JPKI-SYNTHETIC"
AGENCY: Final = "Japan Agency for Local Authority Information Systems"
UNIT: Final[dict[Purpose, str]] = {
    "auth": "JPKI for user authentication",
    "sign": "JPKI for digital signature",
}
UNIT_JA: Final[dict[Purpose, str]] = {
    "auth": "公的個人認証サービス利用者証明用",
    "sign": "公的個人認証サービス署名用",
}

POLICY: Final[dict[Purpose, x509.ObjectIdentifier]] = {
    "auth": x509.ObjectIdentifier("1.2.392.200149.8.5.1.3.30"),
    "sign": x509.ObjectIdentifier("1.2.392.200149.8.5.1.1.20"),
}
CPS_URI: Final = "http://cps.jpki-synthetic.invalid/cps.html"
OCSP_URI: Final = "http://ocsp.jpki-synthetic.invalid/"

ATTRIBUTE_ARC: Final = "1.2.392.200149.8.5.5"


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def authority(purpose: Purpose, organisation: str = ORGANISATION) -> x509.Name:
    """The DN shared by every generation of one purpose."""
    return _name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, UNIT[purpose]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, AGENCY),
    )


def authority_ja(purpose: Purpose) -> x509.Name:
    return _name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, "公的個人認証サービス(合成)"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, UNIT_JA[purpose]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "地方公共団体情報システム機構"),
    )


def distribution_point(purpose: Purpose, prefecture: str, city: str) -> x509.Name:
    """The directory name of one municipality's revocation list."""
    return _name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.ORGANIZATION_NAME, ORGANISATION),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, UNIT[purpose]),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "CRL Distribution Points"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, prefecture),
        (NameOID.COMMON_NAME, f"{city} CRLDP"),
    )


def holder(purpose: Purpose, common_name: str, prefecture: str, city: str) -> x509.Name:
    """Subject of a leaf: the common name is opaque; only signature leaves say where one lives."""
    if purpose == "auth":
        return _name((NameOID.COUNTRY_NAME, "JP"), (NameOID.COMMON_NAME, common_name))
    return _name(
        (NameOID.COUNTRY_NAME, "JP"),
        (NameOID.LOCALITY_NAME, prefecture),
        (NameOID.LOCALITY_NAME, city),
        (NameOID.COMMON_NAME, common_name),
    )
