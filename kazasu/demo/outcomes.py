"""What becomes of every test card in every way to pair: run, and written as a table.

`python -m kazasu.demo.outcomes docs/test-cards.md` starts a demo of its own, makes all calls and
puts their results between the marks of that file; with `--check` it only compares (1: differs).
"""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from kazasu.demo import programs, run
from kazasu.demo.call import AtTheDemo, Wish, at_once, at_the_demo, result_of
from kazasu.demo.place import Place
from kazasu.demo.processes import Processes
from kazasu.demo.terminal.conversation import Conversation
from kazasu.demo.terminal.script import MODES
from stand_ins.card.titles import title
from stand_ins.jpki.cards import DEMO_CARDS

BEGIN: Final = "<!-- outcomes: written by `make cards` -->"
END: Final = "<!-- end of outcomes -->"
LONGEST: Final = 120.0
SPEED: Final = 60.0
_HEADINGS: Final = {
    "app_dial": "`app_dial`: tap first, then the app calls",
    "sms_link": "`sms_link`: by the link of a text message",
    "spoken_code": "`spoken_code`: by the code that the call speaks",
    "operator_started": "`operator_started`: the operator has the caller checked",
    "keyed_code": "`keyed_code`: the caller keys the app's code (off by default)",
}
_COLUMNS: Final = ("card", "status / hint", "identity, binding", "badge", "queue", "caller hears")
_CHANGES: Final = ("valid", "moved-holder")
"""Cards that are tried for a change of the contract too: with the signature certificate."""

_WITHOUT: Final = """      require: {identity: id_card_auth, binding: bind_choice}
      step_up: {identity: id_card_sign, binding: bind_choice, when: "answers.topic == 'change'"}
      modes: [{spoken_code: {prompt: verify.code}}, {sms_link: {prompt: verify.sent}}]"""
_WITH_KEYED: Final = """      require: {identity: id_card_auth, binding: bind_code}
      step_up: {identity: id_card_sign, binding: bind_code, when: "answers.topic == 'change'"}
      modes: [{spoken_code: {prompt: verify.code}}, {sms_link: {prompt: verify.sent}},
              {keyed_code: {prompt: verify.key, accessibility: true}}]"""
_PROMPT: Final = (
    "  verify.key: {ja-JP: アプリの番号を、電話のボタンで押してください。, "
    "en-US: Please key the number in the app on your telephone.}\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One row: as documented, and as measured."""

    wish: Wish
    cells: tuple[str, ...]

    @property
    def row(self) -> str:
        return f"| {' | '.join(self.cells)} |"


def wishes(mode: str) -> list[Wish]:
    """Every card in one way; a change of the contract where the call asks for what is wanted."""
    plain = [Wish(card=card, mode=mode) for card in DEMO_CARDS]
    if mode not in ("spoken_code", "sms_link"):
        return plain
    return [*plain, *(Wish(card=card, mode=mode, change=True) for card in _CHANGES)]


async def outcome(there: AtTheDemo, wish: Wish) -> Outcome:
    """Makes the call. TimeoutError when it comes to no end."""

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    tell(f"--- {wish.mode} {wish.card}{' (change)' if wish.change else ''}")
    # One installation for all would ask more in a minute than one may.
    around = there.around(tell, at_once, app=wish.mode)
    talk = Conversation(around, there.telephone, there.operator, wish.script)
    async with asyncio.timeout(LONGEST):
        try:
            await talk.run()
        finally:
            await there.operator.leave()
        return documented(wish, await result_of(talk, wish, there.telephone))


def documented(wish: Wish, result: Mapping[str, Any]) -> Outcome:
    card = f"`{wish.card}`{', change' if wish.change else ''}"
    if not result["called"]:
        refused = f"app: `{result['app']}`"
        return Outcome(wish=wish, cells=(card, refused, "–", "–", "–", "no call is placed"))
    hears = "–" if wish.mode == "operator_started" else _first_sentence(result["heard"])
    return Outcome(
        wish=wish,
        cells=(
            card,
            f"{result['status']} / {result['hint']}",
            f"`{result['identity_level']}`, `{result['binding_level']}`",
            str(result["badge"]),
            str(result["queue"]),
            hears,
        ),
    )


def _first_sentence(caption: str) -> str:
    return f"{caption.split('。')[0]}。" if caption else "–"


def tables(found: Iterable[Outcome]) -> str:
    """Markdown: one table for each way, in the order of `_HEADINGS`."""
    rows = list(found)
    parts = []
    for mode, heading in _HEADINGS.items():
        of_mode = [one.row for one in rows if one.wish.mode == mode]
        if of_mode:
            head = [f"| {' | '.join(_COLUMNS)} |", f"|{' --- |' * len(_COLUMNS)}"]
            parts.append("\n".join([f"### {heading}", "", *head, *of_mode]))
    return "\n\n".join(parts)


def committed(text: str) -> str:
    """What stands between the marks. ValueError without them."""
    return text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()


def cards_table() -> str:
    """What each card is, as the drawer says it."""
    rows = [f"| `{name}` | {title(name).en_line} | {title(name).ja_line} |" for name in DEMO_CARDS]
    return "\n".join(["| card | does | 内容 |", "| --- | --- | --- |", *rows])


def offer_keyed_codes(flows: Path) -> None:
    """The shipped flow with the accessibility exception as its last way, and content with what that
    can reach. ValueError when the flow is not the one this was written for."""
    flow, prompts = flows / "main-inbound.yaml", flows / "prompts" / "main.yaml"
    words = flow.read_text(encoding="utf-8")
    if words.count(_WITHOUT) != 1:
        raise ValueError("main-inbound.yaml has other ways to pair than this was written for")
    flow.write_text(words.replace(_WITHOUT, _WITH_KEYED), encoding="utf-8")
    text = prompts.read_text(encoding="utf-8")
    prompts.write_text(text.replace("prompts:\n", f"prompts:\n{_PROMPT}", 1), encoding="utf-8")


async def all_outcomes(folder: Path, modes: Sequence[str]) -> list[Outcome]:
    """In a demo of their own, one call after the other."""
    flows = folder / "flows"
    shutil.copytree(run.flows_folder(""), flows)
    offer_keyed_codes(flows)
    place, processes = Place(folder=folder / "demo"), Processes()
    try:
        await run.start(processes, place, flows, 0, speed=SPEED, options=programs.KEYED_CODES)
        running = await run.running_demo(place)
        assert running is not None
        async with at_the_demo(place, running) as there:
            return [await outcome(there, wish) for mode in modes for wish in wishes(mode)]
    finally:
        await processes.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m kazasu.demo.outcomes", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    text = given.file.read_text(encoding="utf-8")
    before = committed(text)
    with TemporaryDirectory(prefix="kazasu-cards-") as folder:
        found = asyncio.run(all_outcomes(Path(folder), MODES))
    now = f"{cards_table()}\n\n{tables(found)}"
    if given.check:
        return 0 if now == before else 1
    given.file.write_text(text.replace(before, now) if before else _filled(text, now), "utf-8")
    return 0


def _filled(text: str, now: str) -> str:
    return text.replace(BEGIN, f"{BEGIN}\n\n{now}\n", 1)


if __name__ == "__main__":
    sys.exit(main())
