"""The phone side as the service wires it: SQLite, real verbs, a small flow, signed requests.

Only three parties are ours: the clock, the business's tables, and the wire to the carrier's REST
API, which answers in memory. A `Caller` is the carrier's hands: it signs, posts and reads TwiML.
"""

import asyncio
import secrets
import shutil
import xml.etree.ElementTree as ET
from base64 import b64encode
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from identity.pairing.policy import PairingPolicy
from identity.pairing.views import PairingView
from ivr.carriers.twilio.in_time import InTime
from ivr.carriers.twilio.signature import RawRequest
from ivr.carriers.twilio.webhooks import Reply
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.session import Session
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.call_log import unpacked
from ivr.live_calls.ports import CallRow, LookupAnswer
from ivr.queues.model import Waiting
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side, sealing, stores, subscriptions
from kazasu.wiring.clock_watch import ClockWatch
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.parts import PhoneParts, call_ref_of
from kazasu.wiring.phone.side import PhoneSide, build_phone_side
from kazasu.wiring.stores import Stores
from kazasu.wiring.subscriptions import PhoneSideHears
from stores.sql.migrations.migrate import upgrade
from stores.sql.sessions import SqlSessions
from tests.identity.jpki.synthetic import fresh_pki
from tests.ivr.queues.adapters import HeardNews

FLOWS = Path(__file__).parent / "flows"
SHIPPED = Path(__file__).parents[3] / "flows"
"""A small one of its own: what the bridge does must not hang on what we ship to be heard."""
BASE, TOKEN, ACCOUNT = (
    "https://ivr.kazasu.test",
    "a-token-of-the-tests",
    "AC" + "0123456789abcdef" * 2,
)
LINE, DIALLED = "+819012345678", "+81312345678"


@cache
def pki_folder() -> Path:
    return fresh_pki(Path(mkdtemp(prefix="kazasu-test-calls-")), datetime.now(UTC)).folder


@cache
def empty_database() -> Path:
    path = Path(mkdtemp(prefix="kazasu-test-calls-")) / "empty.sqlite"
    upgrade(f"sqlite:///{path}")
    return path


@dataclass
class Clock:
    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_by(self, **time: float) -> None:
        self.ahead += timedelta(**time)


@dataclass
class Tables:
    """The business's systems. A table behind a `gate` answers when the gate opens."""

    found: dict[str, Mapping[str, Scalar]] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def look_up(self, tenant: str, name: str, args: Mapping[str, Scalar]) -> LookupAnswer:
        self.asked.append(name)
        if name in self.gates:
            await self.gates[name].wait()
        if name in self.found:
            return LookupAnswer(outcome="found", fields=self.found[name])
        return LookupAnswer(outcome="none")


class RestWire(httpx2.AsyncBaseTransport):
    """The carrier's REST API as far as a test asks. `troubles` of commands are used up first; while
    there is a `gate`, nothing is answered before it opens. `legs`: the states of those that a
    fallback dialled."""

    def __init__(self) -> None:
        self.legs: list[str] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.troubles: deque[int | Exception] = deque()
        self.gate: asyncio.Event | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        fields = dict(parse_qsl((await request.aread()).decode()))
        if self.gate is not None:
            await self.gate.wait()
        self.asked.append((request.method, request.url.path, fields))
        if request.method == "GET" and request.url.path.endswith("/Calls.json"):
            return httpx2.Response(200, json={"calls": [{"status": s} for s in self.legs]})
        trouble = self.troubles.popleft() if self.troubles else 200
        if isinstance(trouble, Exception):
            raise trouble
        return httpx2.Response(trouble, json={"sid": "CA" + "f" * 32, "code": trouble})

    @property
    def redirects(self) -> list[str]:
        return [fields["Url"] for _, _, fields in self.asked if "/turn?" in fields.get("Url", "")]


class Heard:
    """One document: what is said, and where its closing verb leads."""

    def __init__(self, reply: Reply) -> None:
        assert reply.status == 200, reply
        self.bytes = reply.body
        self.root = ET.fromstring(reply.body.decode())  # noqa: S314  # our own output
        self.said = "".join(self.root.itertext())
        self.verbs = [element.tag for element in self.root]

    def closing(self, tag: str) -> ET.Element:
        found = self.root.find(tag)
        assert found is not None, (tag, self.verbs)
        return found

    @property
    def action(self) -> str:
        return self.closing("Gather").attrib["action"]

    @property
    def token(self) -> str:
        return self.closing("Enqueue").text or ""


@dataclass(slots=True, kw_only=True)
class Stage:
    stores: Stores
    identity: IdentitySide
    phone: PhoneSide
    library: FlowLibrary
    clock: Clock
    tables: Tables
    rest: RestWire
    screens: HeardNews
    parts: PhoneParts

    async def post(self, url: str, sid: str, **fields: str) -> Reply:
        """A signed webhook, as the carrier sends it."""
        parts = urlsplit(url.removeprefix(BASE))
        form = {"CallSid": sid, "AccountSid": ACCOUNT, "From": LINE, "To": DIALLED, **fields}
        signed = BASE + parts.path + ("?" + parts.query if parts.query else "")
        signature = RequestValidator(TOKEN).compute_signature(signed, MultiDict(form))
        return await self.phone.door.answer(
            RawRequest(
                method="POST",
                path=parts.path.encode(),
                query=parts.query.encode(),
                headers={
                    "content-type": "application/x-www-form-urlencoded",
                    "x-twilio-signature": signature,
                },
                body=urlencode(form).encode(),
            )
        )

    def caller(self, number: str = LINE) -> "Caller":
        return Caller(stage=self, sid="CA" + secrets.token_hex(16), number=number)

    def another_process(self) -> PhoneSide:
        """Over the same database, knowing nothing of what this one is about."""
        near = self.stores.sessions
        assert isinstance(near, SqlSessions)
        theirs = SqlSessions(self.stores.database, near._sealer)
        return unhurried(self.parts, self.identity, replace(self.stores, sessions=theirs))

    async def deliver(self, phone: PhoneSide | None = None) -> None:
        """The outbox's turn, and all that it sets going."""
        phone = phone or self.phone
        hears = PhoneSideHears(
            tenant=phone.news.tenant,
            calls=phone.calls,
            waiting=self.stores.waiting,
            screens=self.screens,
        )
        await subscriptions.deliver(self.stores.outbox, (hears,))
        await phone.background.settled()


@dataclass(slots=True, kw_only=True)
class Caller:
    stage: Stage
    sid: str
    number: str
    document: Heard = field(init=False)

    @property
    def ref(self) -> str:
        return call_ref_of(self.stage.identity.tenant)(self.sid)

    async def asks(self, url: str, **fields: str) -> Reply:
        return await self.stage.post(url, self.sid, **{"From": self.number, **fields})

    async def hears(self, url: str, **fields: str) -> Heard:
        """Ask, follow what leads elsewhere, and be where that is."""
        self.document = Heard(await self.asks(url, **fields))
        while self.document.verbs[-1:] == ["Redirect"]:  # on a busy computer, after a moment
            self.document = Heard(await self.asks(self.document.closing("Redirect").text or ""))
        return self.document

    async def arrives(self) -> Heard:
        return await self.hears("/carriers/twilio/voice")

    async def presses(self, keys: str) -> Heard:
        return await self.hears(self.document.action, Digits=keys)

    async def waits(self) -> Heard:
        return await self.presses("")

    async def leaves_queue(self, result: str) -> Heard:
        action = self.document.closing("Enqueue").attrib["action"]
        return await self.hears(action, QueueResult=result, QueueSid="QU" + "1" * 32)

    async def status(self, status: str) -> Reply:
        return await self.asks("/carriers/twilio/status", CallStatus=status)

    async def in_check(self) -> Heard:
        """At the spoken code."""
        await self.arrives()
        return await self.presses("1")

    async def pairing(self) -> PairingView:
        tenant = self.stage.identity.tenant.id
        found = await self.stage.identity.watching.latest(tenant, self.ref)  # type: ignore[arg-type]  # a NewType
        assert found is not None
        return found

    async def session(self) -> Session:
        stored = await self.stage.stores.sessions.load(self.stage.identity.tenant.id, self.ref)
        assert stored is not None
        return Session.from_json(unpacked(stored.body)[0])

    async def version(self) -> int:
        stored = await self.stage.stores.sessions.load(self.stage.identity.tenant.id, self.ref)
        return stored.version if stored else 0

    async def row(self) -> CallRow:
        found = await self.stage.stores.call_rows.by_ref(self.stage.identity.tenant.id, self.ref)
        assert found is not None
        return found

    async def waiting(self) -> Waiting | None:
        return await self.stage.stores.waiting.by_call(self.stage.identity.tenant.id, self.ref)


def unhurried(parts: PhoneParts, identity: IdentitySide, kept: Stores) -> PhoneSide:
    """However busy the computer is: that a page is slow is tested where it is made so."""
    phone = build_phone_side(parts, identity, kept)
    phone.door._in_time = InTime(seconds=60.0)
    return phone


@asynccontextmanager
async def a_stage(folder: Path, *, flows_dir: Path = FLOWS, **given: str) -> AsyncIterator[Stage]:
    file = folder / "kazasu.sqlite"
    shutil.copyfile(empty_database(), file)
    usual = {
        "KAZASU_PROFILE": "demo",
        "KAZASU_TENANT": "main",
        "KAZASU_DATA_DIR": str(folder),
        "KAZASU_FLOWS_DIR": str(flows_dir),
        "TRUST_ANCHORS_DIR": str(pki_folder() / "anchors"),
        "KAZASU_CRL_DIR": str(pki_folder() / "crl"),
        "DATABASE_URL": f"sqlite:///{file}",
        "SECRET_KEY": b64encode(secrets.token_bytes(32)).decode(),
        "PUBLIC_BASE_URL": BASE,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    settings = load(**(usual | given))
    site = flows.site(settings)
    tenant = identity_side.tenant_of(settings, site.business)
    policy, clock, tables, rest = PairingPolicy(), Clock(), Tables(), RestWire()
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=policy.result_lives,
    )
    identity = identity_side.build(
        settings,
        tenant,
        kept,
        policy=policy,
        now=clock,
        watch=_one_clock(clock),
        businesses=identity_side.businesses_of(site, tenant),
    )
    library, screens = flows.library(settings, tenant, kept), HeardNews()
    http = httpx2.AsyncClient(transport=rest, trust_env=False)
    parts = _parts(settings, library, tables, http, screens, clock)
    phone = unhurried(parts, identity, kept)
    try:
        yield Stage(
            stores=kept,
            identity=identity,
            phone=phone,
            library=library,
            clock=clock,
            tables=tables,
            rest=rest,
            screens=screens,
            parts=parts,
        )
    finally:
        await phone.background.close()
        await http.aclose()
        await kept.close()


def _one_clock(clock: Clock) -> ClockWatch:
    """The database's clock is not moved with ours, and no test of the stage is about that."""

    async def theirs() -> datetime:
        return clock()

    return ClockWatch(clock, theirs, count=lambda: clock().timestamp())


def _parts(
    settings: Any,
    library: FlowLibrary,
    tables: Tables,
    http: httpx2.AsyncClient,
    screens: HeardNews,
    clock: Clock,
) -> PhoneParts:
    return PhoneParts(
        settings=settings,
        library=library,
        lookups=tables,
        http=http,
        news=screens,
        now=clock,
    )
