"""How commands tell what became of a version: a sentence for people, or one JSON document."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ivr.flow_library.model import CANARY
from ivr.flow_library.publishing import Published, Refused, Waiting, Why
from ivr.flow_linter.finding import Finding
from kazasu.cli.flow.words import said
from kazasu.error_lines import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    spoken: str
    as_json: bool

    def findings(self, found: Sequence[Finding]) -> None:
        self.lines(finding.render(self.spoken) for finding in found)

    def lines(self, lines: Iterable[str]) -> None:
        for line in () if self.as_json else lines:
            print(line)

    def refused(self, why: str, **facts: object) -> int:
        if self.as_json:
            print(json.dumps({"result": "refused", "why": why, **facts}, ensure_ascii=False))
        else:
            say(said(why, self.spoken, **facts))
        return 1

    def note(self, name: str, **facts: object) -> None:
        if not self.as_json:
            print(said(name, self.spoken, **facts))

    def result(self, result: str, words: str, **facts: object) -> None:
        if self.as_json:
            print(json.dumps({"result": result, **facts}, ensure_ascii=False))
        else:
            self.note(words, **facts)


def told(telling: Telling, done: Published, flow_id: str, alias: str, **more: object) -> int:
    """What became of a move; `more` is for the JSON document. To want what is there already is no
    failure."""
    if isinstance(done, Refused):
        if done.why is Why.ALREADY:
            telling.result("unchanged", "already_there", flow=flow_id, alias=alias, **more)
            return 0
        return telling.refused(done.why.value, flow=flow_id, alias=alias)
    if isinstance(done, Waiting):
        one = done.proposal
        telling.result(
            "waiting",
            "waiting",
            id=one.id,
            flow=one.flow_id,
            alias=one.alias,
            went_to=short(one.went_to),
            missing=one.needed - len(one.approvals),
            **more,
        )
        return 0
    move = done.move
    telling.result(
        "moved",
        "canary_moved" if move.alias == CANARY and move.went_to else "moved",
        flow=move.flow_id,
        alias=move.alias,
        came_from=short(move.came_from),
        went_to=short(move.went_to),
        percent=percent_of(move.share),
        **more,
    )
    if done.promoted:
        telling.note("promoted")
    return 0


def short(version: str) -> str:
    return version[:12] or "–"


def percent_of(share: int) -> str:
    return f"{Decimal(share) / 100:f}"
