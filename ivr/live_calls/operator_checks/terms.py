"""What an operator's check of a call asks for: level, purpose, ways, and whom it must find.

Whom: the contract that the flow looked up; in a call that we place, the one whose holder asked to
be rung. Such a call is checked only where the number we rang is on a contract (pairing design,
section 2): else whoever answered could prove themselves to be anybody's caller.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from identity.contract_holders.model import Holder
from identity.pairing.refusals import Code, Refusal, refuse
from identity.tenants.model import TenantId
from ivr.flow_engine.definition import Flow, FlowBody, Require, VerifyIdentity
from ivr.flow_engine.nodes.verify_identity.expectation import expected_of
from ivr.flow_engine.session import Session
from ivr.flow_engine.site import Site
from ivr.live_calls.ports import CallRow, Placed

MODES: Final = ("spoken_code", "sms_link")
"""What can be read out from a screen, or sent without the caller leaving the line."""
NUMBER_NOT_ON_CONTRACT: Final = "number_not_on_contract"
_STARTED: Final = "operator_started"
_USUAL: Final = Require(identity="id_card_auth", binding="bind_choice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the call's flow asks of a check, and by which ways an operator may have it made.

    `checks` are those of the flow, that one first.
    """

    require: Require
    purpose: str
    modes: tuple[str, ...]
    checks: tuple[tuple[FlowBody, VerifyIdentity], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The terms for one call now. `expect` is a contract, "" when nobody in particular is."""

    terms: Terms
    site: Site
    language: str
    expect: str = ""


class TheCall(Protocol):
    async def on_the_line(self, carrier_call_id: str) -> tuple[CallRow, Flow, Session] | None: ...


class HoldersByContract(Protocol):
    async def by_contract(self, tenant: TenantId, contract_ref: str) -> Holder | None: ...


class ContractLines(Protocol):
    async def on_a_contract(self, tenant: TenantId, number: str) -> bool:
        """The number is on a contract of this tenant; whose is not told."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OnContracts:
    holders: HoldersByContract
    lines: ContractLines

    async def has(self, row: CallRow) -> bool:
        """The number of a call is on the contract that it is about, or on any if it names none."""
        tenant = TenantId(row.tenant)
        if not row.expect:
            return await self.lines.on_a_contract(tenant, row.number)
        holder = await self.holders.by_contract(tenant, row.expect)
        return holder is not None and row.number in holder.phones


class CheckTerms:
    def __init__(
        self,
        *,
        calls: TheCall,
        flow_of: Callable[[str], Awaitable[Flow | None]],
        contracts: OnContracts,
        now: Callable[[], datetime],
    ) -> None:
        """`flow_of` gives the flow of a version, None when it is no longer readable."""
        self._calls = calls
        self._flow_of = flow_of
        self._contracts = contracts
        self._now = now

    async def of(self, row: CallRow) -> Asked | Refusal:
        """Refusals: `no_open_pairing` (no such live call), `mode_unavailable` (no purpose to show),
        `number_not_on_contract`."""
        if row.ended_at is not None:
            return refuse(Code.NO_OPEN_PAIRING)
        if row.placed is Placed.BY_BUSINESS:
            return await self._placed_by_us(row)
        found = await self._calls.on_the_line(row.carrier_call_id)
        if found is None:
            return refuse(Code.NO_OPEN_PAIRING)
        _, flow, session = found
        terms = terms_of(flow)
        if terms is None:
            return refuse(Code.MODE_UNAVAILABLE)
        return Asked(
            terms=terms,
            site=flow.site,
            language=session.language,
            expect=self._expected(terms, session),
        )

    def _expected(self, terms: Terms, session: Session) -> str:
        """The first contract that any check of the flow would expect now."""
        now = self._now()
        found = (expected_of(node, body, session, now) for body, node in terms.checks)
        return next((contract for contract in found if contract), "")

    async def _placed_by_us(self, row: CallRow) -> Asked | Refusal:
        flow = await self._flow_of(row.flow_version)
        terms = terms_of(flow) if flow is not None else None
        if flow is None or terms is None:
            return refuse(Code.MODE_UNAVAILABLE)
        if not await self._contracts.has(row):
            return Refusal(code=NUMBER_NOT_ON_CONTRACT)
        language = flow.languages[0]
        return Asked(terms=terms, site=flow.site, language=language, expect=row.expect)


def terms_of(flow: Flow) -> Terms | None:
    """Those of the node that names `operator_started`, else of the first check of the flow.

    None for a business without a purpose to show in the app.
    """
    checks = [(body, node) for body in _bodies(flow) for node in _checks(body)]
    ways = [(one, way) for one in checks for way in one[1].modes if way.name == _STARTED]
    modes = tuple(mode for mode in ways[0][1].via if mode in MODES) if ways else MODES
    if not checks:
        purpose = next(iter(flow.site.purposes), "")
        return Terms(require=_USUAL, purpose=purpose, modes=modes) if purpose else None
    first = ways[0][0] if ways else checks[0]
    return Terms(
        require=first[1].require,
        purpose=first[1].purpose,
        modes=modes,
        checks=(first, *(one for one in checks if one is not first)),
    )


def _bodies(flow: Flow) -> list[FlowBody]:
    return [flow.main, *flow.subflows.values()]


def _checks(body: FlowBody) -> Iterator[VerifyIdentity]:
    return (n.kind for n in body.nodes.values() if isinstance(n.kind, VerifyIdentity))
