"""A time-stamp authority over HTTP (RFC 3161, 3.4): asked with a nonce, its answer checked."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import httpx2
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from identity.evidence_archive.checkpoints.model import Stamp
from identity.evidence_archive.checkpoints.ports import NotStamped
from identity.evidence_archive.checkpoints.time_stamps import (
    MOST_OCTETS,
    BadStamp,
    PinnedAuthorities,
    check,
)

_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"
WHOLE_WITHIN: Final = 30.0
"""Seconds for the whole answer: one that comes drop by drop keeps no other authority waiting."""
CLOCKS_APART: Final = timedelta(minutes=5)
"""How far an authority's clock may be from ours when it answers. Beyond that one of the two is
wrong, and a stamp that is kept says its time for good."""


class HttpTimeStamps:
    """The port `TimeStamping`. `client` makes one for each question: they are minutes apart."""

    def __init__(
        self,
        url: str,
        pinned: PinnedAuthorities,
        client: Callable[[], httpx2.AsyncClient],
        now: Callable[[], datetime],
    ) -> None:
        self._url = url
        self._pinned = pinned
        self._client = client
        self._now = now

    async def stamp(self, data: bytes) -> Stamp:
        request = (
            TimestampRequestBuilder()
            .data(data)
            .hash_algorithm(HashAlgorithm.SHA256)
            .nonce(nonce=True)
            .cert_request(cert_request=True)
            .build()
        )
        asked = self._now()
        response = await self._asked(request.as_bytes())
        try:
            stamp = check(response, data, self._pinned, nonce=request.nonce)
        except BadStamp as bad:
            raise NotStamped(f"stamp_{bad.code}") from bad
        if not asked - CLOCKS_APART <= stamp.at <= self._now() + CLOCKS_APART:
            raise NotStamped("stamp_of_another_time")
        return stamp

    async def _asked(self, request: bytes) -> bytes:
        headers = {"Content-Type": _QUERY, "Accept": _REPLY, "Accept-Encoding": "identity"}
        try:
            async with (
                asyncio.timeout(WHOLE_WITHIN),
                self._client() as http,
                http.stream("POST", self._url, content=request, headers=headers) as answer,
            ):
                if answer.status_code != 200:
                    raise NotStamped("authority_refuses")
                if answer.headers.get("content-type", "").split(";")[0].strip() != _REPLY:
                    raise NotStamped("authority_says_something_else")
                body = b""
                async for some in answer.aiter_raw():
                    body += some
                    if len(body) > MOST_OCTETS:
                        raise NotStamped("stamp_too_long")
                return body
        except (httpx2.HTTPError, TimeoutError) as away:
            raise NotStamped("authority_away") from away
