"""The carrier's own SDK, pointed at the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from twilio.http.async_http_client import (
    AsyncTwilioHttpClient,
)
from twilio.rest import Client

from tests.stand_ins.carrier.control import ACCOUNT, Control
from tests.stand_ins.carrier.service import AUTH_TOKEN

# The SDK hands its credentials to aiohttp in a form that aiohttp has begun to discourage.
SDK_WARNS = pytest.mark.filterwarnings(
    "ignore:.*deprecated and will be removed in:DeprecationWarning"
)


@asynccontextmanager
async def rest_client(carrier: Control, token: str = AUTH_TOKEN) -> AsyncIterator[Any]:
    async with AsyncTwilioHttpClient() as http:
        client = Client(ACCOUNT, token, http_client=http)
        client.api.base_url = carrier.base
        yield client
