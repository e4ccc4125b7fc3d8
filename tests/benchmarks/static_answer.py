"""The least that a server can do: a raw ASGI application with one static answer."""

import asyncio
import sys
from typing import Any

from kazasu.server import Server, listen

BODY = b'<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'
HEADERS = [(b"content-type", b"text/xml"), (b"content-length", str(len(BODY)).encode())]


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


async def main(port: int) -> None:
    async def nothing() -> None:
        return None

    with listen("127.0.0.1", port) as listening:
        server = Server(app, host="127.0.0.1", port=port, on_stop=nothing, announce=True)
        await server.until_stopped(listening)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
