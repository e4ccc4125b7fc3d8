"""Documents played on a call, one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from stand_ins.carrier.calls import life, redirects
from stand_ins.carrier.calls.call import (
    Call,
    DocumentRequest,
    GivenDocument,
    Position,
    Source,
)
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.twiml.document import check_content_type, outline, parse
from stand_ins.carrier.verbs import table
from stand_ins.carrier.verbs.outcome import Ended, Goto, LeftQueue, Outcome
from stand_ins.carrier.webhooks import problems
from stand_ins.carrier.webhooks.form import standard_fields
from stand_ins.carrier.webhooks.problems import WebhookProblem

ERROR_SENTENCE = "We are sorry, an application error has occurred. Goodbye."
UNANSWERED_VERBS = frozenset({"Reject", "Pause", "Redirect"})


class Performance:
    """Plays documents on one call.

    `allowed` narrows the verbs (documents heard in a queue or before a bridge), `params` are
    fields that every request of these documents carries beside the standard ones.
    """

    def __init__(
        self,
        exchange: Exchange,
        call: Call,
        *,
        allowed: frozenset[str] | None = None,
        params: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.exchange = exchange
        self.call = call
        self.allowed = allowed
        self._params = params
        self._url: str | None = None

    async def documents(self, source: Source) -> Ended | LeftQueue | None:
        """Play from `source` on until the verbs run out (None), the queue is left, or the end.

        What cannot be had goes to the fallback URL, then to the carrier's error sentence; a
        document in a queue or before a bridge raises WebhookProblem instead.
        """
        while True:
            try:
                outcome = await self.verbs(await self._obtain(source))
            except WebhookProblem as problem:
                if self.allowed is not None:
                    raise
                fallback = self._fallback(source, problem)
                if fallback is None:
                    return await self._give_up()
                source = fallback
                continue
            if not isinstance(outcome, Goto):
                return outcome
            source = outcome.request

    async def verbs(self, elements: Sequence[Element]) -> Outcome:
        """Perform verbs in order until one of them leads elsewhere."""
        for element in elements:
            if not self._performable(element):
                continue
            if self.call.status == "ringing" and element.tag not in UNANSWERED_VERBS:
                self.answer()
            outcome = await table.VERBS[element.tag].perform(self, element)
            if outcome is not None:
                return outcome
        return None

    def answer(self) -> None:
        """The call is up from here on."""
        life.mark_answered(self.exchange, self.call)

    def fields(self) -> dict[str, str]:
        """The standard fields of a request about this call, now."""
        return standard_fields(self.call)

    def apart(
        self, allowed: frozenset[str], params: Callable[[], Mapping[str, str]]
    ) -> Performance:
        """For documents that the call hears beside its own: in a queue, before a bridge."""
        return Performance(self.exchange, self.call, allowed=allowed, params=params)

    def on(self, other: Call) -> Performance:
        """For another leg of the same exchange."""
        return Performance(self.exchange, other)

    async def resume(self, position: Position | None, target: Source) -> object:
        """Go on after a redirect that interrupted `position`."""
        return await redirects.carry_out(self, position, target)

    def request(self, address: str, method: str | None, params: dict[str, str]) -> DocumentRequest:
        """A request of this document: relative addresses count from it, an empty one is it."""
        return DocumentRequest(
            url=self.resolve(address), method=(method or "POST").upper(), params=params
        )

    def resolve(self, address: str) -> str:
        """An absolute URL. WebhookProblem 15004 when this document has no address of its own."""
        address = address.strip()
        url = urljoin(self._url, address) if self._url and address else address or self._url
        if not url or "://" not in url:
            raise self._problem(problems.RELATIVE_URL, address or "no action")
        return url

    def maybe_resolve(self, address: str | None) -> str | None:
        """As `resolve`, but None for no address or one that cannot be made absolute."""
        if address is None or (self._url is None and "://" not in address):
            return None
        return self.resolve(address)

    @contextmanager
    def inside(self, position: Position) -> Iterator[None]:
        """While this verb runs, it is what a redirect interrupts (the outermost one counts)."""
        outer = self.call.position
        self.call.position = outer or position
        try:
            yield
        except asyncio.CancelledError:
            raise  # the position is what the redirect needs to know
        except BaseException:
            self.call.position = outer
            raise
        self.call.position = outer

    async def _obtain(self, source: Source) -> list[Element]:
        if isinstance(source, GivenDocument):
            self._url, body = None, source.twiml
        else:
            self._url = source.url
            form = standard_fields(self.call) | dict(self._params()) | source.params
            answer = await self.exchange.delivery.document(
                self.call, source.url, source.method, form, purpose="document"
            )
            body = answer.body
            try:
                check_content_type(answer.content_type)
            except WebhookProblem as problem:
                raise self._noted(problem) from None
        try:
            elements = parse(body)
        except WebhookProblem as problem:
            raise self._noted(problem) from None
        self.call.timeline.add("document", outline(elements), url=self._url, twiml=body)
        return elements

    def _fallback(self, source: Source, problem: WebhookProblem) -> DocumentRequest | None:
        url = self.call.fallback
        failed = source.url if isinstance(source, DocumentRequest) else ""
        if url is None or (isinstance(source, DocumentRequest) and "ErrorCode" in source.params):
            return None
        params = {"ErrorCode": str(problem.code), "ErrorUrl": failed}
        return DocumentRequest(url=url, params=params)

    async def _give_up(self) -> Ended:
        if self.call.status == "ringing":
            self.answer()
        sentence = Element("Say", {"language": "en-US"})
        sentence.text = ERROR_SENTENCE
        await self.verbs([sentence])
        return Ended(reason="application error")

    def _performable(self, element: Element) -> bool:
        timeline = self.call.timeline
        verb = table.VERBS.get(element.tag)
        if verb is None:
            timeline.add("not_simulated", f"not simulated: {element.tag}", verb=element.tag)
            return False
        if self.allowed is not None and element.tag not in self.allowed:
            text = f"12200 {element.tag} is not allowed in this document"
            timeline.add("error", text, code=problems.NOT_THE_SCHEMA)
            return False
        self.check_attributes(element, verb.attributes)
        if element.tag not in ("Say", "Play", "Pause"):
            attributes = " ".join(f'{k}="{v}"' for k, v in element.items())
            timeline.add("verb", f"{element.tag} {attributes}".strip(), verb=element.tag)
        return True

    def check_attributes(self, element: Element, simulated: frozenset[str]) -> None:
        """Attributes without effect here are said, never passed over."""
        for name in element.attrib:
            if name not in simulated:
                text = f"not simulated: {element.tag} {name}"
                self.call.timeline.add("not_simulated", text, verb=element.tag, attribute=name)

    def _problem(self, code: int, detail: str) -> WebhookProblem:
        return self._noted(WebhookProblem(code, detail))

    def _noted(self, problem: WebhookProblem) -> WebhookProblem:
        self.call.timeline.add("error", str(problem), code=problem.code, url=self._url)
        return problem
