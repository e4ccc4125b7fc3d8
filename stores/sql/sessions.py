"""Live sessions as SQL rows. They hold spoken codes, so bodies are sealed, bound to their version.

One statement to load, one to save: this is on the path of every webhook.
"""

import json
import secrets
import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import structlog
from sqlalchemy import bindparam, delete, select, update

from ivr.live_calls.ports import WITH_US, StoredSession
from stores.sql.database import Database, upsert, upsert_in
from stores.sql.engines.connection import Connection
from stores.sql.engines.questions import Order, Question
from stores.sql.schema.columns import clock
from stores.sql.schema.phone_side import calls, sessions
from stores.sql.sealing import SealBroken, Sealer

_log = structlog.get_logger()
_ENCODED: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DEFLATED: Final = b"\x01"
_WINDOW: Final = -12
# What sessions have in common, the most frequent last. Never changed: what is stored is read with
# it. A better one gets a form of its own.
_USUAL: Final = (
    b'"log":[{"at":0,"event":"call_arrived","number_kind":"mobile","dialled":"+81","asked":true,'
    b'"went":[["main","open"],["next"],["","when 1"],["none"]]},{"event":"lookup_answered",'
    b'"outcome":"found","fields":{},"for":"lookup","name":"","event":"digits_pressed","keys":"1",'
    b'"hidden":8,"event":"pairing_progressed","hint":"app_opened","item":"awaiting_choice",'
    b'"event":"pairing_opened","hint":"awaiting_app","code":true,"item":false,"for":"opening",'
    b'"asked":true},{"at":[8000,16000],"event":"timed_out","asked":true}]'
    b'{"schema":"ivr-session/1","$":"Session","call":"","flow_version":"","language":"ja-JP",'
    b'"n":5,"index":1,"wait":"identity","number":"+8190","number_kind":"mobile","dialled":"+813",'
    b'"stack":[{"$":"Frame","flow":"main","node":"verify","answers":{}}],"identity":'
    b'{"$":"IdentityState","status":"pending","hint":"awaiting_app"},"check":{"$":"Check",'
    b'"phase":"holding","keys":[":1:0"],"began_at":"2026-11-22T23:41:00.000+00:00",'
    b'"mode_began_at":"2026-","claimed":true,"hint":"awaiting_app","code":""},"transfer":'
    b'{"$":"TransferState","queue":"","token":"","since":""},"document":{"$":"Document",'
    b'"spoken":[],"closing":{"$":"Hold","spoken":[{"$":"Say","text":"","language":"ja-JP",'
    b'"voice":"Polly.Kazuha-Neural"}],"sound":"audio/tick.wav","seconds":8}},"last_at":"",'
    b'"asked_at":"","ivr_ms":0,"steps":8,"same_node":1'
)

# Made once: every webhook asks them, and putting one together costs more than SQLite's answer.
_MINE: Final = (
    sessions.c.tenant_id == bindparam("of_tenant"),
    sessions.c.call_ref == bindparam("of_call"),
)
_RECENT: Final = sessions.c.asked_at > clock(-int(WITH_US.total_seconds()))
_LOAD: Final = Question(
    select(
        sessions.c.version,
        sessions.c.body,
        (_RECENT & (sessions.c.asked_by == bindparam("life"))).label("with_us"),
    ).where(*_MINE)
)
_ASKED: Final[Mapping[str, Any]] = {"asked_by": bindparam("life"), "asked_at": clock()}
_REPLACED: Final = (
    update(sessions)
    .where(*_MINE, sessions.c.version == bindparam("expected"))
    .values(version=sessions.c.version + 1, saved_at=clock(), body=bindparam("new_body"))
)
_REPLACE: Final = Order(_REPLACED)
_REPLACE_ASKED: Final = Order(_REPLACED.values(_ASKED))


@cache
def _first(dialect: str, *, asked: bool) -> Order:
    values = {
        "tenant_id": bindparam("of_tenant"),
        "call_ref": bindparam("of_call"),
        "version": 1,
        "saved_at": clock(),
        "body": bindparam("new_body"),
    }
    first = upsert_in(dialect, sessions).values({**values, **(_ASKED if asked else {})})
    return Order(first.on_conflict_do_nothing())


class SqlSessions:
    """`sealer` works with the deployment's session key; `life` names this process."""

    def __init__(self, database: Database, sealer: Sealer, *, life: str = "") -> None:
        self._database = database
        self._sealer = sealer
        self.life = life or secrets.token_hex(8)

    async def load(
        self, tenant: str, call_ref: str, *, moved: bool = False
    ) -> StoredSession | None:
        wanted = {"of_tenant": tenant, "of_call": call_ref, "life": self.life}
        found = await self._database.ask(_LOAD, wanted)
        if not found:
            return None
        row = found[0]
        return StoredSession(
            body=unsealed(self._sealer, tenant, call_ref, row.version, row.body),
            version=row.version,
            with_us=bool(row.with_us),
            moved=moved,
        )

    async def save(
        self,
        tenant: str,
        call_ref: str,
        body: Mapping[str, object],
        *,
        expected: int,
        asked: bool = False,
        moved: bool = False,
    ) -> bool:
        given = {
            "of_tenant": tenant,
            "of_call": call_ref,
            "expected": expected,
            "new_body": sealed(self._sealer, tenant, call_ref, expected + 1, body),
            **({"life": self.life} if asked else {}),
        }

        async def job(connection: Connection) -> bool:
            order = _REPLACE_ASKED if asked else _REPLACE
            if expected == 0:
                order = _first(connection.dialect.name, asked=asked)
            return await connection.tell(order, [given]) == 1

        return await self._database.write_one(job)

    async def take_over(
        self,
        tenant: str,
        call_ref: str,
        body: Mapping[str, object],
        *,
        expected: int,
        asked: bool = False,
    ) -> bool:
        """As `save`, for a session that was elsewhere until now: version `expected` there.

        The call's row says from then on that it is here; the first to say so wins.
        """
        values = self._values(tenant, call_ref, body, expected + 1, asked=asked)

        async def job(connection: Connection) -> bool:
            await connection.execute(
                update(calls)
                .where(calls.c.tenant_id == tenant, calls.c.call_ref == call_ref)
                .where(calls.c.session_moved.is_(False))
                .values(session_moved=True)
            )
            saved = await connection.execute(
                upsert(connection, sessions)
                .values(tenant_id=tenant, call_ref=call_ref, **values)
                .on_conflict_do_update(
                    index_elements=[sessions.c.tenant_id, sessions.c.call_ref],
                    set_=values,
                    where=sessions.c.version == expected,
                )
                .returning(sessions.c.version)
            )
            return saved.one_or_none() is not None

        return await self._database.write(job)

    async def begin_anew(self, _tenant: str) -> None:
        """Take another name: no call that was answered until now counts as with this process."""
        self.life = secrets.token_hex(8)

    async def drop_ended(self, before: datetime) -> int:
        async def job(connection: Connection) -> int:
            dropped = await connection.execute(delete(sessions).where(sessions.c.saved_at < before))
            return dropped.rowcount

        return await self._database.write(job)

    def _values(
        self, tenant: str, call_ref: str, body: Mapping[str, object], version: int, *, asked: bool
    ) -> dict[str, Any]:
        values: dict[str, Any] = {
            "version": version,
            "saved_at": clock(),
            "body": sealed(self._sealer, tenant, call_ref, version, body),
        }
        return values | ({"asked_by": self.life, "asked_at": clock()} if asked else {})


def session_place(call_ref: str, version: int) -> tuple[str, ...]:
    return ("sessions", "body", call_ref, str(version))


def sealed(
    sealer: Sealer, tenant: str, call_ref: str, version: int, body: Mapping[str, object]
) -> bytes:
    """What is stored of a body that is saved as this version."""
    return sealer.seal_bytes(tenant, session_place(call_ref, version), _packed(body))


def unsealed(
    sealer: Sealer, tenant: str, call_ref: str, version: int, stored: bytes
) -> dict[str, object]:
    """The body; empty when it does not open (a key that is no longer known, say): such a call is
    brought to a person as one whose session was lost."""
    try:
        return _unpacked(sealer.unseal_bytes(tenant, session_place(call_ref, version), stored))
    except (SealBroken, ValueError, zlib.error):
        _log.error("session_does_not_open", call_ref=call_ref)
        return {}


def _packed(body: Mapping[str, object]) -> bytes:
    """A third of the JSON: a byte for the form, then raw DEFLATE (RFC 1951) that begins with
    `_USUAL` as what was said before."""
    text = _ENCODED(body).encode()
    form = zlib.compressobj(1, zlib.DEFLATED, _WINDOW, 5, zlib.Z_DEFAULT_STRATEGY, _USUAL)
    return _DEFLATED + form.compress(text) + form.flush()


def _unpacked(clear: bytes) -> dict[str, object]:
    """ValueError or zlib.error for a form that is not known here. Once all was plain JSON."""
    if clear.startswith(_DEFLATED):
        clear = zlib.decompressobj(_WINDOW, _USUAL).decompress(clear[len(_DEFLATED) :])
    body: dict[str, object] = json.loads(clear)
    return body
