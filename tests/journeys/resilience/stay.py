"""Two green calls in one house, and everything that was heard of them on the way."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from stand_ins.jpki.card_file import read_card
from tests.journeys.resilience.canaries import Canary
from tests.journeys.resilience.house import House
from tests.journeys.resilience.parties import people
from tests.journeys.resilience.parties.line import Entry, never_left_alone
from tests.journeys.resilience.story import Story, story

BY_CUSTOMER_NUMBER = ("3", people.CUSTOMER_NUMBER)
FOR_A_CHANGE = ("2",)
"""A change asks for the signature certificate, which holds name, address, birth date and sex."""


@dataclass(slots=True, kw_only=True)
class Stay:
    """`answers`: head of every HTTP answer to app and console; `dump`: the database as text."""

    house: House
    dump: bytes = field(default=b"", repr=False)
    told: list[Story] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    timelines: list[Entry] = field(default_factory=list)

    @property
    def pops(self) -> list[dict[str, Any]]:
        return [told.pop for told in self.told]

    async def live(self) -> None:
        for keys, checks in ((BY_CUSTOMER_NUMBER, 1), (FOR_A_CHANGE, 2)):
            async with story(self.house, keys=keys, checks=checks, hear=self._hear) as told:
                await told.tell()
                await never_left_alone(told.line)
                self.told.append(told)
            self.timelines += told.line.entries

    async def _hear(self, answer: httpx2.Response) -> None:
        if not str(answer.request.url).startswith(self.house.base):
            return  # the carrier and the cards are not ours
        head = [f"{name}: {value}" for name, value in answer.headers.multi_items()]
        self.answers.append("\n".join([str(answer.request.url), *head]))

    def canaries(self) -> list[Canary]:
        """All that must be nowhere: of the people, of the card, of these calls."""
        texts = {
            "caller's number": people.CALLER.removeprefix("+81"),
            "caller's number as written": "4815-1623",
            "operator's number": people.OPERATOR_PHONE.removeprefix("+81"),
            "operator's name": people.OPERATOR_NAME.split("　")[0],
            "operator's password": people.OPERATOR_PASSWORD,
            "customer number": people.CUSTOMER_NUMBER,
            "holder's name": people.HOLDER_NAME,
            "given name": "金糸雀",
            "family name on the card": "鵯越",
            "address": "鶯谷九丁目",
            "house number": "87番65-432号",
            "birth date": people.ON_THE_CARD.birth_date[1:],
            "PIN": people.PIN,
            "signature password": people.SIGN_PASSWORD,
        }
        secret = self.house.place.secrets_dir
        texts |= {path.name: path.read_text(encoding="utf-8") for path in secret.iterdir()}
        texts.pop("twilio_account_sid")  # an identifier, not a secret
        for code in (code for told in self.told for code in told.codes):
            halves = code[: len(code) // 2], code[len(code) // 2 :]
            texts |= {f"a code {len(texts)}{m}": m.join(halves) for m in ("", " ", "-")}
        return [Canary(name=n, value=v) for n, v in texts.items()] + self._of_the_card()

    def _of_the_card(self) -> list[Canary]:
        card = read_card(self.house.place.cards / f"{people.CARD}.json")
        parts = {
            "authentication certificate": card.auth.certificate[-200:-160],
            "signature certificate": card.sign.certificate[-200:-160],
        }
        for number, told in enumerate(self.told, start=1):
            assert told.tapped is not None
            parts[f"signature {number}"] = told.tapped.signature[:32]
            parts[f"signed {number}"] = told.tapped.signed[-32:]
        return [Canary(name=name, value=value) for name, value in parts.items()]
