"""Webhooks of a call: sent once each, spoiled on request, written into the timeline."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from dataclasses import replace

from stand_ins.carrier.calls.call import Call
from stand_ins.carrier.clock import Pace
from stand_ins.carrier.faults import Fault, Faults
from stand_ins.carrier.webhooks import problems
from stand_ins.carrier.webhooks.overrides import split
from stand_ins.carrier.webhooks.problems import WebhookProblem
from stand_ins.carrier.webhooks.sender import Answer, Sender, Webhook


class Delivery:
    """Requests run to their end even when the call has moved on: the service has seen them."""

    def __init__(self, sender: Sender, faults: Faults, pace: Pace) -> None:
        self.sender = sender
        self._pace = pace
        self._faults = faults
        self._running: set[asyncio.Task[object]] = set()
        self._late: dict[str, list[tuple[Fault, Webhook]]] = {}

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.sender.close()

    def spawn(self, work: Coroutine[object, object, object]) -> asyncio.Task[object]:
        """Run beside the calls until done or until the carrier closes."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def document(
        self, call: Call, url: str, method: str, form: dict[str, str], *, purpose: str
    ) -> Answer:
        """Ask for a document. Raises WebhookProblem."""
        webhook = Webhook(url=url, method=method, form=form, token=str(uuid.uuid4()))
        task = self.spawn(self._spoiled(call, webhook, purpose))
        answer = await asyncio.shield(task)
        assert isinstance(answer, Answer)
        return answer

    async def notice(
        self, call: Call, url: str, method: str, form: dict[str, str], *, purpose: str
    ) -> Answer | None:
        """Tell the service something; a failure is a line in the timeline and no more."""
        webhook = Webhook(url=url, method=method, form=form, token=str(uuid.uuid4()))
        return await self._copy(call, webhook, 0, purpose)

    async def _spoiled(self, call: Call, webhook: Webhook, purpose: str) -> Answer:
        late = self._late.pop(call.sid, [])
        fault = self._faults.take("document", call_sid=call.sid, url=webhook.url)
        try:
            return await self._with_fault(call, webhook, purpose, fault)
        finally:
            for order, copy in late:
                self.spawn(self._copy(call, copy, order.number("seconds", 0), "late copy"))

    async def _with_fault(
        self, call: Call, webhook: Webhook, purpose: str, fault: Fault | None
    ) -> Answer:
        if fault is None:
            return await self._recorded(call, webhook, purpose)
        call.timeline.add("fault", f"{fault.kind}: {purpose}", fault=fault.as_json())
        match fault.kind:
            case "delay":
                await call.clock.sleep(fault.number("seconds", 1))
            case "late_copy":
                self._late.setdefault(call.sid, []).append((fault, webhook))
            case "connect_failure":
                attempts = int(fault.number("attempts", 0)) or 99
                webhook = replace(webhook, failing_attempts=attempts)
            case "duplicate_same_token" | "duplicate_new_token":
                return await self._twice(call, webhook, purpose, fault)
        answer = await self._recorded(call, webhook, purpose)
        if fault.kind == "read_timeout":
            await call.clock.sleep(split(webhook.url)[1].read)
            raise WebhookProblem(problems.RETRIEVAL, "read time-out (injected)")
        if fault.kind == "http_error":
            status = int(fault.number("status", 503))
            raise WebhookProblem(problems.HTTP_ERROR, f"{status} (injected)")
        return answer

    async def _twice(self, call: Call, webhook: Webhook, purpose: str, fault: Fault) -> Answer:
        answer = await self._recorded(call, webhook, purpose)
        again = webhook
        if fault.kind == "duplicate_new_token":
            again = replace(webhook, token=str(uuid.uuid4()))
        second = await self._copy(call, again, 0, f"{purpose} (duplicate)")
        same = second is not None and second.body == answer.body
        verdict = "the same answer" if same else "ANOTHER ANSWER"
        call.timeline.add("fault", f"{fault.kind}: {verdict}", same_answer=same)
        return answer

    async def _copy(
        self, call: Call, webhook: Webhook, seconds: float, purpose: str
    ) -> Answer | None:
        # Not on the call's clock: the call goes on meanwhile.
        await asyncio.sleep(seconds / self._pace.speed)
        try:
            return await self._recorded(call, webhook, purpose)
        except WebhookProblem as problem:
            call.timeline.add("error", str(problem), code=problem.code, url=webhook.url)
            return None  # nobody acts on this answer

    async def _recorded(self, call: Call, webhook: Webhook, purpose: str) -> Answer:
        at = call.clock.now()
        request: dict[str, object] = {
            "method": webhook.method,
            "url": webhook.url,
            "form": dict(webhook.form),
            "headers": {"I-Twilio-Idempotency-Token": webhook.token},
        }
        if refused := split(webhook.url)[1].refused:
            call.timeline.add("error", f"connection overrides ignored: {', '.join(refused)}")
        try:
            answer = await self.sender.send(webhook)
        except WebhookProblem:
            call.timeline.add(
                "webhook", f"{purpose}: failed", at=at, purpose=purpose, request=request
            )
            raise
        request["headers"] = {
            "I-Twilio-Idempotency-Token": webhook.token,
            "X-Twilio-Signature": answer.signature,
        }
        call.timeline.add(
            "webhook",
            f"{purpose}: {webhook.method} {answer.url} {answer.status}",
            at=at,
            purpose=purpose,
            request=request,
            response={
                "status": answer.status,
                "content_type": answer.content_type,
                "body": answer.body,
            },
            latency_ms=answer.latency_ms,
            attempts=answer.attempts,
        )
        return answer
