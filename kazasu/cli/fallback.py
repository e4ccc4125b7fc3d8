"""`kazasu fallback`: what callers reach when the service does not answer.

One process, no database, no Redis, no flows: whatever is asked, the answer is the same static
document that apologises and dials the general desk. Its address is the number's fallback URL.
"""

import asyncio
import sys

from kazasu import logs
from kazasu.error_lines import complain_of_settings
from kazasu.fallback_app import create
from kazasu.server import Server, listen
from kazasu.settings.environment import load_fallback


def fallback(*, host: str, port: int) -> int:
    """2 when KAZASU_FALLBACK_NUMBER is not set, or the address is taken."""
    with complain_of_settings():
        settings = load_fallback()
        logs.set_up_process(json=not sys.stderr.isatty())

        async def nothing() -> None:
            return None

        async def main() -> int:
            app = create(settings)
            with listen(host, port) as listening:
                server = Server(app, host=host, port=port, on_stop=nothing, announce=True)
                return await server.until_stopped(listening)

        return asyncio.run(main())
    return 2
