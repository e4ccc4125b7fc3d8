"""Queues and their members by REST."""

from __future__ import annotations

from quart import request

from stand_ins.carrier.calls.call import DocumentRequest, Redirected
from stand_ins.carrier.exchange import Exchange
from stand_ins.carrier.queues import Member, Queue
from stand_ins.carrier.rest import refusals
from stand_ins.carrier.rest.refusals import Refused, not_found
from stand_ins.carrier.rest.shapes import member_shape, page_shape, queue_shape

Shape = dict[str, object]


class QueueResources:
    """Answers are (body, HTTP status)."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._account = exchange.credentials.account_sid

    async def list_all(self) -> tuple[Shape, int]:
        shapes = [queue_shape(q, self._account) for q in self._exchange.queues.all()]
        return _page("queues", shapes), 200

    async def fetch(self, sid: str) -> tuple[Shape, int]:
        return queue_shape(self._find(sid), self._account), 200

    async def delete(self, sid: str) -> tuple[None, int]:
        queue = self._find(sid)
        if queue.members:
            raise Refused(refusals.QUEUE_NOT_EMPTY, "Cannot delete a queue that is not empty")
        self._exchange.queues.remove(queue)
        return None, 204

    async def members(self, sid: str) -> tuple[Shape, int]:
        queue = self._find(sid)
        shapes = [member_shape(queue, m, self._account) for m in queue.members]
        return _page("queue_members", shapes), 200

    async def member(self, sid: str, member: str) -> tuple[Shape, int]:
        queue = self._find(sid)
        return member_shape(queue, _member(queue, member), self._account), 200

    async def dequeue(self, sid: str, member: str) -> tuple[Shape, int]:
        """The waiting call leaves the queue for the document at `Url`."""
        queue = self._find(sid)
        found = _member(queue, member)
        form = await request.form
        url, method = form.get("Url", ""), form.get("Method", "POST").upper()
        if not url.startswith(("http://", "https://")):
            raise Refused(refusals.BAD_URL, "Url is not a valid URL")
        if method not in ("GET", "POST"):
            raise Refused(refusals.BAD_METHOD, "Method must be GET or POST")
        shape = member_shape(queue, found, self._account)
        call = self._exchange.calls[found.call_sid]
        call.interrupt(Redirected(source=DocumentRequest(url=url, method=method)))
        return shape, 200

    def _find(self, sid: str) -> Queue:
        queue = self._exchange.queues.find(sid)
        if queue is None:
            raise not_found(request.path)
        return queue


def _member(queue: Queue, name: str) -> Member:
    """By call sid, or `Front` for the one who has waited longest."""
    for member in queue.members:
        if name in ("Front", member.call_sid):
            return member
    raise not_found(request.path)


def _page(key: str, shapes: list[Shape]) -> Shape:
    page, size = request.args.get("Page", "0"), request.args.get("PageSize", "50")
    if not page.isdigit() or not size.isdigit() or not 1 <= int(size) <= 1000:
        raise Refused(refusals.BAD_PARAMETER, "Invalid Page or PageSize")
    return page_shape(key, shapes, request.path, int(page), int(size))
