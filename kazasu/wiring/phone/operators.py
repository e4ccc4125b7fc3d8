"""What an operator does with a call, and sees of it."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ivr.flow_engine.definition import Flow
from ivr.flow_library.model import NoFlow
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.operator_checks.saying import SaidChecks
from ivr.live_calls.operator_checks.starting import CheckVerbs, OperatorChecks
from ivr.live_calls.operator_checks.terms import CheckTerms, OnContracts
from ivr.live_calls.screen_pop import ScreenPop
from ivr.live_calls.service import LiveCalls
from kazasu.wiring.identity_side import IdentitySide, ReportedNumbers
from kazasu.wiring.phone.carrier import Carrier
from kazasu.wiring.phone.parts import PhoneParts
from kazasu.wiring.phone.queues import Queues
from kazasu.wiring.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOperators:
    checks: OperatorChecks
    said: SaidChecks
    pop: ScreenPop


def build_operators(
    parts: PhoneParts,
    identity: IdentitySide,
    stores: Stores,
    calls: LiveCalls,
    carrier: Carrier,
    queues: Queues,
) -> OfOperators:
    lines = ReportedNumbers(tenant=identity.tenant, stores=stores)
    terms = CheckTerms(
        calls=calls,
        flow_of=_flow_of(parts.library),
        contracts=OnContracts(holders=stores.holders, lines=lines),
        now=parts.now,
    )
    return OfOperators(
        checks=OperatorChecks(
            calls=calls,
            rows=stores.call_rows,
            terms=terms,
            verbs=CheckVerbs(
                opening=identity.opening, watching=identity.watching, ending=identity.ending
            ),
            messages=carrier.messages,
            chance=lambda: secrets.token_hex(16),
        ),
        said=SaidChecks(
            calls=calls,
            rows=stores.call_rows,
            watching=identity.watching,
            asides=queues.asides,
            carrier=carrier.rest,
        ),
        pop=ScreenPop(
            waiting=stores.waiting,
            rows=stores.call_rows,
            watching=identity.watching,
            holders=stores.holders,
            lines=lines,
            terms=terms,
        ),
    )


def _flow_of(library: FlowLibrary) -> Callable[[str], Awaitable[Flow | None]]:
    async def flow_of(version: str) -> Flow | None:
        try:
            return await library.flow(version)
        except NoFlow:
            return None

    return flow_of
