"""Twilio's SDK over a client of ours: its own asynchronous one ignores its time-out."""

from typing import Any, Final

import httpx2
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

_ONE_TRY: Final = 3.0
# Without these the SDK would read region and edge from the environment, and change our address.
_NO_ENVIRONMENT: Final = {"TWILIO_REGION": "", "TWILIO_EDGE": ""}


class HttpxForTwilio(AsyncHttpClient):  # type: ignore[misc]  # the SDK carries no types
    """The SDK's requests by a client of ours: bounded, no redirects, one pool."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        super().__init__(None, True, None)
        self._client = client

    async def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,  # noqa: ASYNC109  # the SDK's signature
        allow_redirects: bool = False,
    ) -> Response:
        answer = await self._client.request(
            method.upper(),
            url,
            params=params,
            data=data,
            headers=headers,
            auth=httpx2.BasicAuth(*auth) if auth else None,
            timeout=_ONE_TRY,
            follow_redirects=False,
        )
        return Response(answer.status_code, answer.text, answer.headers)


def sdk_client(
    *,
    account_sid: str,
    auth_token: str,
    api_key: tuple[str, str] | None = None,
    api_base: str,
    http: httpx2.AsyncClient,
) -> Client:
    """The SDK for one account. `api_key` (its SID and secret) opens REST in the token's place."""
    user, password = api_key or (account_sid, auth_token)
    client = Client(
        user,
        password,
        account_sid,
        http_client=HttpxForTwilio(http),
        environment=_NO_ENVIRONMENT,
    )
    client.api.base_url = api_base
    return client
