"""The other half of a check: an installation with a card, through the real verbs."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key

from identity.contract_holders.model import Holder
from identity.installations.model import Installation
from identity.jpki import signed_attributes
from identity.jpki.signed_attributes import StatementType
from identity.pairing.model import CallReport, CallState, PairingId, Tap
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import AppView, ClaimView
from identity.verification.model import LinkageKey
from stand_ins.jpki import cards
from stand_ins.jpki.card_file import CardFile, read_card
from stand_ins.jpki.names import Purpose
from stand_ins.jpki.pki import load_pki
from tests.identity.jpki.synthetic import key_pool
from tests.ivr.live_calls.stage import DIALLED, LINE, Caller, Stage, pki_folder


@cache
def a_card() -> CardFile:
    """Issued by the stage's own PKI. Nobody holds it, so it proves a person without a contract."""
    pki = load_pki(pki_folder())
    cards.issue_card(
        pki, "valid", cards.DEMO_CARDS["valid"], now=datetime.now(UTC), new_key=key_pool()
    )
    return read_card(pki.folder / "cards" / "valid.json")


@dataclass(slots=True, kw_only=True)
class App:
    """`contract` is what the card's person holds once it `holds_a_contract`, `key` what signs."""

    stage: Stage
    contract: str = ""
    key: Purpose = "auth"
    installation: Installation = field(
        default_factory=lambda: Installation(
            id=secrets.token_urlsafe(32),
            public_jwk={},
            platform="ios",
            app_version="1.0",
            registered_at=datetime.now(UTC),
        )
    )

    async def holds_a_contract(self) -> None:
        tenant, person = self.stage.identity.tenant, ""
        for found in a_card().linkables():
            key = LinkageKey(issuer_key_sha256=found.issuer_key_sha256, serial=found.serial)
            person = await self.stage.identity.holders.enrol(tenant, key, person)
        holder = Holder(
            tenant=tenant.id,
            contract_ref=self.contract,
            display_name="風道 花子",
            phones=(LINE,),
            person=person,
        )
        await self.stage.stores.holders.replace_all(tenant.id, [holder])

    async def claims(self, caller: Caller, locator: str = "") -> PairingId:
        """By `locator`, or by the code that the call speaks."""
        code = locator or (await caller.pairing()).code
        verbs = self.stage.identity.verbs
        claimed = await verbs.claiming.claim(
            self.installation, code, CallState.IN_CALL, address="192.0.2.1"
        )
        assert isinstance(claimed, ClaimView), claimed
        return claimed.view.pairing

    async def confirms(self, pairing: PairingId, answer: Answer = Answer.I_CALLED) -> AppView:
        """Up to the choice, whose item the call now speaks."""
        claiming = self.stage.identity.verbs.claiming
        asked = await claiming.confirm(self.installation, pairing, answer)
        assert isinstance(asked, AppView), asked
        return asked

    async def chooses(self, caller: Caller, asked: AppView, *, right: bool = True) -> AppView:
        assert asked.choice is not None
        item = (await caller.pairing()).item
        wrong = next(number for number in asked.choice.offered if number != item)
        claiming = self.stage.identity.verbs.claiming
        chosen = await claiming.choose(
            self.installation, asked.pairing, asked.choice.round, item if right else wrong
        )
        assert isinstance(chosen, AppView) or not right, chosen
        return chosen if isinstance(chosen, AppView) else asked

    async def proves(self, view: AppView, kind: StatementType = StatementType.CALL) -> AppView:
        return await self.sends(view, self.taps(view, kind))

    def taps(self, view: AppView, kind: StatementType = StatementType.CALL) -> Tap:
        """What the card answers."""
        assert view.statement is not None
        return tap_of(view.statement, self.key, kind)

    async def sends(self, view: AppView, tap: Tap) -> AppView:
        proving = self.stage.identity.verbs.proving
        done = await proving.prove(self.installation, view.pairing, tap)
        assert isinstance(done, AppView), done
        return done

    async def verifies(self, caller: Caller) -> AppView:
        """From the spoken code to a verdict, durable."""
        asked = await self.confirms(await self.claims(caller))
        return await self.proves(await self.chooses(caller, asked))

    async def dials(self) -> AppView:
        """Taps before the call; the view has the ticket for it."""
        verbs = self.stage.identity.verbs
        begun = await verbs.dialling.begin(
            self.installation, business=DIALLED, purpose="account", call_state=CallState.NONE
        )
        assert isinstance(begun, AppView), begun
        return await self.proves(begun, StatementType.DIAL)

    async def reports(
        self,
        pairing: PairingId,
        state: CallState = CallState.OUTGOING,
        *,
        begun_ago: float = 1,
        connected_ago: float = 1,
    ) -> AppView | Refusal:
        """Of the one call it is in."""
        report = CallReport(
            call_state=state,
            begun_ago=timedelta(seconds=begun_ago),
            connected_ago=timedelta(seconds=connected_ago),
            other_calls=False,
        )
        return await self.stage.identity.verbs.dialling.report(self.installation, pairing, report)

    async def declines(self, caller: Caller) -> None:
        """It was not me who called: an alarm."""
        pairing = await self.claims(caller)
        await self.stage.identity.verbs.claiming.confirm(self.installation, pairing, Answer.NO_CALL)

    async def cancels(self, pairing: PairingId, reason: Hint = Hint.USER_CANCELLED) -> None:
        await self.stage.identity.verbs.ending.by_app(self.installation, pairing, reason)


def tap_of(
    statement: bytes, purpose: Purpose = "auth", kind: StatementType = StatementType.CALL
) -> Tap:
    material = a_card().auth if purpose == "auth" else a_card().sign
    key = load_der_private_key(material.key, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    message = signed_attributes.build(statement, material.certificate, kind)
    signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return Tap(certificate=material.certificate, signature=signature)
