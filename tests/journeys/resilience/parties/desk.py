"""The operator, over the console's own API."""

from typing import Any

from kazasu.demo.terminal.operator import TerminalOperator
from tests.journeys.resilience.waiting import until


class Desk:
    def __init__(self, console: TerminalOperator) -> None:
        self.console = console

    async def free(self) -> None:
        """Available, once what followed the call before is over."""

        async def look() -> bool:
            await self.console.available()
            state = await self.console.state()
            return bool(state["presence"]["state"] == "available")

        await until("the operator is available", look)

    async def offered(self) -> dict[str, Any]:
        async def look() -> dict[str, Any] | None:
            offer: dict[str, Any] | None = (await self.console.state())["offer"]
            return offer

        return await until("the call is offered", look)

    async def shown(self, token: str) -> dict[str, Any]:
        pop = await self.console.pop(token)
        assert pop is not None
        return pop

    async def on_call(self, state: str) -> dict[str, Any]:
        """The operator's own call, once it is in this state."""

        async def look() -> dict[str, Any] | None:
            call: dict[str, Any] | None = (await self.console.state())["call"]
            return call if call is not None and call["state"] == state else None

        return await until(f"the operator's call is {state}", look)

    async def nothing_shown(self, token: str) -> None:
        async def look() -> bool:
            return await self.console.pop(token) is None

        await until("the pop is gone with the call", look)
