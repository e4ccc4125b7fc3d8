"""An operator at the console: takes what is offered, looks at the screen, talks, is free again."""

import asyncio
from contextlib import suppress
from typing import Any, Final

import httpx2

from kazasu.demo.terminal.operator import NotSignedIn, TerminalOperator
from tests.chaos.history.operations import Kind
from tests.chaos.people.notebook import Notebook
from tests.chaos.town.residents import PASSWORD, Clerk

_LOOKS_EVERY: Final = 0.25
_AFTERWARDS: Final = 3
_TROUBLE: Final = (httpx2.HTTPError, NotSignedIn, KeyError, ValueError)


class ClerkAtWork:
    """Which call a screen's token is of is not known here: the history finds it out afterwards."""

    def __init__(
        self, base: str, clerk: Clerk, notes: Notebook, *, every: float = _LOOKS_EVERY
    ) -> None:
        self._base = base
        self._clerk = clerk
        self._notes = notes
        self._every = every
        self._seen: dict[str, int] = {}

    async def work(self) -> None:
        """Until cancelled. Whatever goes wrong: the same browser again, which keeps its session."""
        async with httpx2.AsyncClient(trust_env=False, timeout=10.0) as http:
            console = TerminalOperator(base=self._base, http=http)
            while True:
                with suppress(*_TROUBLE):
                    await console.sign_in(self._clerk.login, PASSWORD)
                    while True:
                        await self._look(console)
                        await asyncio.sleep(self._every)
                await asyncio.sleep(self._every)

    async def _look(self, console: TerminalOperator) -> None:
        state = await console.state()
        offer, call = state["offer"], state["call"]
        if offer is not None:
            await self._shown(console, offer["token"])
            await console.act("answer", token=offer["token"])
        elif call is not None:
            await self._shown(console, call["token"])
        elif state["presence"]["state"] != "available":
            await console.available()
        await self._look_back(console)

    async def _look_back(self, console: TerminalOperator) -> None:
        """At screens of before, which are to be gone with their calls."""
        for token, looked in list(self._seen.items()):
            if looked < _AFTERWARDS:
                self._seen[token] = looked + 1
                await self._shown(console, token, again=True)

    async def _shown(self, console: TerminalOperator, token: str, *, again: bool = False) -> None:
        if not again:
            self._seen[token] = 0
        async with self._notes.writing(Kind.OPERATOR_FETCH, "", {"token": token}) as entry:
            pop = await console.pop(token)
            entry.ok(**_facts(pop))


def _facts(pop: dict[str, Any] | None) -> dict[str, str]:
    if pop is None:
        return {}
    verdict = pop["verdict"] or {}
    return {
        "badge": pop["badge"],
        "status": pop["status"],
        "hint": pop["hint"],
        "evidence": verdict.get("evidence_id", ""),
    }
