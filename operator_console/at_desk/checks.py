"""Checks without a call: the operator begins one, the holder taps here, the result is shown."""

import re
import unicodedata
from collections.abc import Sequence, Set
from typing import Annotated, Final, Literal

from pydantic import StringConstraints
from quart import Blueprint, Response, jsonify

from door_frame.problem_json import Problem, Refused
from door_frame.staff_login import SignedIn
from identity.contract_holders.model import Holder
from identity.pairing.levels import IdentityLevel
from identity.pairing.model import DeskKind, PairingId
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.at_desk import Wanted
from identity.pairing.views import DeskView
from identity.tenants.model import TenantId
from operator_console import shown as page
from operator_console.actions import INVALID, Body, body_of, done
from operator_console.at_desk import shown
from operator_console.at_desk.ports import Desks
from operator_console.guard import Guard

NAME: Final = r"^[A-Za-z0-9_-]{1,200}$"
"""Of a pairing. Anything else is none's: stores are not asked for it."""
NO_SUCH_CHECK: Final = Problem(status=404, code="no_such_check", detail="not begun by you")
# What the page has words for; another refusal is `check_refused`.
_CODES: Final = frozenset({"no_such_contract", "codes_paused", "try_again"})

# Control characters are in no contract's number, and not every database takes them.
_Typed = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NewCheck(Body):
    """`key` is the page's: pressed twice, it is begun once."""

    kind: Literal["business", "enrolment"]
    contract: _Typed
    phone: _Typed
    level: Literal["id_card_auth", "id_card_sign"]
    purpose: _Typed
    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]


class OfCheck(Body):
    pairing: Annotated[str, StringConstraints(pattern=NAME)]


class DeskChecks:
    def __init__(self, desks: Desks, guard: Guard) -> None:
        self._desks = desks
        self._guard = guard

    async def show(self) -> Response:
        """What the reader began today, and what waits for a second person. Names nobody."""
        signed = await self._guard.reading()
        tenant, me = signed.account.tenant, signed.account.login
        begun = await self._desks.checks.begun_by(TenantId(tenant), me)
        waiting = await self._desks.approvals.waiting(tenant)
        ids = {one.id for one in waiting}
        checks = [shown.entry(one, await self._settled(tenant, one, ids)) for one in begun]
        return jsonify(
            now=page.moment(self._desks.now()),
            purposes=[{"name": one, "words": words} for one, words in self._desks.purposes.items()],
            checks=checks,
            approvals=[shown.waiting(one, own=one.begun_by == me) for one in waiting],
        )

    async def one(self, pairing: str) -> Response:
        """One that the reader began; a result is shown after its view is written."""
        signed = await self._guard.reading()
        view = await self._own(signed, pairing)
        if view.verdict is not None:
            await self._viewed(signed, view.verdict.evidence_id)
        tenant = TenantId(signed.account.tenant)
        contracts = shown.named(await self._holders(tenant, view))
        settled = ""
        if _waited(view):
            waiting = await self._desks.approvals.waiting(tenant)
            settled = await self._settled(tenant, view, {one.id for one in waiting})
        return jsonify(now=page.moment(self._desks.now()), **shown.whole(view, contracts, settled))

    async def begin(self) -> Response:
        signed = await self._guard.acting()
        wanted = _wanted(await body_of(NewCheck), signed.account.login)
        try:
            answer = await self._desks.checks.begin(TenantId(signed.account.tenant), wanted)
        except ValueError:
            raise Refused(INVALID) from None
        if isinstance(answer, Refusal):
            code = answer.code if answer.code in _CODES else "check_refused"
            raise Refused(Problem(status=409, code=code))
        return jsonify(pairing=answer.pairing)

    async def stop(self) -> Response:
        """Said twice, or after the end, it finds nothing to do."""
        signed = await self._guard.acting()
        view = await self._own(signed, (await body_of(OfCheck)).pairing)
        await self._desks.checks.stop(TenantId(signed.account.tenant), view.pairing)
        return done()

    async def card_attributes(self) -> Response:
        """What the proven signature certificate says of its holder, after its evidence row."""
        signed = await self._guard.acting()
        view = await self._own(signed, (await body_of(OfCheck)).pairing)
        if view.verdict is None or not shown.has_card_attributes(view):
            raise Refused(NO_SUCH_CHECK)
        account, evidence = signed.account, view.verdict.evidence_id
        found = await self._desks.trail.card_attributes(account.tenant, account.id, evidence)
        if found is None:
            raise Refused(NO_SUCH_CHECK)
        return jsonify(page.card_attributes(found))

    async def _own(self, signed: SignedIn, pairing: str) -> DeskView:
        """`Refused` 404 for a check of somebody else's, of a call, or none."""
        tenant, known = TenantId(signed.account.tenant), re.fullmatch(NAME, pairing)
        view = await self._desks.checks.view(tenant, PairingId(pairing)) if known else None
        if view is None or view.begun_by != signed.account.login:
            raise Refused(NO_SUCH_CHECK)
        return view

    async def _viewed(self, signed: SignedIn, evidence: str) -> None:
        await self._desks.trail.viewed(signed.account.tenant, signed.account.id, evidence)

    async def _settled(self, tenant: str, view: DeskView, waiting: Set[str]) -> str:
        """What became of an enrolment that waited; "" while it waits, and of any other check."""
        if not _waited(view) or view.pairing in waiting:
            return ""
        return await self._desks.approvals.settled(tenant, view.pairing) or shown.RAN_OUT

    async def _holders(self, tenant: TenantId, view: DeskView) -> Sequence[Holder]:
        if view.verdict is None or not shown.tells_who(view):
            return ()
        by_contract = self._desks.holders.by_contract
        found = [await by_contract(tenant, ref) for ref in view.verdict.contracts]
        return [holder for holder in found if holder is not None]


def add_desk_checks(door: Blueprint, checks: DeskChecks) -> None:
    door.add_url_rule("/api/desk", "desk", checks.show, methods=["GET"])
    door.add_url_rule("/api/desk/<pairing>", "desk_check", checks.one, methods=["GET"])
    for path, view in (
        ("begin", checks.begin),
        ("stop", checks.stop),
        ("card-attributes", checks.card_attributes),
    ):
        door.add_url_rule(f"/api/desk-{path}", f"desk_{path}", view, methods=["POST"])


def _waited(view: DeskView) -> bool:
    return view.enrolment is not None and view.enrolment.waits


def _wanted(asked: NewCheck, login: str) -> Wanted:
    """Typed by a person: full-width digits and spaces around them are the same number."""
    return Wanted(
        kind=DeskKind(asked.kind),
        by=login,
        key=asked.key,
        contract=unicodedata.normalize("NFKC", asked.contract).strip(),
        phone=asked.phone.strip(),
        require=IdentityLevel[asked.level.upper()],
        purpose=asked.purpose,
    )
