"""Commands to Twilio: redirect a live call, ring an operator, hang up, send a text message.

429 and 5xx are retried with jitter and given up after 8 s. Ringing and texting must not happen
twice: they are retried only when they surely were not processed. A push whose answer was lost is
not repeated, and a late one neither: it would take the caller out of what came since, a talk
perhaps. The hold loop finds by itself what we wanted to push.

No process of ours can tell which calls have gone to the fallback: whoever failed to answer may be
dead, stopped or cut off. The carrier can: before a push it is asked for legs of the call's own.
"""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import partial
from typing import Any, Final, TypeVar

import httpx2
from twilio.base.exceptions import TwilioException

from ivr.carriers.destinations import may_ring, may_text
from ivr.carriers.twilio.parse import ENDED
from ivr.carriers.twilio.twiml import DocumentSettings
from ivr.live_calls.ports import CallGone, CarrierTrouble, TakenOver

_T = TypeVar("_T")
_GIVE_UP_AFTER: Final = 8.0
_PUSH_WITHIN: Final = 3.0
_ASKED_WITHIN: Final = 1.5
_LEGS: Final = 20
"""So many legs of one call are looked at."""
_FIRST_WAIT: Final = 0.25
_CALL_OVER: Final = 21220
_UNKNOWN: Final = 20404
_TOO_MANY: Final = 20429
_NEVER_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
# What the SDK makes of an intermediary's page in place of the API's JSON.
_UNREADABLE: Final = (ValueError, AttributeError, KeyError, TypeError)
Chance = Callable[[], float]


class Again(Enum):
    """When a command that came to nothing is tried again: whatever became of it; unless it was
    sent and its answer was lost; only when it surely was not processed."""

    ALWAYS = "always"
    UNLESS_LOST = "unless_lost"
    UNPROCESSED = "unprocessed"


class TwilioRest:
    """Raises CallGone when the caller has left, CarrierTrouble for everything else."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        api_key: tuple[str, str] | None = None,
        api_base: str,
        documents: DocumentSettings,
        http: httpx2.AsyncClient,
        chance: Chance,
    ) -> None:
        self._make = partial(
            _sdk_client,
            account_sid=account_sid,
            auth_token=auth_token,
            api_key=api_key,
            api_base=api_base,
            http=http,
        )
        self._client: asyncio.Task[Any] | None = None
        self._documents = documents
        self._chance = chance

    async def fetch_again(self, carrier_call_id: str, *, n: int, aside: bool = False) -> None:
        """`aside`: the caller is to leave a talk with an operator of ours, so nobody is asked."""
        if not aside and await self._rings_somebody(carrier_call_id):
            raise TakenOver
        url = (
            self._documents.url("aside", n=n)
            if aside
            else self._documents.url("turn", n=n, resumed=1)
        )
        await self._tried(
            lambda sdk: sdk.calls(carrier_call_id).update_async(url=url, method="POST"),
            again=Again.UNLESS_LOST,
            within=_PUSH_WITHIN,
        )

    async def ring_operator(self, phone: str, *, token: str, dialled: str) -> str:
        return await self._ring(phone, dialled, "operator", token=token)

    async def ring_back(self, phone: str, *, callback: str, dialled: str) -> str:
        return await self._ring(phone, dialled, "callback", id=callback)

    async def send_message(self, to: str, text: str, *, sender: str) -> str:
        if not may_text(to):
            raise CarrierTrouble("not a number that is sent messages")
        sent = await self._tried(
            lambda sdk: sdk.messages.create_async(to=to, from_=sender, body=text),
            again=Again.UNPROCESSED,
        )
        return _sid(sent)

    async def hang_up(self, carrier_call_id: str) -> None:
        await self._tried(lambda sdk: sdk.calls(carrier_call_id).update_async(status="completed"))

    async def is_over(self, carrier_call_id: str) -> bool:
        """By the status that a request for the call gives. An unknown call is no end: who asks
        knows it from the carrier. Nor is it trouble, which would keep other calls from their turn.
        """
        try:
            found = await self._tried(lambda sdk: sdk.calls(carrier_call_id).fetch_async())
        except CallGone:
            return False
        return str(found.status) in ENDED

    async def forget_queue(self, queue_sid: str) -> None:
        """One queue per waiting call: it goes with the call. Already gone is fine."""
        try:
            await self._tried(lambda sdk: sdk.queues(queue_sid).delete_async())
        except CallGone:
            return

    async def _rings_somebody(self, carrier_call_id: str) -> bool:
        """Our documents dial nobody from a caller's call: operators are called by themselves and
        fetch the caller from the queue. A document of the fallback does."""
        legs = await self._tried(
            lambda sdk: sdk.calls.list_async(parent_call_sid=carrier_call_id, limit=_LEGS),
            within=_ASKED_WITHIN,
        )
        return any(str(leg.status) not in ENDED for leg in legs)

    async def _ring(self, phone: str, dialled: str, page: str, **query: str) -> str:
        """`page` is asked when the operator picks up, and `<page>-status` when the leg ends."""
        if not may_ring(phone):
            raise CarrierTrouble("not a number that is rung")
        leg = await self._tried(
            lambda sdk: sdk.calls.create_async(
                to=phone,
                from_=dialled,
                url=self._documents.url(page, **query),
                method="POST",
                status_callback=self._documents.url(f"{page}-status", **query),
                status_callback_method="POST",
                status_callback_event=["completed"],
                timeout=20,
            ),
            again=Again.UNPROCESSED,
        )
        return _sid(leg)

    async def _sdk(self) -> Any:
        """Loaded with the first command, in a thread: a start needs none of its modules, and no
        call waits while they are read. Where they could not be (out of file descriptors, say), the
        next command tries again."""
        if self._client is None:
            self._client = asyncio.ensure_future(asyncio.to_thread(self._make))
        loading = self._client
        try:
            return await asyncio.shield(loading)
        except (OSError, ImportError) as error:
            if self._client is loading:
                self._client = None
            raise CarrierTrouble(type(error).__name__) from None

    async def _tried(
        self,
        command: Callable[[Any], Awaitable[_T]],
        *,
        again: Again = Again.ALWAYS,
        within: float = _GIVE_UP_AFTER,
    ) -> _T:
        wait = _FIRST_WAIT
        try:
            async with asyncio.timeout(within):
                sdk = await self._sdk()
                while True:
                    try:
                        return await command(sdk)
                    except TwilioException as error:
                        if not _worth_another(error, again):
                            raise CarrierTrouble(_code(error)) from None
                    except httpx2.TransportError as error:
                        if again is not Again.ALWAYS and not isinstance(error, _NEVER_SENT):
                            raise CarrierTrouble(type(error).__name__) from None
                    except _UNREADABLE:
                        raise CarrierTrouble("unreadable answer") from None
                    await asyncio.sleep(wait * (0.5 + self._chance()))
                    wait *= 2
        except TimeoutError:
            raise CarrierTrouble("gave up") from None


def _sdk_client(**given: Any) -> Any:
    from ivr.carriers.twilio.sdk import sdk_client  # late: see `_sdk`

    return sdk_client(**given)


def _sid(made: Any) -> str:
    if not made.sid:
        raise CarrierTrouble("unreadable answer")
    return str(made.sid)


def _worth_another(error: TwilioException, again: Again) -> bool:
    """Raises CallGone for a call (or queue) that is over or unknown."""
    status, code = _status(error), getattr(error, "code", 0)
    if code in (_CALL_OVER, _UNKNOWN) or status == 404:
        raise CallGone from None
    # 429 was never processed; after a 5xx nobody knows.
    unprocessed = status == 429 or code == _TOO_MANY
    return unprocessed or (again is not Again.UNPROCESSED and status >= 500)


def _status(error: TwilioException) -> int:
    """A list that cannot be had keeps its answer only among what it was raised with."""
    answers = (getattr(given, "status_code", 0) for given in error.args)
    return int(getattr(error, "status", 0) or next(filter(None, answers), 0))


def _code(error: TwilioException) -> str:
    return str(getattr(error, "code", type(error).__name__))
