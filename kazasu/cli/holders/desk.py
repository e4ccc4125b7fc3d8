"""An enrolment at a desk: an operator, a holder with a card, and where the texts do not decide it
a second operator. Who they are is asked here; what comes of it is decided by `enrolling`."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from companion_app.card.outcome import CardTrouble, TapResult
from companion_app.card.tap import tap
from companion_app.device_key import DeviceKey
from companion_app.statement import CheckedStatement, checked
from identity.contract_holders.at_once import Approval, EnrollingAtOnce, Enrolment, Tapped
from identity.contract_holders.enrolling import Outcome
from identity.evidence_archive.recording import CardEvidence
from identity.jpki.checklist import CardProof
from identity.jpki.profile import CardKind
from identity.jpki.signed_attributes import StatementType
from identity.pairing import statement
from identity.pairing.model import InstallationId
from identity.tenants.model import Tenant
from identity.verification.refusals import Refused
from identity.verification.service import CardVerifier
from kazasu.cli.cards.desk import AtTheDesk, told
from kazasu.cli.cards.terminal import Asks
from kazasu.cli.holders.staff import SignIn
from kazasu.cli.holders.words import words

_LIVES: Final = timedelta(minutes=10)
_DONE: Final = frozenset({Outcome.ENROLLED, Outcome.ALREADY_ENROLLED})

Enrol = Callable[[Tapped, Approval | None], Awaitable[Enrolment]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """Whose desk it is. `origin` is the service's address, which the card signs."""

    tenant: Tenant
    origin: str
    key: DeviceKey
    now: Callable[[], datetime]


class EnrolmentDesk:
    def __init__(
        self,
        business: Business,
        verifier: CardVerifier,
        enrolling: EnrollingAtOnce,
        sign_in: SignIn,
        asks: Asks,
        holder: AtTheDesk,
    ) -> None:
        self._business = business
        self._verifier = verifier
        self._enrolling = enrolling
        self._sign_in = sign_in
        self._asks = asks
        self._holder = holder

    async def by_contract(self, contract: str) -> bool:
        """Whether the card's person holds this contract now."""
        tenant = self._business.tenant

        async def enrol(tapped: Tapped, approval: Approval | None) -> Enrolment:
            return await self._enrolling.with_contract(tenant, tapped, contract, approval)

        return await self._run(enrol)

    async def by_phone(self, phone: str) -> bool:
        """The same for the contract with this telephone number."""
        tenant = self._business.tenant

        async def enrol(tapped: Tapped, approval: Approval | None) -> Enrolment:
            return await self._enrolling.with_phone(tenant, tapped, phone, approval)

        return await self._run(enrol)

    async def give(self, contract: str, person: str) -> bool:
        """Without a card, by the word of two operators."""
        operator = await self._signed_in("operator")
        approval = await self._approval(operator) if operator else None
        if approval is None:
            return False
        business = self._business
        outcome = await self._enrolling.give(
            business.tenant, contract, person, approval, at=business.now()
        )
        said = {Outcome.ENROLLED: "given", Outcome.WRONG_HOLDER: "others_contract"}
        self._say(said.get(outcome, outcome.value), contract=contract, person=person)
        return outcome in _DONE

    async def _run(self, enrol: Enrol) -> bool:
        operator = await self._signed_in("operator")
        tapped = await self._tapped(operator) if operator else None
        if tapped is None:
            return False
        done = await enrol(tapped, None)
        self._tell(done)
        if done.outcome is Outcome.NEEDS_APPROVAL:
            approval = await self._approval(operator)
            if approval is None:
                return False
            done = await enrol(tapped, approval)
            self._tell(done)
        return done.outcome in _DONE

    async def _tapped(self, operator: str) -> Tapped | None:
        """One tap with the signature key; None, with words, when there is no good one."""
        business = self._business
        asserted = self._statement()
        shown = self._checked(asserted)
        self._asks.say(shown.shown)
        result = await self._signature(shown)
        if not isinstance(result, TapResult):
            self._asks.say(told(result) if result else words("stopped"))
            return None
        at = business.now()
        proof = CardProof(
            certificate=result.certificate,
            signature=result.signature,
            statement=asserted,
            statement_type=StatementType.ENROLMENT,
            card_kind=CardKind.CARD if result.kind == "unknown" else CardKind(result.kind),
        )
        card = await self._verifier.verify(proof, at=at)
        if isinstance(card, Refused):
            brought = CardEvidence(certificate=result.certificate, signature=result.signature)
            await self._enrolling.refused(
                business.tenant, asserted, brought, code=str(card.code), at=at, actor=operator
            )
            self._say("refused", code=card.hint.value)
            return None
        return Tapped(card=card, statement=asserted, at=at, actor=operator)

    async def _signature(self, shown: CheckedStatement) -> TapResult | CardTrouble | None:
        secret = self._holder.typed("sign")
        transmit = await self._holder.card() if secret else None
        if secret is None or transmit is None:
            return None
        try:
            return await tap(transmit, key="sign", secret=secret, build_message=shown.card_input)
        finally:
            await self._holder.put_away()

    def _statement(self) -> bytes:
        now = self._business.now()
        return statement.for_enrolment(
            self._business.tenant,
            InstallationId(self._business.key.installation),
            reference=secrets.token_urlsafe(16),
            aud=self._business.origin,
            nonce=secrets.token_bytes(statement.NONCE_BYTES),
            now=now,
            latest=now + _LIVES,
        )

    def _checked(self, asserted: bytes) -> CheckedStatement:
        """As an app would: what the card signs is what the holder is shown."""
        tenant = self._business.tenant
        return checked(
            asserted.decode(),
            audience=self._business.origin,
            installation=self._business.key.installation,
            agreed={"type": "enrolment", "rp_name": tenant.name, "tenant": tenant.id},
        )

    async def _approval(self, operator: str) -> Approval | None:
        second = await self._signed_in("second")
        if second == operator and second:
            self._say("same_person")
            return None
        return Approval(operator=operator, second=second) if second else None

    async def _signed_in(self, who: str) -> str:
        """The login; "" with words when nobody signs in."""
        login = self._asks.visible(words(who))
        if not login:
            self._say("stopped")
        elif await self._sign_in(login, self._asks.unseen(words("password", login=login))):
            return login
        else:
            self._say("not_signed_in")
        return ""

    def _tell(self, done: Enrolment) -> None:
        if done.comparison is not None:
            for name, facts in done.comparison.as_facts().items():
                self._say("compared", name=words(name), facts=facts)
        self._say(done.outcome.value, contract=done.contract)

    def _say(self, what: str, /, **facts: object) -> None:
        self._asks.say(words(what, **facts))
