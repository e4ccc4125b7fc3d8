"""A wire that remembers: what really went to the carrier, byte for byte, and what came back."""

import httpx2

from tests.ivr.carriers.twilio.openapi import Exchanged


class RememberingWire(httpx2.AsyncBaseTransport):
    """Real HTTP; `seen` holds every exchange in order."""

    def __init__(self) -> None:
        self._wire = httpx2.AsyncHTTPTransport()
        self.seen: list[Exchanged] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        body = (await request.aread()).decode("ascii")
        answer = await self._wire.handle_async_request(request)
        content = await answer.aread()
        path, _, query = request.url.raw_path.decode("ascii").partition("?")
        self.seen.append(
            Exchanged(
                method=request.method,
                path=path,
                query=query,
                body=body,
                status=answer.status_code,
                answer=content,
            )
        )
        return answer

    async def aclose(self) -> None:
        await self._wire.aclose()
