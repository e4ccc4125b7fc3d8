"""The only view of a call, its verdict and the holder together: what an operator's screen shows.

Least data: a holder's name only behind a complete result, the reported number masked, and for
another person's card only that it is another person's. Codes, not words: the page has the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from identity.contract_holders.model import Holder
from identity.pairing.levels import Badge, IdentityLevel
from identity.pairing.model import CallRef, Mode, Recheck, Verdict
from identity.pairing.outcomes import COMPLETE, Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.watching import Watching
from identity.pairing.views import PairingView
from identity.tenants.model import TenantId
from ivr.live_calls.operator_checks.starting import is_by_operator
from ivr.live_calls.operator_checks.terms import Asked
from ivr.live_calls.ports import CallRow, CallRows
from ivr.queues.model import Waiting
from ivr.queues.ports import WaitingCalls

_METHOD: Final = {"id_card_auth": "card_and_pin", "id_card_sign": "card_and_password"}


class HoldersByContract(Protocol):
    async def by_contract(self, tenant: TenantId, contract_ref: str) -> Holder | None: ...


class ReportedLines(Protocol):
    """What is known of a number that the network reported. Display only: it raises nothing."""

    async def warned_number(self, tenant: TenantId, number: str) -> bool:
        """An alarm touched this reported number within the last 24 h."""
        ...

    async def on_a_contract(self, tenant: TenantId, number: str) -> bool:
        """The number is on a contract of this tenant; whose is not told."""
        ...


class TermsOfChecks(Protocol):
    """`ivr.live_calls.operator_checks.terms.CheckTerms` is one."""

    async def of(self, row: CallRow) -> Asked | Refusal: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PopContract:
    ref: str
    holder: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """`badge` is green, amber, checking, grey or red; `hint` "" when no check was begun.

    `not_checked` names what this result does not say. `line` is masked. Times are UTC.
    `check_modes` are the ways by which the operator may have this caller checked now, and
    `check_expects` the contract whose holder that would have to find; `expected` the one that the
    present result was checked against ("" where nobody in particular was). `check_refused` says
    what stands in the way of a check where there is no way to one. `direction` is caller,
    or business in a call that we placed.
    `card_attributes`: name, address, birth date and sex of a signature certificate may be looked
    at; they are not here.
    """

    token: str
    call_ref: str
    queue: str
    state: str
    offered_to: str
    waiting_since: datetime
    dialled: str
    line: str
    line_kind: str
    line_warning: bool
    badge: str
    status: str
    hint: str
    identity_level: str
    binding_level: str
    mode: str
    method: str
    reason: str
    attributes: Mapping[str, str]
    not_checked: tuple[str, ...]
    verdict: "PopVerdict | None" = None
    recheck: "PopRecheck | None" = None
    contracts: tuple[PopContract, ...] = ()
    card_attributes: bool = False
    busy_card: bool = False
    """The same person was proven from several numbers within minutes."""
    check_modes: tuple[str, ...] = ()
    check_expects: str = ""
    check_refused: str = ""
    expected: str = ""
    direction: str = "caller"
    check: "PopCheck | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PopCheck:
    """A check that an operator started and that is open. `code` is read out while an app may claim
    it, `item` (two digits) while the app asks for it; "" otherwise. `until`: for the present step.
    """

    mode: str
    code: str = field(repr=False)
    item: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PopVerdict:
    """How, when and against what it was verified, or refused: `refusal` is the finer code."""

    at: datetime
    revocation: str
    revocation_reason: str
    revocation_method: str
    revocation_checked_at: datetime | None
    revocation_updated_at: datetime | None
    line_known: bool
    device_known: bool
    line_or_device_required: bool
    """The policy `line_or_device_known` stood: without one of the two, green was withheld."""
    policy: str
    refusal: str
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PopRecheck:
    """What was said of the certificate when it was asked about again: `revocation` is good, revoked
    or unknown, `reason` why revoked or why unknown, `updated_at` how old the data are."""

    at: datetime
    revocation: str
    reason: str
    updated_at: datetime | None
    evidence_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    warned: bool = False
    on_a_contract: bool = False


class ScreenPop:
    def __init__(
        self,
        *,
        waiting: WaitingCalls,
        rows: CallRows,
        watching: Watching,
        holders: HoldersByContract,
        lines: ReportedLines,
        terms: TermsOfChecks,
    ) -> None:
        self._waiting = waiting
        self._rows = rows
        self._watching = watching
        self._holders = holders
        self._lines = lines
        self._terms = terms

    async def by_token(self, tenant: str, token: str) -> Pop | None:
        """None when there is no such call in a queue, or it is over: the badge goes with it."""
        waiting = await self._waiting.by_token(tenant, token)
        if waiting is None or waiting.state.value == "gone":
            return None
        row = await self._rows.by_ref(tenant, waiting.call_ref)
        if row is None or row.ended_at is not None:
            return None
        view = await self._watching.latest(TenantId(tenant), CallRef(waiting.call_ref))
        line = await self._line(TenantId(tenant), row.number)
        contracts = await self._contracts(TenantId(tenant), view)
        busy = view is not None and await self._watching.busy_card(TenantId(tenant), view)
        asked = await self._terms.of(row)
        shown = _pop(waiting, row, view, contracts, line)
        if isinstance(asked, Refusal):
            return replace(shown, busy_card=busy, check_refused=asked.code)
        return replace(
            shown,
            busy_card=busy,
            check_modes=_modes(row, asked),
            check_expects=asked.expect,
        )

    async def _line(self, tenant: TenantId, number: str) -> _Line:
        if not number:
            return _Line()
        return _Line(
            warned=await self._lines.warned_number(tenant, number),
            on_a_contract=await self._lines.on_a_contract(tenant, number),
        )

    async def badge(self, waiting: Waiting) -> str:
        """The badge alone, for a list of calls: no holder is read."""
        tenant, call_ref = TenantId(waiting.tenant), CallRef(waiting.call_ref)
        return _badge(await self._watching.latest(tenant, call_ref))

    async def _contracts(self, tenant: TenantId, view: PairingView | None) -> Sequence[PopContract]:
        if view is None or not _names_somebody(view):
            return ()
        found = [await self._holders.by_contract(tenant, ref) for ref in view.contracts]
        return [PopContract(ref=h.contract_ref, holder=h.display_name) for h in found if h]


def masked(number: str) -> str:
    """The last four digits only; "" for a withheld number."""
    return "•" * (len(number) - 5) + number[-4:] if number else ""


def not_checked(view: PairingView | None) -> tuple[str, ...]:
    """What the result leaves open, so that nobody reads more into it than it says."""
    if view is None or view.status is Status.PENDING:
        return ("identity", "line")
    verdict = view.verdict
    card = view.identity.code in _METHOD and view.hint is not Hint.REVOKED_SINCE
    left = [] if card else ["identity"]
    if verdict is None or not verdict.knowledge.line_known:
        left.append("line")
    if view.identity.code != "id_card_sign":
        left.append("name_and_address")
    if view.binding.code != "bind_device":
        left.append("device")
    if (view.mode.value, view.binding.code) == ("app_dial", "bind_choice"):
        left.append("item_signed")
    left.append("statutory_identification")
    return tuple(left)


def _pop(
    waiting: Waiting,
    row: CallRow,
    view: PairingView | None,
    contracts: Sequence[PopContract],
    line: _Line,
) -> Pop:
    verdict = view.verdict if view else None
    return Pop(
        token=waiting.token,
        call_ref=waiting.call_ref,
        queue=waiting.queue,
        state=waiting.state.value,
        offered_to=waiting.offered_to,
        waiting_since=waiting.since,
        dialled=row.dialled,
        line=masked(row.number),
        line_kind=row.number_kind,
        line_warning=line.warned,
        badge=_badge(view),
        status=view.status.value if view else "none",
        hint=_hint(view),
        identity_level=_identity_level(view, line),
        binding_level=view.binding.code if view else "bind_none",
        mode=view.mode.value if view else "",
        method=method_of(view) if view else "",
        reason=waiting.reason,
        attributes=waiting.attributes,
        not_checked=not_checked(view),
        contracts=tuple(contracts),
        card_attributes=(
            view is not None and _names_somebody(view) and view.identity.code == "id_card_sign"
        ),
        verdict=_of_verdict(verdict) if verdict else None,
        recheck=_of_recheck(view.recheck) if view and view.recheck else None,
        expected=(view.expect or "") if view else "",
        direction=row.placed.value,
        check=_check(view) if view and is_by_operator(view) else None,
    )


def _modes(row: CallRow, asked: Asked) -> tuple[str, ...]:
    """A text message goes to a mobile only."""
    mobile = row.number_kind == "mobile"
    return tuple(one for one in asked.terms.modes if mobile or one != Mode.SMS_LINK.value)


def _check(view: PairingView) -> PopCheck:
    claimable = view.hint is Hint.AWAITING_APP
    return PopCheck(
        mode=view.mode.value,
        code=view.code,
        item=view.item,
        until=view.claim_by if claimable else view.expires_at,
    )


def method_of(view: PairingView) -> str:
    """card_and_pin, card_and_password, or "" when no card was proven."""
    return _METHOD.get(view.identity.code, "")


def _names_somebody(view: PairingView) -> bool:
    return view.hint in COMPLETE and view.alarm is None


def _identity_level(view: PairingView | None, line: _Line) -> str:
    """A number on a contract is worth a word where nothing better is known, and opens nothing."""
    if view is not None and view.identity is not IdentityLevel.ID_NONE:
        return view.identity.code
    return (IdentityLevel.ID_NUMBER if line.on_a_contract else IdentityLevel.ID_NONE).code


def _badge(view: PairingView | None) -> str:
    """An alarm of an earlier check of this call keeps it red."""
    if view is None:
        return Badge.GREY.value
    return (Badge.RED if view.alarm is not None else view.badge).value


def _hint(view: PairingView | None) -> str:
    if view is None:
        return ""
    return view.hint.value if view.hint is Hint.REPUDIATED else (view.alarm or view.hint).value


def _of_recheck(recheck: Recheck) -> PopRecheck | None:
    found = recheck.revocation
    if found.checked_at is None:
        return None
    return PopRecheck(
        at=found.checked_at,
        revocation=found.status,
        reason=found.detail,
        updated_at=found.source_updated_at,
        evidence_id=recheck.evidence_id,
    )


def _of_verdict(verdict: Verdict) -> PopVerdict:
    return PopVerdict(
        at=verdict.at,
        revocation=verdict.revocation.status,
        revocation_reason=verdict.revocation.detail,
        revocation_method=verdict.revocation.method,
        revocation_checked_at=verdict.revocation.checked_at,
        revocation_updated_at=verdict.revocation.source_updated_at,
        line_known=verdict.knowledge.line_known,
        device_known=verdict.knowledge.device_known,
        line_or_device_required=verdict.knowledge.line_or_device_required,
        policy=verdict.policy,
        refusal=verdict.refusal,
        evidence_id=verdict.evidence_id,
    )
