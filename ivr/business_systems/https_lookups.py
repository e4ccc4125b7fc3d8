"""Lookups by a signed request to the business's own system, whose address the settings give.

Flows, callers and answers never choose where a request goes: one host, no redirects. What comes
back is bounded in size and time, and the time that a flow gives ends it earlier.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import httpx2
import structlog

from ivr.business_systems.lookup_requests import BadAnswer, body, read_answer, signed
from ivr.flow_engine.events import Scalar
from ivr.flow_engine.site import LookupEntry
from ivr.live_calls.ports import LookupAnswer, Lookups

LONGEST_SECONDS: Final = 10.0
LARGEST_ANSWER: Final = 16_384
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessSystem:
    """`address` has no slash at its end; the lookup's name is put behind it. Of several `keys`
    each signs, so that the receiver may have the old one or the new one."""

    address: str
    keys: tuple[bytes, ...] = field(repr=False)


class HttpsLookups:
    """Adapter of the port `Lookups`. `entries()` are the declarations of the site file in force;
    `now` gives an aware time, `new_id` an id that no other request has."""

    def __init__(
        self,
        http: httpx2.AsyncClient,
        system: BusinessSystem,
        *,
        entries: Callable[[], Mapping[str, LookupEntry]],
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._http = http
        self._system = system
        self._entries = entries
        self._now = now
        self._new_id = new_id

    async def look_up(self, tenant: str, name: str, args: Mapping[str, Scalar]) -> LookupAnswer:
        """`error` for whatever is no answer as declared: the log says which, without a value."""
        entry = self._entries().get(name)
        if entry is None:
            return LookupAnswer(outcome="error")
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                return read_answer(await self._ask(tenant, name, args), entry.fields)
        except BadAnswer as bad:
            reason = str(bad)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            reason = type(error).__name__
        except asyncio.CancelledError:
            _log.warning(
                "lookup_failed", what=name, error="given up"
            )  # the flow's own time is over
            raise
        _log.warning("lookup_failed", what=name, error=reason)
        return LookupAnswer(outcome="error")

    async def _ask(self, tenant: str, name: str, args: Mapping[str, Scalar]) -> bytes:
        content = body(tenant, name, args)
        headers = signed(self._system.keys, self._new_id(), self._now(), content)
        headers |= {"content-type": "application/json", "accept-encoding": "identity"}
        async with self._http.stream(
            "POST",
            f"{self._system.address}/{name}",
            content=content,
            headers=headers,
            follow_redirects=False,
        ) as answer:
            if answer.status_code != 200:
                raise BadAnswer(f"status {answer.status_code}")
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise BadAnswer("packed")  # what it unpacks to is not bounded
            got = bytearray()
            async with aclosing(answer.aiter_raw()) as pieces:
                async for piece in pieces:
                    got += piece
                    if len(got) > LARGEST_ANSWER:
                        raise BadAnswer("too large")
            return bytes(got)


class TablesFirst:
    """A lookup that has a table is answered by it, every other one by the business's system."""

    def __init__(self, tables: Lookups, system: Lookups, has_table: Callable[[str], bool]) -> None:
        self._tables = tables
        self._system = system
        self._has_table = has_table

    async def look_up(self, tenant: str, name: str, args: Mapping[str, Scalar]) -> LookupAnswer:
        chosen = self._tables if self._has_table(name) else self._system
        return await chosen.look_up(tenant, name, args)
