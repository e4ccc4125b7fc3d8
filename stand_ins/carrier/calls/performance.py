"""Documents played on a call, one after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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
from stand_ins.carrier.twiml.page import Page
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
        self.page = Page(None)

    async def documents(self, source: Source) -> Ended | LeftQueue | None:
        """Play from `source` on until the verbs run out (None), the queue is left, or the end.

        What cannot be had goes to the fallback URL, then to the carrier's error sentence; a
        document in a queue or before a bridge raises WebhookProblem instead.
        """
        while True:
            try:
                outcome = await self.verbs(await self._obtain(source))
            except WebhookProblem as problem:
                self.call.timeline.add("error", str(problem), code=problem.code, url=self.page.url)
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
                life.mark_answered(self.exchange, self.call)
            outcome = await table.VERBS[element.tag].perform(self, element)
            if outcome is not None:
                return outcome
        return None

    def another(
        self,
        *,
        call: Call | None = None,
        allowed: frozenset[str] | None = None,
        params: Callable[[], Mapping[str, str]] = dict,
    ) -> Performance:
        """For another leg, or for what this call hears beside its own documents."""
        return Performance(self.exchange, call or self.call, allowed=allowed, params=params)

    async def resume(self, position: Position | None, target: Source) -> object:
        """Go on after a redirect that interrupted `position`."""
        return await redirects.carry_out(self, position, target)

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
            self.page, body = Page(None), source.twiml
        else:
            self.page = Page(source.url)
            form = standard_fields(self.call) | dict(self._params()) | source.params
            answer = await self.exchange.delivery.document(
                self.call, source.url, source.method, form, purpose="document"
            )
            check_content_type(answer.content_type)
            body = answer.body
        elements = parse(body)
        self.call.timeline.add("document", outline(elements), url=self.page.url, twiml=body)
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
            life.mark_answered(self.exchange, self.call)
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
