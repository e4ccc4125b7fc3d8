"""People of a business at a terminal, and the customer whom they check, who taps elsewhere."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import operator_console
from door_frame.page import Texts
from identity.contract_holders.approving import Approving
from identity.contract_holders.model import Holder
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.recording import Recorder
from identity.pairing.model import DeskKind
from identity.pairing.outcomes import Hint
from identity.pairing.verbs.afterwards.lifting import Lifting
from kazasu.cli.holders.desk import HoldersDesk, Place
from stand_ins.jpki.names import Purpose
from tests.identity.contract_holders.memory_enrolments import MemoryEnrolments, MemoryStaff
from tests.identity.pairing.desk_world import claimed, tapped
from tests.identity.pairing.world import CARD, LINE, TENANT, World
from tests.identity.verification.sources import Answering

PASSWORD = "a good password"
HANAKO = Holder(
    tenant=TENANT.id,
    contract_ref="K-1",
    display_name="風道 花子",
    phones=(LINE,),
    birth_date="1956-04-12",
    address="霞県風道市港町1-2-3",
)
TEXTS = Texts(Path(str(operator_console.__file__)).parent / "texts")


def text(key: str) -> str:
    """As the console says it."""
    return TEXTS.text("en", key)


class Sitter:
    """Types these logins, one after the other, and then nothing."""

    def __init__(self, *logins: str, password: str = PASSWORD) -> None:
        self._logins = list(logins)
        self._password = password
        self.said: list[str] = []

    def visible(self, question: str) -> str:
        return self._logins.pop(0) if self._logins else ""

    def unseen(self, question: str) -> str:
        return self._password

    def say(self, line: str) -> None:
        self.said.extend(line.splitlines())

    @property
    def code(self) -> str:
        """As it is read off the screen."""
        (shown,) = [line for line in self.said if line.startswith("    ")]
        return shown.replace(" ", "")


class Office:
    def __init__(self, contract: Holder = HANAKO) -> None:
        self.world = World()
        self.world.holders.rows[TENANT.id, contract.contract_ref] = contract
        self.enrolments = MemoryEnrolments(self.world.holders, self.world.linkage)
        self.staff = MemoryStaff("sato", "suzuki")
        self.approving = Approving(
            self.world.holders,
            ContractHolders(self.world.holders, self.world.linkage, bytes),
            self.enrolments,
            Answering(),
            self.staff,
            Recorder(bytes),
        )

    def desk(
        self, sitter: Sitter, pause: Callable[[], Awaitable[None]] | None = None
    ) -> HoldersDesk:
        async def nobody() -> None:
            self.world.clock.pass_by(minutes=1)

        async def sign_in(login: str, password: str) -> bool:
            return login in ("sato", "suzuki") and password == PASSWORD

        place = Place(
            tenant=TENANT,
            origin="https://kazasu.example",
            now=self.world.clock,
            pause=pause or nobody,
        )
        lifting = Lifting(self.world.card_holds, self.staff, Recorder(bytes))
        return HoldersDesk(place, self.world.at_desk, self.approving, lifting, sign_in, sitter)

    def customer(
        self, sitter: Sitter, kind: DeskKind, *, purpose: Purpose = "sign", serial: int = CARD
    ) -> Callable[[], Awaitable[None]]:
        """Types the code at the first look of the desk, and taps at the next."""
        steps = iter(("code", "card"))
        claim: Any = None

        async def pause() -> None:
            nonlocal claim
            if next(steps) == "code":
                claim = await claimed(self.world, sitter.code)
                return
            told = await self.world.claiming.progress(
                self.world.app(), claim.view.pairing, Hint.AWAITING_CARD
            )
            await tapped(self.world, told, kind, purpose=purpose, serial=serial)  # type: ignore[arg-type]  # a view
            self.enrolments.waits |= {wait.id: wait for wait in self.world.waits}

        return pause

    async def enroll(self, *logins: str, serial: int = CARD) -> tuple[bool, list[str]]:
        sitter = Sitter(*logins)
        desk = self.desk(sitter, self.customer(sitter, DeskKind.ENROLMENT, serial=serial))
        return await desk.enroll(contract="K-1", phone=""), sitter.said

    @property
    def person(self) -> str:
        return self.world.holders.rows[TENANT.id, "K-1"].person
