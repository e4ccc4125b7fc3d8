"""`kazasu flow simulate`: talk to a flow in the terminal."""

import sys
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.flow_engine.definition import Flow
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import NamedFlow, one_flow
from kazasu.cli.flow.simulator.conversation import TYPED_AT, Conversation, Refused
from kazasu.cli.flow.simulator.earpiece import Earpiece
from kazasu.cli.flow.simulator.screen import Screen
from kazasu.cli.flow.simulator.typed import (
    Help,
    Quit,
    SetCallback,
    SetLookup,
    Silence,
    Typed,
    Unknown,
    understood,
)
from kazasu.error_lines import complain_of_settings, say
from kazasu.wiring.flow_files.recordings import Recordings


def simulate(*, file: str, caller: str, at: str, lang: str, save: bool) -> int:
    """0 for a conversation without fault, 1 with one or for a flow with errors, 2 for wrong use."""
    spoken = language(lang)
    with complain_of_settings():
        starts = _starts(at)
        if starts is None:
            say(f"--at {at}: a time such as 2026-11-24T10:00:00+09:00")
            return 2
        found = one_flow(file, spoken)
        if isinstance(found, int):
            return found
        of, flow = found
        return _talk(of, flow, starts, (caller, _dialled(flow)), spoken, save=save)
    return 2


def _talk(
    of: NamedFlow, flow: Flow, starts: datetime, call: tuple[str, str], spoken: str, *, save: bool
) -> int:
    conversation = Conversation(flow, starts=starts, call=call)
    folder = of.draft.folder
    screen = Screen(flow, Earpiece(folder, Recordings(folder).seconds), spoken)
    screen.begins(call, starts)
    screen.shows(conversation)
    for line in _lines(screen):
        typed = understood(line, TYPED_AT)
        if isinstance(typed, Quit):
            break
        _do(conversation, screen, typed)
        screen.shows(conversation)
        if conversation.playing.ended:
            break
    screen.ends(conversation)
    if save:
        print()
        print(conversation.as_test(f"simulated {starts:%Y-%m-%d %H:%M}"), end="")
    return 1 if conversation.playing.way.faults else 0


def _do(conversation: Conversation, screen: Screen, typed: Typed) -> None:
    failure = None
    try:
        match typed:
            case Help():
                screen.helps()
            case Unknown():
                screen.refuses("unknown", known=", ".join(typed.known), text=typed.text)
            case SetLookup():
                conversation.set_lookup(typed)
            case SetCallback():
                conversation.set_callback(typed.outcome)
            case Silence():
                failure = conversation.silence()
            case Quit():
                pass
            case _:
                failure = conversation.take(typed)
    except Refused as refused:
        screen.refuses(refused.code, known=refused.known, text="")
    if failure is not None:
        screen.unfit(failure)


def _lines(screen: Screen) -> Iterator[str]:
    """What is typed, or comes through a pipe: then it is shown, so that both read alike."""
    if sys.stdin.isatty():
        import readline  # noqa: F401  # gives the line its editing and history
    while True:
        if sys.stdin.isatty():
            try:
                yield input("> ")
            except (EOFError, KeyboardInterrupt):
                return
        else:
            line = sys.stdin.readline()
            if not line:
                return
            if line.startswith("# "):  # a remark; the key # stands alone
                continue
            text = line.strip()
            screen.typed(text)
            yield text


def _starts(at: str) -> datetime | None:
    if not at:
        return datetime.now(ZoneInfo("Asia/Tokyo")).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _dialled(flow: Flow) -> str:
    numbers = flow.site.numbers
    mine = (number for number, flow_id in numbers.items() if flow_id == flow.main.id)
    return next(mine, flow.site.business.published_number)
