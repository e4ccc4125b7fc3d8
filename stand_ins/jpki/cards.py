"""Issue synthetic cards: an authentication and a signature certificate, keys and PINs."""

import secrets
import string
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from stand_ins.jpki import certificates, earlier_call, names
from stand_ins.jpki.card_file import CardFile, KeyMaterial, Kind, Pin, write_card
from stand_ins.jpki.certificates import Authority, Curve
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.people import PEOPLE, Person
from stand_ins.jpki.pki import (
    UNKNOWN,
    NewKey,
    Pki,
    load_register,
    private_der,
    revoke,
    save_register,
)

AUTH_PIN: Final = Pin(value="1234", tries=3)
SIGN_PIN: Final = Pin(value="KAZASU123", tries=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlan:
    """How a card behaves. `authority` is the label of the issuing generation; `ended` makes both
    certificates end a day ago; `revoked` gives the reason per purpose. `slow` is how long a
    signature takes; `replays`: each signature command gets one made for an earlier call."""

    person: Person
    authority: str = "g2"
    kind: Kind = "card"
    curve: Curve | None = None
    bare_pair: bool = False
    ended: bool = False
    auth_pin: Pin = AUTH_PIN
    sign_pin: Pin = SIGN_PIN
    input_support_pin: Pin = AUTH_PIN
    refuse_first: int = 0
    revoked: tuple[tuple[Purpose, str | None], ...] = ()
    slow: timedelta = timedelta(0)
    replays: bool = False


# The demo's cards; their person is what a demo enrols, or leaves without a contract.
DEMO_CARDS: Final[dict[str, CardPlan]] = {
    "valid": CardPlan(person=PEOPLE["hanako"]),
    "valid-sign": CardPlan(person=PEOPLE["ken"], authority="g1"),
    "revoked": CardPlan(
        person=PEOPLE["taro"], revoked=(("auth", "keyCompromise"), ("sign", "keyCompromise"))
    ),
    "expired": CardPlan(person=PEOPLE["ume"], authority="g1", ended=True),
    "wrong-pin-2-left": CardPlan(person=PEOPLE["midori"], refuse_first=1),
    "pin-blocked": CardPlan(
        person=PEOPLE["sora"],
        auth_pin=replace(AUTH_PIN, tries=0),
        sign_pin=replace(SIGN_PIN, tries=0),
        input_support_pin=replace(AUTH_PIN, tries=0),
    ),
    "unknown-ca": CardPlan(person=PEOPLE["yuki"], authority=UNKNOWN),
    "other-person": CardPlan(person=PEOPLE["saburo"]),
    "no-contract": CardPlan(person=PEOPLE["maria"]),
    "two-contracts": CardPlan(person=PEOPLE["yuki"], authority="g1"),
    "suspended": CardPlan(
        person=PEOPLE["taro"], revoked=(("auth", "certificateHold"), ("sign", "certificateHold"))
    ),
    "moved-holder": CardPlan(person=PEOPLE["midori"], revoked=(("sign", "affiliationChanged"),)),
    "renewed": CardPlan(person=PEOPLE["hanako"]),
    "revocation-down": CardPlan(person=PEOPLE["jiro"]),
    "slow-tap": CardPlan(person=PEOPLE["hanako"], slow=timedelta(seconds=90)),
    "replay": CardPlan(person=PEOPLE["ken"], replays=True),
    # Keys of phones are not public; the next card is announced with P-384. Between them they have
    # both curves and both ways in which a signature may be answered.
    "android": CardPlan(person=PEOPLE["yuki"], kind="android", curve="P-256"),
    "iphone": CardPlan(person=PEOPLE["ken"], kind="iphone", curve="P-256"),
    "next-card": CardPlan(person=PEOPLE["taro"], curve="P-384", bare_pair=True),
}


def issue_card(
    pki: Pki,
    name: str,
    plan: CardPlan,
    *,
    now: datetime,
    new_key: NewKey = certificates.new_key,
) -> CardFile:
    """Writes `cards/NAME.json`, registers both certificates, publishes revocations if planned.

    A card of that name is replaced; its earlier certificates stay as they are.
    """
    auth = _issue(pki, name, plan, "auth", now, new_key)
    sign = _issue(pki, name, plan, "sign", now, new_key)
    card = CardFile(
        name=name,
        kind=plan.kind,
        auth=auth,
        sign=sign,
        auth_pin=plan.auth_pin,
        sign_pin=plan.sign_pin,
        input_support_pin=plan.input_support_pin,
        refuse_first=plan.refuse_first,
        options=_options(plan, auth),
        attributes=_input_support(plan.person),
    )
    write_card(pki.folder / "cards" / f"{name}.json", card)
    for purpose, reason in plan.revoked:
        revoke(pki, name, purpose, reason, now)
    return card


def _options(plan: CardPlan, auth: KeyMaterial) -> dict[str, int | str]:
    options: dict[str, int | str] = {}
    if plan.slow:
        options["signature_delay_ms"] = plan.slow // timedelta(milliseconds=1)
    if plan.bare_pair:
        options["curve_answer"] = "pair"
    if plan.replays:
        options["replay"] = b64encode(earlier_call.signature(auth)).decode()
    return options


def _issue(
    pki: Pki,
    name: str,
    plan: CardPlan,
    purpose: Purpose,
    now: datetime,
    new_key: NewKey,
) -> KeyMaterial:
    authority = pki.authorities[purpose, plan.authority]
    key = new_key() if plan.curve is None else certificates.new_curve_key(plan.curve)
    serial = _take_serial(pki, name, plan, purpose)
    home = plan.person.home
    certificate = certificates.sign_certificate(
        subject=names.holder(purpose, _opaque(home.code), home.prefecture, home.city),
        issuer=authority.certificate.subject,
        public_key=key.public_key(),
        signer=authority.key,
        serial=serial,
        valid=_validity(authority, plan, now.astimezone(UTC).replace(microsecond=0)),
        extensions=certificates.leaf_extensions(purpose, authority, key.public_key(), plan.person),
    )
    return KeyMaterial(
        certificate=certificate.public_bytes(Encoding.DER),
        key=private_der(key),
        ca=authority.certificate.public_bytes(Encoding.DER),
    )


def _take_serial(pki: Pki, name: str, plan: CardPlan, purpose: Purpose) -> int:
    register = load_register(pki.folder)
    serial: int = register["next_serial"]
    register["next_serial"] = serial + 1 + secrets.randbelow(64)
    row = {"card": name, "purpose": purpose, "label": plan.authority, "serial": serial}
    register["issued"].append({**row, "home": plan.person.home.slug})
    save_register(pki.folder, register)
    return serial


def _validity(authority: Authority, plan: CardPlan, second: datetime) -> tuple[datetime, datetime]:
    if plan.ended:
        return second - timedelta(days=90), second - timedelta(days=1)
    limit = authority.certificate.not_valid_after_utc
    return second - timedelta(days=7), min(second + timedelta(days=365), limit)


def _opaque(code: str) -> str:
    """Seen shape of the common name: 14 alphanumerics, municipality code, 3 digits, a letter."""
    head = "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(14))
    return f"{head}{code}{secrets.randbelow(1000):03d}{secrets.choice(string.ascii_uppercase)}"


def _input_support(person: Person) -> dict[str, str]:
    """The card surface's text: the birth date there is YYYYMMDD, without the era digit."""
    return {
        "name": person.name,
        "address": person.address,
        "birth": person.birth_date[1:],
        "sex": person.sex,
    }
