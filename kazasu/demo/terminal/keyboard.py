"""Single keys of a terminal: the telephone's buttons, `t` for the card, `h` to hang up."""

import asyncio
import sys
import termios
import tty
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import httpx2


class Keyboard:
    def __init__(self) -> None:
        self._tapped = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    async def tap(self) -> None:
        """Waits for `t`; one press is one tap."""
        self._tapped.clear()
        await self._tapped.wait()

    @contextmanager
    def listening(
        self,
        *,
        press: Callable[[str], Awaitable[bool]],
        hang_up: Callable[[], Awaitable[None]],
    ) -> Iterator[None]:
        """Keys arrive one by one, without Enter; the terminal is put back as it was."""
        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
        loop = asyncio.get_running_loop()

        def typed() -> None:
            for key in sys.stdin.read(1):
                if key == "t":
                    self._tapped.set()
                elif key == "h":
                    self._do(hang_up())
                elif key in "0123456789*#":
                    self._do(press(key))

        tty.setcbreak(handle)
        loop.add_reader(handle, typed)
        try:
            yield
        finally:
            loop.remove_reader(handle)
            termios.tcsetattr(handle, termios.TCSADRAIN, before)

    def _do(self, work: Awaitable[object]) -> None:
        async def quietly() -> None:
            with suppress(httpx2.HTTPError):  # a key after the call's end has nobody to hear it
                await work

        task = asyncio.ensure_future(quietly())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
