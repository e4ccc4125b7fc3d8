"""What is kept of a live call between two requests: loaded, or lost; saved, or too late."""

from dataclasses import dataclass
from typing import TypeAlias

import structlog

from ivr.flow_engine.call_log.recording import Entry
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.session import Session
from ivr.flow_library.model import NoFlow
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.call_log import packed, unpacked
from ivr.live_calls.ports import CallRow, Sessions

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCall:
    """A call with its session as it was loaded; `version` is what the next save replaces.

    `moved` and `with_us` as in `StoredSession`. `log` is what is kept of the call for replay.
    """

    row: CallRow
    flow: Flow
    session: Session
    version: int
    moved: bool = False
    with_us: bool = False
    log: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LostCall:
    """Nothing readable is kept of this call; `version` as in `LoadedCall`, 0: nothing is stored."""

    row: CallRow
    version: int
    moved: bool = False
    with_us: bool = False
    session: None = None


KeptCall: TypeAlias = LoadedCall | LostCall


class KeptCalls:
    def __init__(self, sessions: Sessions, library: FlowLibrary) -> None:
        self._sessions = sessions
        self._library = library

    async def load(self, row: CallRow) -> KeptCall:
        """With the flow that the session is in; a call that has no session yet is lost, too."""
        stored = await self._sessions.load(row.tenant, row.call_ref, moved=row.session_moved)
        if stored is None:
            return LostCall(row=row, version=0)
        body, log = unpacked(stored.body)
        try:
            session = Session.from_json(body)
            flow = await self._library.flow(session.flow_version)
        except (NoFlow, ValueError, KeyError, TypeError) as unreadable:
            _log.warning(
                "session_unreadable", call_ref=row.call_ref, error=type(unreadable).__name__
            )
            return LostCall(row=row, version=stored.version, moved=stored.moved)
        return LoadedCall(
            row=row,
            flow=flow,
            session=session,
            version=stored.version,
            moved=stored.moved,
            with_us=stored.with_us,
            log=log,
        )

    async def first_flow(self, row: CallRow) -> Flow:
        """The version a call began with; when it is no longer readable, what a new call gets.
        NoFlow."""
        try:
            return await self._library.flow(row.flow_version)
        except NoFlow:
            return await self._library.flow_for(row.dialled, row.call_ref)

    async def save(
        self, call: KeptCall, session: Session, log: tuple[Entry, ...], *, asked: bool
    ) -> bool:
        """In place of what was loaded; False when somebody else saved first. `asked`: the carrier
        waits for the answer."""
        return await self._sessions.save(
            call.row.tenant,
            call.row.call_ref,
            packed(session.to_json(), log),
            expected=call.version,
            asked=asked,
            moved=call.moved,
        )
