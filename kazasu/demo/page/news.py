"""What the service does, told to the demo page as it happens: API calls, states, flow steps.

Bodies of `/v1` and of the console's API are shown, as everything here is synthetic. Logins,
cookies and request proofs never are.
"""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from quart import Quart, Response, g, request

from identity.pairing.model import PairingNews
from ivr.flow_engine.definition import Flow, FlowBody
from ivr.flow_engine.engine import Step
from ivr.flow_engine.turn.trace import TraceEntry
from ivr.flow_library.model import InForce
from ivr.flow_library.service import FlowLibrary
from stores.memory.news import MemoryFeed

CHANNEL: Final = "demo"
_SHOWN_DOORS: Final = ("/v1/", "/operator/api/")
_NOTED: Final = ("/operator/login", "/operator/logout")
_LONGEST: Final = 4096
_BACKLOG: Final = 1024


class DemoNews:
    """Publishes on `feed`; the page follows it. Nothing here reaches into what it watches."""

    def __init__(self) -> None:
        self.feed = MemoryFeed(backlog=_BACKLOG)
        self._waiting: list[tuple[str, dict[str, object]]] = []
        self._in_force: InForce | None = None

    def watch(self, app: Quart) -> None:
        """Note every answer of the app's and the operators' doors."""

        @app.before_request
        async def begin() -> None:
            g.demo_began = time.perf_counter()

        @app.after_request
        async def note(response: Response) -> Response:
            if request.path.startswith(_SHOWN_DOORS) or request.path in _NOTED:
                await self._api_call(response)
            return response

    async def pairing(self, news: PairingNews) -> None:
        """A subscriber of the outbox: each state once it is committed."""
        await self._tell(
            "pairing",
            pairing=str(news.pairing),
            call_ref=str(news.call_ref),
            status=news.status.value,
            hint=news.hint.value,
        )

    def step(self, flow: Flow, step: Step) -> None:
        """Every node that a step left, with its line; told with the next turn of `flush`."""
        for entry in step.trace:
            self._waiting.append(("flow", _flow_entry(flow, entry, step)))

    async def flush(self, library: FlowLibrary) -> None:
        """Tell the steps noted since, and what became of an edited flow file."""
        waiting, self._waiting = self._waiting, []
        for kind, data in waiting:
            await self.feed.publish(CHANNEL, kind, data)
        now = await library.refresh()
        if now is not self._in_force:
            first, self._in_force = self._in_force is None, now
            if not first or now.problems:
                await self._flows(now)

    async def _flows(self, now: InForce) -> None:
        await self._tell(
            "flows",
            versions={name: flow.version[:12] for name, flow in now.flows.items()},
            problems={
                language: [finding.render(language) for finding in now.problems]
                for language in ("ja", "en")
            },
        )

    async def _api_call(self, response: Response) -> None:
        rule = request.url_rule
        milliseconds = (time.perf_counter() - g.demo_began) * 1000
        shown = request.path.startswith(_SHOWN_DOORS)
        await self._tell(
            "api",
            method=request.method,
            route=rule.rule if rule else request.path,
            path=request.full_path.rstrip("?"),
            status=response.status_code,
            milliseconds=round(milliseconds, 1),
            request=_shown(await request.get_data()) if shown else "",
            response=_shown(await response.get_data()) if shown and _small(response) else "",
        )

    async def _tell(self, kind: str, **data: object) -> None:
        await self.feed.publish(CHANNEL, kind, {**data, "wall": _now()})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _small(response: Response) -> bool:
    return "json" in (response.content_type or "")


def _shown(body: bytes | str) -> str:
    """JSON laid out for reading, cut where it is long."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        pass  # shown as it came
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _flow_entry(flow: Flow, entry: TraceEntry, step: Step) -> dict[str, object]:
    bodies: Mapping[str, FlowBody] = {flow.main.id: flow.main, **flow.subflows}
    body = bodies.get(entry.flow)
    node = body.nodes.get(entry.node) if body else None
    return {
        "call_ref": step.session.call,
        "flow": entry.flow,
        "file": body.file if body else "",
        "line": node.line if node else 0,
        "node": entry.node,
        "exit": entry.exit,
        "input": entry.input,
        "keys": entry.keys,
        "fault": entry.fault,
        "milliseconds": entry.milliseconds,
        "version": flow.version[:12],
        "wall": _now(),
    }
