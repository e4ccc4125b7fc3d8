"""The synthetic JPKI as a whole: its folder, its cards, and what a verifier makes of each."""

import json
import stat
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from companion_app.card.outcome import TapResult
from companion_app.card.secret import CardKey
from companion_app.card.signed_attributes import card_input
from companion_app.card.tap import tap
from identity.authorities.crl_files import CrlFiles
from identity.jpki.checklist import CardProof
from identity.jpki.profile import CardKind
from identity.jpki.signed_attributes import StatementType
from identity.verification.apart import WorkerProcess
from identity.verification.model import ProvenCard
from identity.verification.ports import JudgedApart
from identity.verification.refusals import Refused
from identity.verification.service import CardVerifier
from stand_ins.card.card_file import read_card as read_for_the_rack
from stand_ins.card.software_card import SoftwareCard
from stand_ins.jpki import cards, pki
from stand_ins.jpki.card_file import KeyMaterial, read_card
from stand_ins.jpki.names import PURPOSES, Purpose
from stand_ins.jpki.pki import Pki
from tests.identity.jpki import synthetic
from tests.identity.jpki.synthetic import NOW, anchors_of, fresh_pki, key_pool
from tests.identity.verification.sources import NeverApart

STATEMENT = b'{"v":1}'
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """All cards of the demo. Tests here only read it."""
    folder = tmp_path_factory.mktemp("pki")
    found = fresh_pki(folder)
    pool = key_pool()
    for name, plan in cards.DEMO_CARDS.items():
        cards.issue_card(found, name, plan, now=NOW, new_key=pool)
    return found


@pytest.fixture(scope="module")
def apart(made: Pki) -> Iterator[WorkerProcess]:
    """Judges what is not plain, as P-384 is not; begins when it is asked."""
    worker = WorkerProcess(anchors_of(made))
    yield worker
    worker.close()


def _tap(material: KeyMaterial, kind: CardKind = CardKind.CARD) -> CardProof:
    private = serialization.load_der_private_key(material.key, password=None)
    assert isinstance(private, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return CardProof(
        certificate=material.certificate,
        signature=synthetic.tap(STATEMENT, material.certificate, signer=private),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
        card_kind=kind,
    )


async def _outcome(
    source: Pki, name: str, purpose: Purpose, apart: JudgedApart | None = None
) -> str:
    card = read_card(source.folder / "cards" / f"{name}.json")
    anchors = anchors_of(source)
    verifier = CardVerifier(
        anchors, CrlFiles(source.folder / "crl", anchors), apart or NeverApart()
    )
    proof = _tap(card.auth if purpose == "auth" else card.sign, CardKind(card.kind))
    found = await verifier.verify(proof, at=LATER)
    if isinstance(found, Refused):
        return " ".join([found.hint, *found.facts.values()][:2])
    assert isinstance(found, ProvenCard)
    return found.purpose


OUTCOMES = {
    "valid": ("auth", "sign"),
    "valid-sign": ("auth", "sign"),
    "revoked": ("certificate_revoked keyCompromise",) * 2,
    "expired": ("certificate_expired",) * 2,
    "wrong-pin-2-left": ("auth", "sign"),
    "pin-blocked": ("auth", "sign"),
    "unknown-ca": ("certificate_unsupported",) * 2,
    "other-person": ("auth", "sign"),
    "no-contract": ("auth", "sign"),
    "two-contracts": ("auth", "sign"),
    "suspended": ("certificate_revoked certificateHold",) * 2,
    "moved-holder": ("auth", "certificate_revoked affiliationChanged"),
    "renewed": ("auth", "sign"),
    "revocation-down": ("revocation_unavailable no_list",) * 2,
    "slow-tap": ("auth", "sign"),
    "replay": ("auth", "sign"),  # its certificates are good; what it hands over is not
    "android": ("auth", "sign"),
    "iphone": ("auth", "sign"),
    "next-card": ("auth", "sign"),
}


@pytest.mark.parametrize("name", cards.DEMO_CARDS)
async def test_every_card_has_its_documented_outcome(
    made: Pki, apart: WorkerProcess, name: str
) -> None:
    for purpose, expected in zip(PURPOSES, OUTCOMES[name], strict=True):
        outcome = await _outcome(made, name, purpose, apart)
        assert outcome.startswith(expected)


def test_pins_are_as_the_cards_names_say(made: Pki) -> None:
    by_name = {name: read_card(made.folder / "cards" / f"{name}.json") for name in cards.DEMO_CARDS}
    assert by_name["pin-blocked"].auth_pin.tries == 0
    assert by_name["wrong-pin-2-left"].refuse_first == 1
    assert (by_name["valid"].auth_pin.value, by_name["valid"].auth_pin.tries) == ("1234", 3)
    assert by_name["valid"].sign_pin.tries == 5


SECRETS: dict[CardKey, str] = {"auth": "1234", "sign": "KAZASU123"}


async def _handed_over(
    made: Pki, apart: JudgedApart, name: str, key: CardKey = "auth"
) -> tuple[str, str]:
    """What kind of card the software card says it is, and what a verifier says of its tap."""
    card = SoftwareCard(read_for_the_rack(made.folder / "cards" / f"{name}.json"))

    async def transmit(apdu: bytes) -> bytes:
        return card.transmit(apdu)

    done = await tap(
        transmit,
        key=key,
        secret=lambda: SECRETS[key],
        build_message=lambda certificate: card_input(
            statement=STATEMENT, statement_type="call", certificate=certificate
        ),
    )
    assert isinstance(done, TapResult), done
    anchors = anchors_of(made)
    verifier = CardVerifier(anchors, CrlFiles(made.folder / "crl", anchors), apart)
    proof = CardProof(
        certificate=done.certificate,
        signature=done.signature,
        statement=STATEMENT,
        statement_type=StatementType.CALL,
        card_kind=CardKind(done.kind),
    )
    found = await verifier.verify(proof, at=LATER)
    return done.kind, found.hint if isinstance(found, Refused) else found.purpose


@pytest.mark.parametrize("key", SECRETS)
@pytest.mark.parametrize(
    ("name", "kind"),
    [("valid", "card"), ("android", "android"), ("iphone", "iphone"), ("next-card", "card")],
)
async def test_a_tap_is_good_by_any_key_of_the_table(
    made: Pki, apart: WorkerProcess, name: str, kind: str, key: CardKey
) -> None:
    assert await _handed_over(made, apart, name, key) == (kind, key)


async def test_a_signature_of_an_earlier_call_is_good_for_that_call_only(made: Pki) -> None:
    assert await _handed_over(made, NeverApart(), "replay") == ("card", "signature_invalid")
    card = read_card(made.folder / "cards" / "replay.json")
    earlier = b64decode(str(card.options["replay"]))
    public = x509.load_der_x509_certificate(card.auth.certificate).public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    signed = public.recover_data_from_signature(earlier, padding.PKCS1v15(), None)
    assert signed.hex().startswith("3031300d060960864801650304020105000420")


def test_the_slow_card_takes_a_minute_and_a_half_to_sign(made: Pki) -> None:
    card = read_for_the_rack(made.folder / "cards" / "slow-tap.json")
    assert card.options.signature_delay_ms == 90_000


def test_the_card_file_has_the_agreed_shape(made: Pki) -> None:
    document = json.loads((made.folder / "cards" / "wrong-pin-2-left.json").read_text("utf-8"))
    assert set(document) == {"name", "kind", "auth", "sign", "pins", "attributes", "refuse_first"}
    assert set(document["auth"]) == set(document["sign"]) == {"certificate", "key", "ca"}
    assert document["pins"]["sign"] == {"value": "KAZASU123", "tries": 5}
    assert set(document["attributes"]) == {"name", "address", "birth", "sex"}


def test_private_files_are_for_their_owner_only(made: Pki) -> None:
    private = [*(made.folder / "keys").iterdir(), *(made.folder / "cards").iterdir()]
    assert private
    for path in [*private, made.folder / "register.json"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    for folder in ("keys", "cards"):
        assert stat.S_IMODE((made.folder / folder).stat().st_mode) == 0o700


def test_nothing_private_shows_in_text_form(made: Pki) -> None:
    card = read_card(made.folder / "cards" / "valid.json")
    text = repr(card) + repr(card.linkables())
    assert "1234" not in text
    assert "KAZASU" not in text
    assert "b'0" not in text


def test_both_certificates_of_a_card_can_be_linked(made: Pki) -> None:
    auth, sign = read_card(made.folder / "cards" / "valid.json").linkables()
    assert (auth.purpose, sign.purpose) == ("auth", "sign")
    assert auth.serial != sign.serial
    pinned = {p: {a.key_sha256 for a in getattr(anchors_of(made), p)} for p in PURPOSES}
    assert auth.issuer_key_sha256 in pinned["auth"]
    assert sign.issuer_key_sha256 in pinned["sign"]


def test_every_certificate_says_that_it_is_synthetic(made: Pki) -> None:
    for shelf in ("anchors", "unknown"):
        for file in (made.folder / shelf).iterdir():
            name = x509.load_der_x509_certificate(file.read_bytes()).subject
            values = [a.value for a in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
            assert values == ["JPKI-SYNTHETIC"]


def test_a_leaf_has_the_extensions_of_the_profile(made: Pki) -> None:
    card = read_card(made.folder / "cards" / "valid.json")
    leaf = x509.load_der_x509_certificate(card.sign.certificate)
    policies = leaf.extensions.get_extension_for_oid(ExtensionOID.CERTIFICATE_POLICIES)
    assert policies.critical
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    tails = [n.type_id.dotted_string[-1] for n in names if isinstance(n, x509.OtherName)]
    assert tails == list("143526")
    access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert all(".invalid/" in item.access_location.value for item in access)
    assert leaf.serial_number.bit_length() <= 32


async def test_a_revocation_made_later_counts_and_lists_can_be_refreshed(tmp_path: Path) -> None:
    source = fresh_pki(tmp_path)
    cards.issue_card(source, "mine", cards.DEMO_CARDS["valid"], now=NOW, new_key=key_pool())
    assert await _outcome(source, "mine", "auth") == "auth"
    pki.revoke(source, "mine", "auth", "superseded", NOW)
    assert await _outcome(source, "mine", "auth") == "certificate_revoked superseded"
    assert await _outcome(source, "mine", "sign") == "sign"
    # An older PKI's lists have run out; the next publication still knows who was revoked.
    pki.refresh_crls(source, LATER - 2 * pki.CRL_LIFETIME)
    assert await _outcome(source, "mine", "sign") == "revocation_unavailable stale"
    pki.refresh_crls(source, LATER)
    assert await _outcome(source, "mine", "sign") == "sign"
    assert await _outcome(source, "mine", "auth") == "certificate_revoked superseded"


def test_a_pki_is_not_made_over_another(tmp_path: Path) -> None:
    fresh_pki(tmp_path)
    with pytest.raises(FileExistsError):
        fresh_pki(tmp_path)


def test_only_issued_cards_and_real_reasons_can_be_revoked(tmp_path: Path) -> None:
    source = fresh_pki(tmp_path)
    with pytest.raises(KeyError):
        pki.revoke(source, "nobody", "auth", None, NOW)
    with pytest.raises(ValueError, match="bored"):
        pki.revoke(source, "nobody", "auth", "bored", NOW)
