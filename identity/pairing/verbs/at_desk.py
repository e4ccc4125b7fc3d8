"""Checks without a call: somebody of the business begins one, the holder is at their desk.

Whoever taps, with the app or at a reader, comes by the code, as to a call's check: the same digits,
the same counters, the same door.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Final

from identity.contract_holders.hashes import phone_hash
from identity.contract_holders.importing import e164
from identity.contract_holders.model import Target
from identity.contract_holders.ports import Holders
from identity.pairing import locators
from identity.pairing.deployment import Deployment
from identity.pairing.levels import BindingLevel, IdentityLevel
from identity.pairing.limits import EntryLimits
from identity.pairing.model import (
    NO_CALL,
    CallFacts,
    ContractRef,
    DeskCheck,
    DeskKind,
    Direction,
    Locator,
    Mode,
    Pairing,
    PairingId,
    Requirement,
    news_of,
)
from identity.pairing.outcomes import Hint, Status
from identity.pairing.policy import JAPAN
from identity.pairing.ports import Counters, Opened, Pairings
from identity.pairing.refusals import Code, Refusal, refuse
from identity.pairing.statement import PURPOSES_AT_A_DESK
from identity.pairing.verbs.ending import Ending
from identity.pairing.verbs.watching import spoken_code
from identity.pairing.views import DeskView, desk_view
from identity.tenants.model import TenantId

LISTED: Final = 50
CARD_LEVELS: Final = (IdentityLevel.ID_CARD_AUTH, IdentityLevel.ID_CARD_SIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be found out. `by` is the login of the account that asks.

    A business check may name the contract, or a telephone number on it (as people write it), that
    the card's holder is to have: another's card ends as `person_mismatch`. An enrolment names one
    of the two and needs the signature certificate. `purpose` is a key of the site's allow-list,
    "" for the kind's own words. The same `key` of the same account gives the same check.
    """

    kind: DeskKind
    by: str
    key: str
    contract: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    require: IdentityLevel = IdentityLevel.ID_CARD_AUTH
    purpose: str = ""


class AtDesk:
    def __init__(
        self,
        deployment: Deployment,
        pairings: Pairings,
        counters: Counters,
        holders: Holders,
        ending: Ending,
    ) -> None:
        self._deployment = deployment
        self._pairings = pairings
        self._limits = EntryLimits(counters, deployment.policy)
        self._holders = holders
        self._ending = ending

    async def begin(self, tenant: TenantId, wanted: Wanted) -> DeskView | Refusal:
        """A check with a code that can be claimed for five minutes, ten in all.

        Refusals: `no_such_contract`, `expired_or_unknown` (no such purpose), `codes_paused`,
        `try_again` (also for more than one account has need of). ValueError for what `Wanted` does
        not allow.
        """
        _check(wanted)
        target = Target(contract=wanted.contract, phone=e164(wanted.phone))
        purpose = self._purpose(tenant, wanted)
        if purpose is None:
            return refuse(Code.EXPIRED_OR_UNKNOWN)
        if not await self._is_there(tenant, wanted, target):
            return refuse(Code.NO_SUCH_CONTRACT)
        if await self._too_many(tenant, wanted):
            return refuse(Code.TRY_AGAIN)
        random_digits = await self._limits.random_digits()
        if isinstance(random_digits, Refusal):
            return random_digits
        pairing_id = self._deployment.new_pairing_id()
        for attempt in range(locators.ATTEMPTS):
            pairing = self._new(tenant, wanted, target, pairing_id, purpose)
            pairing = self._with_code(pairing, attempt, random_digits)
            answer = await self._pairings.open(
                pairing,
                not_reused_since=pairing.opened_at - self._deployment.policy.code_not_reused,
                news=news_of(pairing, pairing.opened_at),
            )
            if isinstance(answer, Opened):
                return self._view(answer.pairing)
        return refuse(Code.TRY_AGAIN)

    async def view(self, tenant: TenantId, pairing: PairingId) -> DeskView | None:
        """How it stands; None for what was not begun at a desk of this tenant."""
        found = await self._pairings.by_id(tenant, pairing)
        return None if found is None or found.desk is None else self._view(found)

    async def begun_by(self, tenant: TenantId, account: str) -> Sequence[DeskView]:
        """What this account (login) has begun today, by Japan's calendar; newest first, as many as
        a person looks through."""
        today = self._deployment.now().astimezone(JAPAN).date()
        since = datetime.combine(today, time(), JAPAN)
        found = await self._pairings.begun_at_desk(tenant, account, since=since, at_most=LISTED)
        return [self._view(pairing) for pairing in found]

    async def stop(self, tenant: TenantId, pairing: PairingId) -> None:
        """End it as `by_operator`. One that is over stays what it is."""
        found = await self._pairings.by_id(tenant, pairing)
        if found is not None and found.desk is not None:
            await self._ending.end(found, Hint.BY_OPERATOR)

    def _purpose(self, tenant: TenantId, wanted: Wanted) -> str | None:
        if not wanted.purpose:
            return PURPOSES_AT_A_DESK[wanted.kind]
        offered = self._deployment.businesses.values()
        words = [one.purposes.get(wanted.purpose) for one in offered if one.tenant == tenant]
        return next((one for one in words if one), None)

    async def _is_there(self, tenant: TenantId, wanted: Wanted, target: Target) -> bool:
        """A mistyped number is told to whoever typed it, not to the holder who has tapped."""
        if target.contract:
            return await self._holders.by_contract(tenant, target.contract) is not None
        if not wanted.phone:
            return True
        hashed = phone_hash(self._deployment.tenants[tenant], target.phone)
        return bool(target.phone and await self._holders.of_phone(tenant, hashed))

    async def _too_many(self, tenant: TenantId, wanted: Wanted) -> bool:
        """So that one account, in whoever's hands, cannot crowd the codes that callers are given,
        of which each one open makes a guess likelier."""
        policy = self._deployment.policy
        since = self._deployment.now() - policy.desk_check
        most = policy.desk_checks_of_account
        found = await self._pairings.begun_at_desk(tenant, wanted.by, since=since, at_most=most)
        again = any(one.errand_key == _errand_key(wanted) for one in found)
        return len(found) >= most and not again

    def _new(
        self,
        tenant: TenantId,
        wanted: Wanted,
        target: Target,
        pairing_id: PairingId,
        purpose: str,
    ) -> Pairing:
        policy, now = self._deployment.policy, self._deployment.now()
        business = wanted.kind is DeskKind.BUSINESS
        return Pairing(
            id=pairing_id,
            tenant=tenant,
            call=CallFacts(
                call_ref=NO_CALL,
                dialled=self._deployment.tenants[tenant].published_number,
                line="",
                started_at=now,
                direction=Direction.BUSINESS,
            ),
            mode=Mode.DESK,
            require=Requirement(identity=wanted.require, binding=BindingLevel.BIND_NONE),
            purpose=purpose,
            action="",
            expect=ContractRef(wanted.contract) if business and wanted.contract else None,
            errand_key=_errand_key(wanted),
            status=Status.PENDING,
            hint=Hint.AWAITING_APP,
            opened_at=now,
            claim_by=now + policy.desk_claim_within,
            expires_at=now + policy.desk_check,
            started_by_operator=True,
            desk=DeskCheck(kind=wanted.kind, begun_by=wanted.by, target=target),
        )

    def _with_code(self, pairing: Pairing, attempt: int, random_digits: int) -> Pairing:
        """A spoken code, so that no two of them in the deployment are the same."""
        keys = self._deployment.keys
        code = locators.code_of(keys.code, pairing.id, attempt, random_digits)
        locator = Locator(
            mode=Mode.SPOKEN_CODE,
            hash=locators.locator_hash(keys.locator, code, Mode.SPOKEN_CODE),
            claim_by=pairing.claim_by,
            errand_key=pairing.errand_key,
        )
        return replace(pairing, locators=(locator,))

    def _view(self, pairing: Pairing) -> DeskView:
        code = spoken_code(self._deployment, pairing)
        return desk_view(
            pairing, now=self._deployment.now(), policy=self._deployment.policy, code=code
        )


def _errand_key(wanted: Wanted) -> str:
    return f"desk:{wanted.by}:{wanted.key}"


def _check(wanted: Wanted) -> None:
    if not wanted.by or not wanted.key:
        raise ValueError("a check at a desk needs an account and a key")
    if wanted.require not in CARD_LEVELS:
        raise ValueError("a check at a desk needs a level of the card")
    named = bool(wanted.contract) + bool(wanted.phone)
    if named > 1:
        raise ValueError("name the contract or a telephone number, not both")
    if wanted.kind is DeskKind.ENROLMENT:
        if not named:
            raise ValueError("an enrolment names a contract or a telephone number")
        if wanted.require is not IdentityLevel.ID_CARD_SIGN:
            raise ValueError("an enrolment needs the signature certificate")
