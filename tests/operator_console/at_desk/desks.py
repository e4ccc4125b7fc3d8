"""Checks at a desk for the console's stage: the real verbs over memory, and what comes of each is
set by the test; enrolments that wait, with the answers of the real ones."""

import hashlib
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from identity.contract_holders.approving import Decided
from identity.contract_holders.model import Holder
from identity.contract_holders.waiting import Wait
from identity.evidence_archive.recording import Recorder
from identity.jpki.anchors import Purpose
from identity.jpki.attributes import Attributes
from identity.pairing.deployment import Deployment
from identity.pairing.levels import Badge, BindingLevel, IdentityLevel, Knowledge
from identity.pairing.model import (
    ContractRef,
    DeskKind,
    EnrolmentFound,
    EvidenceId,
    InstallationId,
    Pairing,
    PairingId,
    Revocation,
    Verdict,
)
from identity.pairing.outcomes import Hint, Status, status_of
from identity.pairing.policy import PairingPolicy
from identity.pairing.verbs.at_desk import AtDesk, Wanted
from identity.pairing.verbs.ending import Ending
from identity.pairing.views import DeskView
from identity.tenants.keys import deployment_keys, tenant_keys
from identity.tenants.model import Business, Role, Tenant, TenantId
from identity.verification.model import LinkageKey
from identity.verification.ports import RevocationSubject
from operator_console.at_desk.ports import Desks, DeskTrail
from stores.memory.counters import MemoryCounters
from tests.identity.contract_holders.memory_holders import MemoryHolders
from tests.identity.evidence_archive.memory_evidence import MemoryEvidence
from tests.identity.pairing.memory_holds import MemoryLineWarnings
from tests.identity.pairing.memory_pairings import MemoryPairings

MAIN = TenantId("main")
MASTER = bytes(range(32))
TENANT = Tenant(
    id=MAIN,
    name="カザス保険",
    logo="",
    published_number="+81312345678",
    shown_number="03-1234-5678",
    role=Role.ACCREDITED,
    keys=tenant_keys(MASTER, MAIN),
)
HANAKO = Holder(
    tenant=MAIN,
    contract_ref="C-1001",
    display_name="見本 花子",
    phones=("+819012345678",),
    person="person-1",
)
AGREES = {"name": "variant (space, variant)", "birth_date": "same", "address": "former"}
LEFT_OPEN = {"name": "untold (place 2)", "birth_date": "same", "address": "not_known"}
SUBJECT = RevocationSubject(
    purpose=Purpose.SIGN,
    certificate=LinkageKey(issuer_key_sha256=b"ca", serial=7),
    distribution_points=frozenset(),
)
CARDS = {
    "id_card_auth": IdentityLevel.ID_CARD_AUTH,
    "id_card_sign": IdentityLevel.ID_CARD_SIGN,
}
Tell = Callable[[str], Awaitable[None]]


@dataclass
class Looks:
    """The evidence of looking; `broken` makes writing fail."""

    on_the_card: Attributes
    written: list[tuple[str, str, str]] = field(default_factory=list)
    broken: bool = False

    async def viewed(self, tenant: str, staff: str, evidence: str) -> None:
        self._write("view", staff, evidence)

    async def card_attributes(self, tenant: str, staff: str, evidence: str) -> Attributes | None:
        self._write("card", staff, evidence)
        return self.on_the_card

    def _write(self, kind: str, staff: str, evidence: str) -> None:
        if self.broken:
            raise ConnectionError("no evidence store")
        self.written.append((kind, staff, evidence))


class MemoryApprovals:
    """`answers` stands in the way of an approval, as revocation would."""

    def __init__(self) -> None:
        self.waits: list[Wait] = []
        self.decided: list[tuple[str, str, Decided]] = []
        self.answers: Decided | None = None

    async def waiting(self, tenant: str) -> Sequence[Wait]:
        return list(self.waits) if tenant == MAIN else []

    async def approve(self, tenant: str, enrolment: str, second: str) -> Decided:
        wait = next((one for one in await self.waiting(tenant) if one.id == enrolment), None)
        if wait is None:
            return Decided.NOT_WAITING
        if wait.begun_by == second:
            return Decided.SAME_PERSON
        if self.answers is not None:
            return self.answers
        return self._over(wait, second, Decided.ENROLLED)

    async def decline(self, tenant: str, enrolment: str, by: str) -> Decided:
        wait = next((one for one in await self.waiting(tenant) if one.id == enrolment), None)
        if wait is None:
            return Decided.NOT_WAITING
        return self._over(wait, by, Decided.DECLINED)

    async def settled(self, tenant: str, enrolment: str) -> str:
        return next((what.value for one, _, what in self.decided if one == enrolment), "")

    def _over(self, wait: Wait, by: str, decided: Decided) -> Decided:
        self.waits.remove(wait)
        self.decided.append((wait.id, by, decided))
        return decided


class MemoryDesks:
    def __init__(self, clock: Callable[[], datetime], tell: Tell, card: Attributes) -> None:
        self._clock = clock
        self._tell = tell
        numbers = itertools.count(1)
        policy = PairingPolicy()
        deployment = Deployment(
            tenants={MAIN: TENANT},
            keys=deployment_keys(MASTER),
            policy=policy,
            origin="https://kazasu.example",
            now=clock,
            random=lambda size: hashlib.sha256(next(numbers).to_bytes(4, "big")).digest()[:size],
            businesses={"+81312345678": Business(tenant=MAIN, purposes={"account": "契約の確認"})},
        )
        evidence = MemoryEvidence()
        self.pairings = MemoryPairings(clock, evidence, policy.result_lives)
        self.holders = MemoryHolders(TENANT)
        self.holders.rows[MAIN, HANAKO.contract_ref] = HANAKO
        recorder = Recorder(deployment.random)
        ending = Ending(deployment, self.pairings, MemoryLineWarnings(clock), recorder)
        counters = MemoryCounters(lambda: clock().timestamp())
        self.verbs = AtDesk(deployment, self.pairings, counters, self.holders, ending)
        self.approvals = MemoryApprovals()
        self.looks = Looks(card)

    def port(self) -> Desks:
        return Desks(
            checks=self.verbs,
            approvals=self.approvals,
            holders=self.holders,
            trail=DeskTrail(viewed=self.looks.viewed, card_attributes=self.looks.card_attributes),
            purposes={"account": "契約の確認"},
            decided=lambda _tenant: self._tell(""),
            now=self._clock,
        )

    @property
    def last(self) -> Pairing:
        """The one that was begun last."""
        return next(reversed(self.pairings.rows.values()))

    async def becomes(self, hint: Hint, **found: Any) -> None:
        """What the identity side came to, for the check that was begun last, and the news of it.

        `level` is the card's, when one was proven; `contracts` and `refusal` go to the verdict;
        `enrolment` is (outcome, facts)."""
        before = self.last
        outcome, facts = found.get("enrolment", ("", {}))
        assert before.desk is not None
        enrolment = EnrolmentFound(
            outcome=outcome,
            contract="C-1001",
            compared=facts,
            waits=outcome == "needs_approval",
        )
        over = status_of(hint) is not Status.PENDING
        after = replace(
            before,
            hint=hint,
            status=status_of(hint),
            claimed_by=InstallationId("app-1"),
            ended_at=self._clock() if over else None,
            verdict=self._verdict(hint, **found) if over else None,
            desk=replace(before.desk, enrolment=enrolment if outcome else None),
        )
        self.pairings.rows[before.id] = after
        if enrolment.waits:
            self.approvals.waits.append(self.wait(before.id, before.desk.begun_by, facts))
        await self._tell(before.id)

    def wait(self, pairing: str, begun_by: str, facts: dict[str, str]) -> Wait:
        now = self._clock()
        return Wait(
            id=pairing,
            contract="C-1001",
            card_hash=b"card",
            person="person-1",
            other_card=False,
            compared=facts,
            contract_mark=b"mark",
            certificate=SUBJECT,
            begun_by=begun_by,
            at=now,
            until=now + timedelta(days=7),
        )

    async def waits_for(self, begun_by: str) -> PairingId:
        """An enrolment that somebody began, which the texts left open."""
        wanted = Wanted(
            kind=DeskKind.ENROLMENT,
            by=begun_by,
            key=f"{begun_by}-{len(self.pairings.rows)}",
            contract="C-1001",
            require=IdentityLevel.ID_CARD_SIGN,
        )
        assert isinstance(await self.verbs.begin(MAIN, wanted), DeskView)
        left_open = ("needs_approval", LEFT_OPEN)
        await self.becomes(Hint.VERIFIED_NO_CONTRACT, level="id_card_sign", enrolment=left_open)
        return self.last.id

    def _verdict(self, hint: Hint, **found: Any) -> Verdict:
        level = CARDS.get(found.get("level", ""), IdentityLevel.ID_NONE)
        now = self._clock()
        return Verdict(
            identity=level,
            binding=BindingLevel.BIND_NONE,
            badge=Badge.AMBER if level else Badge.GREY,
            knowledge=Knowledge(),
            revocation=Revocation(
                status=found.get("revocation", "good"),
                method="crl",
                checked_at=now,
                source_updated_at=now - timedelta(hours=1),
            ),
            policy="default-2026-11",
            at=now,
            evidence_id=EvidenceId(f"ev_{self.last.id}"),
            contracts=tuple(ContractRef(one) for one in found.get("contracts", ())),
            refusal=found.get("refusal", ""),
        )
