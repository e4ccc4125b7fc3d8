"""The door on an application of its own, over adapters in memory and the real queue verbs."""

import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from quart import Quart
from quart.typing import TestClientProtocol
from quart.wrappers import Response

from door_frame.files import PageResponse
from door_frame.staff import StaffAccount
from door_frame.staff_login import StaffBooks, StaffLogin, hash_password
from identity.jpki.attributes import Attributes, PartialDate, Problem, RegisteredText, Sex
from ivr.live_calls.callbacks.kept_results import Kept
from ivr.live_calls.screen_pop import Pop, PopCheck, PopContract, PopRecheck, PopVerdict
from ivr.queues.model import Callback, Operator, Presence, Waiting, WaitingState
from operator_console import door
from operator_console.feed import ConsoleNews
from operator_console.workspace import ConsoleSettings, OperatorWorkspace, Trail, WorkspaceCallbacks
from stores.memory.counters import MemoryCounters
from stores.memory.news import MemoryFeed
from tests.door_frame.adapters import MemoryStaffAccounts, MemoryStaffSessions
from tests.ivr.queues import adapters
from tests.ivr.queues.adapters import START, MemoryOperators, QueueRoom
from tests.operator_console.at_desk.desks import MemoryDesks

PASSWORD = "correct horse battery"
ORIGIN = "http://localhost"
NUMBER = "+819012345678"
TENANTS = {"main": ("hanako", "taro", "closed"), "other": ("hanako",)}

VERDICT = PopVerdict(
    at=START - timedelta(seconds=42),
    revocation="good",
    revocation_reason="",
    revocation_method="crl",
    revocation_checked_at=START - timedelta(seconds=43),
    revocation_updated_at=START - timedelta(hours=1),
    line_known=True,
    device_known=False,
    line_or_device_required=True,
    policy="default-2026-11",
    refusal="",
    evidence_id="ev_0123456789abcdef0123",
)
NOTHING: dict[str, Any] = {
    "badge": "grey",
    "status": "none",
    "hint": "",
    "identity_level": "id_none",
    "binding_level": "bind_none",
    "mode": "",
    "method": "",
    "not_checked": ("identity", "line"),
}
VERIFIED: dict[str, Any] = {
    "badge": "green",
    "status": "complete",
    "hint": "verified",
    "identity_level": "id_card_auth",
    "binding_level": "bind_choice",
    "mode": "spoken_code",
    "method": "card_and_pin",
    "not_checked": ("name_and_address", "device", "statutory_identification"),
    "verdict": VERDICT,
    "contracts": (PopContract(ref="C-1001", holder="見本 花子"),),
}


SIGNED = VERIFIED | {
    "identity_level": "id_card_sign",
    "method": "card_and_password",
    "not_checked": ("device", "statutory_identification"),
    "card_attributes": True,
}
ON_THE_CARD = Attributes(
    name=RegisteredText(text="見本 花子", substitutes=(False,) * 5),
    sex=Sex.FEMALE,
    birth_date=PartialDate(year=1985, month=None, day=4),
    address=RegisteredText(text="東京都見本区1-2", substitutes=None),
    problems=(Problem.ADDRESS_FLAGS,),
)


MOBILE: dict[str, Any] = NOTHING | {"check_modes": ("spoken_code", "sms_link")}


def running(hint: str, *, mode: str = "spoken_code", **shown: str) -> dict[str, Any]:
    """A check that the operator started, at that step."""
    until = START + timedelta(seconds=120)
    check = PopCheck(mode=mode, code=shown.get("code", ""), item=shown.get("item", ""), until=until)
    pending = {"badge": "checking", "status": "pending", "hint": hint, "mode": mode}
    return MOBILE | pending | {"check": check}


RECHECK = PopRecheck(
    at=START,
    revocation="revoked",
    reason="keyCompromise",
    updated_at=START - timedelta(seconds=5),
    evidence_id="ev_recheck",
)
REVOKED_SINCE: dict[str, Any] = VERIFIED | {
    "badge": "grey",
    "hint": "revoked_since",
    "not_checked": ("identity", "name_and_address", "device", "statutory_identification"),
    "contracts": (),
    "recheck": RECHECK,
}


class MemoryPops:
    """What a screen shows of a waiting call, settable; gone with the call."""

    def __init__(self, room: QueueRoom) -> None:
        self._room = room
        self.results: dict[str, dict[str, Any]] = {}

    async def by_token(self, tenant: str, token: str) -> Pop | None:
        row = await self._room.waiting.by_token(tenant, token)
        if row is None or row.state is WaitingState.GONE:
            return None
        usual: dict[str, Any] = {
            "token": token,
            "call_ref": row.call_ref,
            "queue": row.queue,
            "state": row.state.value,
            "offered_to": row.offered_to,
            "waiting_since": row.since,
            "dialled": row.dialled,
            "line": "•••••••••5678",
            "line_kind": "mobile",
            "line_warning": False,
            "reason": row.reason,
            "attributes": row.attributes,
        }
        return Pop(**usual | self.results.get(token, NOTHING))

    async def badge(self, waiting: Waiting) -> str:
        return str(self.results.get(waiting.token, NOTHING)["badge"])


@dataclass
class Rows:
    """The evidence of looking; `broken` makes writing fail."""

    written: list[tuple[str, str, str]] = field(default_factory=list)
    broken: bool = False
    signed: set[str] = field(default_factory=set)

    async def viewed(self, tenant: str, staff: str, pop: Pop) -> None:
        self._write("view", staff, pop.token)

    async def reveal(self, tenant: str, staff: str, token: str) -> str | None:
        self._write("reveal", staff, token)
        return NUMBER

    async def card_attributes(self, tenant: str, staff: str, token: str) -> Attributes | None:
        if token not in self.signed:
            return None
        self._write("card", staff, token)
        return ON_THE_CARD

    async def kept_viewed(self, tenant: str, staff: str, evidence: str) -> None:
        self._write("kept", staff, evidence)

    def _write(self, kind: str, staff: str, token: str) -> None:
        if self.broken:
            raise ConnectionError("no evidence store")
        self.written.append((kind, staff, token))


class MemoryChecks:
    """Checks that operators start: what the identity side would say is told by the test."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self.asked: list[tuple[str, str, str, str]] = []
        self.stopped: list[str] = []
        self.said: list[str] = []
        self.refuses = ""

    async def start(
        self, tenant: str, operator: str, call_ref: str, *, mode: str, reason: str
    ) -> str:
        self.asked.append((operator, call_ref, mode, reason))
        if not self.refuses:
            token = call_ref.removeprefix("call-")
            await self._stage.becomes(token, running("awaiting_app", mode=mode, code="47219638"))
        return self.refuses

    async def say(self, tenant: str, call_ref: str) -> str:
        self.said.append(call_ref)
        return self.refuses

    async def stop(self, tenant: str, call_ref: str) -> bool:
        self.stopped.append(call_ref)
        await self._stage.becomes(call_ref.removeprefix("call-"), MOBILE)
        return True


class MemoryCertificates:
    """Asked again: when, and what comes of it (`turns`, by token) before anything is shown."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self.asked: list[tuple[str, str]] = []
        self.rows_then: list[int] = []
        self.turns: dict[str, dict[str, Any]] = {}

    def handed_over(self, tenant: str, token: str) -> None:
        self.asked.append(("hand_over", token))

    async def before(self, tenant: str, call_ref: str, action: str) -> None:
        token = call_ref.removeprefix("call-")
        assert tenant == "main"
        self.asked.append((action, token))
        self.rows_then.append(len(self._stage.rows.written))
        if token in self.turns:
            self._stage.rows.signed.discard(token)
            await self._stage.becomes(token, self.turns[token])


class MemoryKept:
    """What earlier calls proved, by call-back; names only for who has taken it."""

    def __init__(self) -> None:
        self.results: dict[str, Kept] = {}

    async def of(self, row: Callback, *, named: bool = False) -> Kept:
        found = self.results.get(row.id, Kept(badge="grey", hint=""))
        return found if named else replace(found, contracts=(), number_on_contract=None)


KEPT = Kept(
    badge="amber",
    hint="verified",
    identity_level="id_card_auth",
    method="card_and_pin",
    verified_at=START - timedelta(minutes=4),
    until=START + timedelta(minutes=26),
    contracts=(PopContract(ref="C-1001", holder="見本 花子"),),
    evidence_id="ev_kept",
)


class Stage:
    def __init__(
        self, *, origin: str = ORIGIN, frame_ancestor: str = "", clock: Any = None
    ) -> None:
        self.origin = origin
        self.clock = clock or adapters.Clock()
        self.feed = MemoryFeed()
        operators = MemoryOperators(*(_operator(t, one) for t in TENANTS for one in TENANTS[t]))
        self.room = QueueRoom(operators, news=ConsoleNews(self.feed), clock=self.clock)
        self.pops = MemoryPops(self.room)
        self.rows = Rows()
        self.checks = MemoryChecks(self)
        self.certificates = MemoryCertificates(self)
        self.kept = MemoryKept()
        self.desks = MemoryDesks(self.clock, self._desks_changed, ON_THE_CARD)
        self.sessions = MemoryStaffSessions()
        self.accounts = MemoryStaffAccounts(
            self.sessions, *(_account(t, one) for t in TENANTS for one in TENANTS[t])
        )
        seconds = lambda: self.clock().timestamp()  # noqa: E731  # the clock of the tests, as seconds
        books = StaffBooks(
            accounts=self.accounts, sessions=self.sessions, tries=MemoryCounters(seconds)
        )
        numbers = itertools.count(1)
        self.login = StaffLogin(
            books,
            tenant="main",
            now=self.clock,
            random=lambda size: next(numbers).to_bytes(size, "big"),
        )
        workspace = OperatorWorkspace(
            waiting=self.room.waiting,
            operators=operators,
            pops=self.pops,
            answering=self.room.answering,
            presence=self.room.presence,
            checks=self.checks,
            certificates=self.certificates,
            callbacks=WorkspaceCallbacks(
                rows=self.room.callbacks,
                book=self.room.callback_list,
                ringing=self.room.ringing_back,
                kept=self.kept,
            ),
            desks=self.desks.port(),
            now=self.clock,
        )
        settings = ConsoleSettings(
            tenant="main", origin=origin, business="カザス保険", frame_ancestor=frame_ancestor
        )
        trail = Trail(
            viewed=self.rows.viewed,
            reveal=self.rows.reveal,
            card_attributes=self.rows.card_attributes,
            kept_viewed=self.rows.kept_viewed,
        )
        self.app = Quart("stage", static_folder=None)
        self.app.response_class = PageResponse
        self.app.register_blueprint(door.create(workspace, self.login, trail, self.feed, settings))

    async def enters(self, token: str, result: dict[str, Any] = NOTHING, **other: Any) -> None:
        self.pops.results[token] = result
        await self.room.entering.enter(
            adapters.waiting(token, since=self.clock() - timedelta(seconds=15), **other)
        )

    async def becomes(self, token: str, result: dict[str, Any]) -> None:
        """What the identity side found, and the news of it."""
        self.pops.results[token] = result
        await self.room.news.tell("main", operator=None, what="pop", token=token)

    async def _desks_changed(self, token: str) -> None:
        await self.room.news.tell("main", operator=None, what="desk", token=token)

    async def available(self, staff: str) -> None:
        await self.room.presence.choose("main", staff, Presence.AVAILABLE)

    async def signed_in(self, login: str = "hanako") -> "Page":
        page = Page(self.app.test_client(), self.origin)
        answer = await page.sign_in(login, PASSWORD)
        assert answer.status_code == 303, answer.status_code
        signed = await self.login.who(page.cookie())
        assert signed is not None
        page.csrf = signed.csrf
        return page


@dataclass
class Page:
    """A browser page of one operator."""

    client: TestClientProtocol
    origin: str
    csrf: str = ""

    async def sign_in(self, login: str, password: str, **headers: str) -> Response:
        return await self.client.post(
            "/operator/login",
            form={"login": login, "password": password},
            headers={"Origin": self.origin} | headers,
        )

    async def get(self, path: str, **headers: str) -> Response:
        return await self.client.get(f"/operator/{path}", headers=headers)

    async def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> Response:
        usual = {"Origin": self.origin, "X-CSRF-Token": self.csrf}
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(f"/operator/{path}", json=body or {}, headers=usual | sent)

    def cookie(self) -> str:
        jar = self.client.cookie_jar
        assert jar is not None
        return next(str(one.value) for one in jar if one.name == "kazasu")


def _operator(tenant: str, name: str) -> Operator:
    return replace(
        adapters.operator(f"{name}-id", tenant=tenant),
        presence=Presence.OFFLINE,
        queues=("general", "verified"),
    )


def _account(tenant: str, name: str) -> StaffAccount:
    return StaffAccount(
        tenant=tenant,
        id=f"{name}-id",
        login=name,
        name=f"Operator {name}",
        password_hash=hash_password(PASSWORD),
        phone="+81311110000",
        queues=("general", "verified"),
        disabled=name == "closed",
    )
