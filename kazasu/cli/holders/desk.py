"""What somebody of the business does at a terminal: begin a check, follow it to its end, and where
two people decide, be the one or the other. The card is tapped elsewhere; this process has none."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from identity.contract_holders.approving import Approving, Decided
from identity.pairing.levels import IdentityLevel
from identity.pairing.model import DeskKind, PairingId, PersonId
from identity.pairing.outcomes import Hint, Status
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.afterwards.lifting import Lifted, Lifting
from identity.pairing.verbs.at_desk import AtDesk, Wanted
from identity.pairing.views import DeskView
from identity.tenants.model import Tenant
from kazasu.cli.holders import telling
from kazasu.cli.holders.staff import SignIn
from kazasu.cli.holders.words import words
from kazasu.cli.terminal import Asks

ENDED_BY: Final = timedelta(seconds=30)
"""A check that is still open so long after its time is ended by nobody: no service runs."""
_DONE: Final = frozenset({Decided.ENROLLED, Decided.ALREADY_ENROLLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose desk it is, and its clock. `origin` is where the service is reached; `pause` is waited
    for between two looks at how a check stands."""

    tenant: Tenant
    origin: str
    now: Callable[[], datetime]
    pause: Callable[[], Awaitable[None]]


class HoldersDesk:
    def __init__(
        self,
        place: Place,
        at_desk: AtDesk,
        approving: Approving,
        lifting: Lifting,
        sign_in: SignIn,
        asks: Asks,
    ) -> None:
        self._place = place
        self._tenant = place.tenant
        self._at_desk = at_desk
        self._approving = approving
        self._lifting = lifting
        self._sign_in = sign_in
        self._asks = asks

    async def enroll(self, *, contract: str, phone: str) -> bool:
        """Whether the card's person holds the contract now."""
        operator = await self._signed_in("operator")
        if not operator:
            return False
        wanted = Wanted(
            kind=DeskKind.ENROLMENT,
            by=operator,
            key=secrets.token_urlsafe(16),
            contract=contract,
            phone=phone,
            require=IdentityLevel.ID_CARD_SIGN,
        )
        view = await self._followed(wanted)
        if view is None:
            return False
        self._say(*telling.enrolment(view))
        if view.enrolment is None:
            return False
        if view.enrolment.waits:
            return await self._second(view.pairing)
        return view.enrolment.outcome in {done.value for done in _DONE}

    async def check(self, *, contract: str, phone: str, sign: bool, purpose: str) -> bool:
        """Whether the card was proven, and is the contract's where one was named."""
        operator = await self._signed_in("operator")
        if not operator:
            return False
        wanted = Wanted(
            kind=DeskKind.BUSINESS,
            by=operator,
            key=secrets.token_urlsafe(16),
            contract=contract,
            phone=phone,
            require=IdentityLevel.ID_CARD_SIGN if sign else IdentityLevel.ID_CARD_AUTH,
            purpose=purpose,
        )
        view = await self._followed(wanted)
        if view is not None:
            self._say(*telling.checked(view))
        return view is not None and view.status is Status.COMPLETE

    async def approve(self, enrolment: str) -> bool:
        """The second person's word."""
        return await self._shown(enrolment) and await self._second(enrolment)

    async def decline(self, enrolment: str) -> bool:
        if not await self._shown(enrolment):
            return False
        login = await self._signed_in("operator")
        if not login:
            return False
        decided = await self._approving.decline(
            self._tenant, enrolment, login, at=self._place.now()
        )
        self._say(telling.decided(decided))
        return decided is Decided.DECLINED

    async def link(self, contract: str, person: str) -> bool:
        """Without a card, by the word of two."""
        first, second = await self._two()
        if not second:
            return False
        decided = await self._approving.give(
            self._tenant, contract, person, by=first, second=second, at=self._place.now()
        )
        self._say(telling.given(decided, contract=contract, person=person))
        return decided in _DONE

    async def unlink(self, contract: str, person: str) -> bool:
        """A wrong tie to this person undone, by the word of two."""
        first, second = await self._two()
        if not second:
            return False
        decided = await self._approving.untie(
            self._tenant, contract, person, by=first, second=second, at=self._place.now()
        )
        self._say(telling.untied(decided, contract=contract, person=person))
        return decided is Decided.UNTIED

    async def lift(self, person: str) -> bool:
        """The hold of a person's card, by the word of two."""
        first, second = await self._two()
        if not second:
            return False
        lifted = await self._lifting.lift(
            self._tenant, PersonId(person), by=first, second=second, at=self._place.now()
        )
        self._say(telling.lifted(lifted))
        return lifted is Lifted.LIFTED

    async def _followed(self, wanted: Wanted) -> DeskView | None:
        """The check as it ended; None, with words, when it could not begin or nobody ended it."""
        view = await self._at_desk.begin(self._tenant.id, wanted)
        if isinstance(view, Refusal):
            self._say(telling.problem(view.code))
            return None
        self._say(*telling.code(view, self._place.origin))
        try:
            return await self._ended(view)
        except asyncio.CancelledError:  # Ctrl-C: nobody shall tap for a desk that has gone
            await self._at_desk.stop(self._tenant.id, view.pairing)
            raise

    async def _ended(self, view: DeskView) -> DeskView | None:
        told: Hint | None = view.hint
        while view.status is Status.PENDING:
            if self._place.now() > view.expires_at + ENDED_BY:
                self._say(words("no_service"))
                return None
            await self._place.pause()
            found = await self._at_desk.view(self._tenant.id, view.pairing)
            assert found is not None  # pairings are never deleted
            view = found
            if view.hint is not told and view.status is Status.PENDING:
                self._say(telling.step(view.hint))
            told = view.hint
        return view

    async def _shown(self, enrolment: str) -> bool:
        waiting = await self._approving.waiting(self._tenant)
        found = next((wait for wait in waiting if wait.id == enrolment), None)
        if found is None:
            self._say(telling.decided(Decided.NOT_WAITING))
            return False
        self._say(*telling.waiting(found))
        return True

    async def _second(self, enrolment: PairingId | str) -> bool:
        second = await self._signed_in("second")
        if not second:
            self._say(words("waits", enrolment=enrolment))
            return False
        decided = await self._approving.approve(
            self._tenant, enrolment, second, at=self._place.now()
        )
        self._say(telling.decided(decided))
        return decided in _DONE

    async def _two(self) -> tuple[str, str]:
        """Two logins, one after the other; the second is "" when either did not sign in."""
        first = await self._signed_in("operator")
        return first, await self._signed_in("second") if first else ""

    async def _signed_in(self, who: str) -> str:
        """The login; "" with words when nobody signs in."""
        login = self._asks.visible(words(who))
        if not login:
            self._say(words("stopped"))
        elif await self._sign_in(login, self._asks.unseen(words("password", login=login))):
            return login
        else:
            self._say(words("not_signed_in"))
        return ""

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._asks.say(line)
