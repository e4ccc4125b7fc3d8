"""One webhook over HTTP: signed, timed, retried and redirected as the carrier does it."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from stand_ins.carrier.webhooks import problems
from stand_ins.carrier.webhooks.overrides import Overrides, split
from stand_ins.carrier.webhooks.problems import WebhookProblem
from stand_ins.carrier.webhooks.signer import Signer

LONGEST_BODY = 64 * 1024
MOST_REDIRECTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request to the service. `url` may carry overrides in its fragment."""

    url: str
    method: str
    form: Mapping[str, str]
    token: str
    failing_attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, in how many real milliseconds and attempts, and what had been sent."""

    url: str
    status: int
    content_type: str
    body: str
    latency_ms: float
    attempts: int
    signature: str


class Sender:
    """Sends webhooks to this machine, and to hosts that were allowed by name."""

    def __init__(self, signer: Signer, allowed_hosts: frozenset[str] = frozenset()) -> None:
        self._signer = signer
        self._allowed = allowed_hosts
        self._client = httpx2.AsyncClient(
            trust_env=False, headers={"User-Agent": "TwilioProxy/1.1"}
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, webhook: Webhook) -> Answer:
        """The answer with a 2xx status. Raises WebhookProblem."""
        url, overrides = split(webhook.url)
        self._check_host(url)
        began = time.monotonic()
        attempt = 0
        try:
            async with asyncio.timeout(overrides.total):
                while True:
                    attempt += 1
                    try:
                        if attempt <= webhook.failing_attempts:
                            raise WebhookProblem(problems.CONNECT, "injected", retry_cause="ct")
                        answer = await self._follow(webhook, url, overrides)
                    except WebhookProblem as problem:
                        if attempt > overrides.retries or not overrides.retry_for(
                            problem.retry_cause
                        ):
                            raise
                    else:
                        return _timed(answer, began, attempt)
        except TimeoutError as error:
            detail = f"no answer within {overrides.total:g} s in all"
            raise WebhookProblem(problems.RETRIEVAL, detail) from error

    async def media(self, url: str) -> bytes | None:
        """A sound file by GET, or None when it cannot be had."""
        try:
            self._check_host(url)
            answer = await self._client.get(split(url)[0], timeout=10.0)
        except (WebhookProblem, httpx2.HTTPError, httpx2.InvalidURL):
            return None
        return answer.content if answer.status_code == 200 else None

    async def _follow(self, webhook: Webhook, url: str, overrides: Overrides) -> Answer:
        method, form = webhook.method, dict(webhook.form)
        for _ in range(MOST_REDIRECTS + 1):
            answer, location = await self._once(method, url, form, webhook.token, overrides)
            if location is None:
                return answer
            url = urljoin(url, location)
            self._check_host(url)
            if answer.status != 307:
                method, form = "GET", {}
        raise WebhookProblem(problems.REDIRECT_LOOP, url)

    async def _once(
        self, method: str, url: str, form: Mapping[str, str], token: str, overrides: Overrides
    ) -> tuple[Answer, str | None]:
        if method == "GET" and form:
            url += ("&" if urlsplit(url).query else "?") + urlencode(form)
        wire_url = str(httpx2.URL(url))
        body = form if method == "POST" else {}
        signature = self._signer.sign(wire_url, body)
        headers = {"X-Twilio-Signature": signature, "I-Twilio-Idempotency-Token": token}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        request = self._client.build_request(
            method,
            wire_url,
            headers=headers,
            content=urlencode(body).encode() if method == "POST" else None,
            timeout=httpx2.Timeout(overrides.read, connect=overrides.connect),
        )
        status, content_type, location, text = await self._exchange(request)
        answer = Answer(
            url=wire_url,
            status=status,
            content_type=content_type,
            body=text,
            latency_ms=0.0,
            attempts=1,
            signature=signature,
        )
        return answer, _checked(answer, location)

    async def _exchange(self, request: httpx2.Request) -> tuple[int, str, str, str]:
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = b""
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LONGEST_BODY:
                        raise WebhookProblem(problems.TOO_LONG, str(request.url))
            finally:
                await response.aclose()
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise WebhookProblem(problems.CONNECT, str(request.url), retry_cause="ct") from error
        except httpx2.TimeoutException as error:
            raise WebhookProblem(problems.RETRIEVAL, "read time-out", retry_cause="rt") from error
        except httpx2.HTTPError as error:
            raise WebhookProblem(problems.PROTOCOL, type(error).__name__) from error
        headers = response.headers
        text = body.decode(response.encoding or "utf-8", "replace")
        content_type = headers.get("content-type", "")
        return response.status_code, content_type, headers.get("location", ""), text

    def _check_host(self, url: str) -> None:
        host = urlsplit(url).hostname or ""
        if host == "localhost" or host in self._allowed:
            return
        try:
            if ipaddress.ip_address(host).is_loopback:
                return
        except ValueError:
            pass
        raise WebhookProblem(problems.HOST, f"{host}: the simulated carrier stays on this machine")


def _checked(answer: Answer, location: str) -> str | None:
    """Where to go on, or None when the answer is final. Raises WebhookProblem."""
    if answer.status in (301, 302, 303, 307) and location:
        return location
    if 300 <= answer.status < 400:
        raise WebhookProblem(problems.REDIRECT_KIND, str(answer.status))
    if answer.status >= 400:
        cause = f"{answer.status // 100}xx"
        raise WebhookProblem(problems.HTTP_ERROR, str(answer.status), retry_cause=cause)
    return None


def _timed(answer: Answer, began: float, attempts: int) -> Answer:
    latency = round((time.monotonic() - began) * 1000, 1)
    return replace(answer, latency_ms=latency, attempts=attempts)
