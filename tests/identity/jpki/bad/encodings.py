"""Certificates whose bytes are wrong: structure, lengths, times, strings, what lies behind."""

from datetime import UTC, datetime, timedelta

from asn1crypto import core  # type: ignore[import-untyped]  # ships no types
from asn1crypto import x509 as loose

from identity.jpki.refusals import Code
from tests.identity.jpki.bad.editing import Maker, edited, respelled, sequence
from tests.identity.jpki.synthetic import NOW, YEAR, authority, der, leaf


def _extension_twice() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["extensions"].append(tbs["extensions"][0].copy())

    return edited(leaf(), edit)


def _version(version: str) -> Maker:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["version"] = version

    return lambda: edited(leaf(), edit)


def _serial(number: int) -> Maker:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["serial_number"] = number

    return lambda: edited(leaf(), edit)


def _end(time: loose.Time) -> Maker:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["validity"]["not_after"] = time

    return lambda: edited(leaf(), edit)


def _begin_after_end() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["validity"]["not_before"] = loose.Time("utc_time", NOW + YEAR)
        tbs["validity"]["not_after"] = loose.Time("utc_time", NOW - YEAR)

    return edited(leaf(), edit)


def _issuer_unique_id() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["issuer_unique_id"] = core.OctetBitString(b"\x01")

    return edited(leaf(), edit)


def _no_extensions() -> bytes:
    def edit(tbs: loose.TbsCertificate) -> None:
        tbs["version"] = "v1"
        del tbs["extensions"]

    return edited(leaf(), edit)


def _length_padded() -> bytes:
    """`30 82 LL LL` as `30 83 00 LL LL`: what asn1crypto reads and DER forbids."""
    good = leaf()
    return good[:1] + b"\x83\x00" + good[2:]


def _indefinite() -> bytes:
    return b"\x30\x80" + leaf()[4:] + b"\x00\x00"


def _boolean_01() -> bytes:
    critical = bytes.fromhex("0603551D0F 0101FF")
    return respelled(leaf(), critical, critical[:-1] + b"\x01")


def _deep(depth: int) -> bytes:
    data = b"\x05\x00"
    for _ in range(depth):
        data = sequence(data)
    return data


def _name_not_utf8() -> bytes:
    return respelled(leaf(), b"AB12CD34EF56GH98101001A", b"AB12CD34EF56GH981010\xff\xfeA")


_GOOD = leaf()
ENCODINGS: dict[str, tuple[Code, Maker]] = {
    "nothing": (Code.CERTIFICATE_MALFORMED, lambda: b""),
    "half a certificate": (Code.CERTIFICATE_MALFORMED, lambda: _GOOD[: len(_GOOD) // 2]),
    "an octet behind": (Code.CERTIFICATE_MALFORMED, lambda: _GOOD + b"\x00"),
    "its root behind": (
        Code.CERTIFICATE_MALFORMED,
        lambda: _GOOD + der(authority("auth").certificate),
    ),
    "PEM": (Code.CERTIFICATE_MALFORMED, lambda: b"-----BEGIN CERTIFICATE-----\nMIIB"),
    "longer than 8 kB": (
        Code.CERTIFICATE_MALFORMED,
        lambda: b"\x30\x82\x20\x00" + b"\x05\x00" * 4096,
    ),
    "two thousand values": (
        Code.CERTIFICATE_MALFORMED,
        lambda: b"\x30\x82\x0f\xa0" + b"\x05\x00" * 2000,
    ),
    "nested too deep": (Code.CERTIFICATE_MALFORMED, lambda: _deep(60)),
    "a length not minimal": (Code.CERTIFICATE_MALFORMED, _length_padded),
    "an indefinite length": (Code.CERTIFICATE_MALFORMED, _indefinite),
    "a truth of 01": (Code.CERTIFICATE_MALFORMED, _boolean_01),
    "some other DER": (Code.CERTIFICATE_MALFORMED, lambda: bytes.fromhex("3003020105")),
    "an extension twice": (Code.EXTENSION_DUPLICATE, _extension_twice),
    "no extensions at all": (Code.CERTIFICATE_FIELDS, _no_extensions),
    "version 1": (Code.LEAF_VERSION, _version("v1")),
    "version 2": (Code.CERTIFICATE_UNREADABLE, _version("v2")),
    "a unique id of the issuer": (Code.CERTIFICATE_FIELDS, _issuer_unique_id),
    "serial zero": (Code.CERTIFICATE_SERIAL, _serial(0)),
    "negative serial": (Code.CERTIFICATE_SERIAL, _serial(-5)),
    "serial of 21 octets": (Code.CERTIFICATE_SERIAL, _serial(1 << 160)),
    "a time in the wrong form": (Code.PATH_REFUSED, _end(loose.Time("general_time", NOW + YEAR))),
    "a time with a fraction": (
        Code.CERTIFICATE_UNREADABLE,
        _end(
            loose.Time(
                "general_time", datetime(2051, 1, 1, tzinfo=UTC) + timedelta(milliseconds=500)
            )
        ),
    ),
    "ends before it begins": (Code.LEAF_EXPIRED, _begin_after_end),
    "a name that is not UTF-8": (Code.CERTIFICATE_UNREADABLE, _name_not_utf8),
}
