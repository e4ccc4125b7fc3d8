"""Whether a call that was played came out as its test expects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ivr.flow_engine.session import Value
from ivr.flow_engine.source.findings import At
from ivr.flow_tests.model import FlowTest, Word
from ivr.flow_tests.playing import Playing
from ivr.flow_tests.result import Failure

NOTHING: Final = "-"


def judge(test: FlowTest, playing: Playing) -> tuple[Failure, ...]:
    """Every expectation that was not met; names the flow does not have are told as such."""
    return (
        *_unknown(test, playing),
        *_faults(test, playing),
        *_routing(test, playing),
        *_in_order(playing, test.expect.said, [heard.prompt for heard in playing.said], "said"),
        *_in_order(playing, test.expect.path, playing.way.path, "path"),
        *_not_said(test, playing),
        *_variables(test, playing),
        *_end(test, playing),
    )


def _failure(playing: Playing, at: At, what: str, expected: str, found: str) -> Failure:
    return Failure(at=at, code=what, what=what, expected=expected, found=found, where=playing.where)


def _unknown(test: FlowTest, playing: Playing) -> Iterator[Failure]:
    """A misspelt name in `not_said` would never fail by itself."""
    flow, expect = playing.flow, test.expect
    nodes = {*flow.main.nodes}
    nodes |= {f"{name}/{node}" for name, body in flow.subflows.items() for node in body.nodes}
    named: tuple[tuple[str, tuple[Word, ...], object], ...] = (
        ("prompt", (*expect.said, *expect.not_said), flow.prompts),
        ("node", (*expect.path, *_one(expect.end)), nodes),
        ("queue", _one(expect.queue), flow.site.queues),
    )
    for what, words, known in named:
        for word in words:
            if isinstance(known, Mapping | set) and word.text not in known:
                yield Failure(
                    at=word.at,
                    code="unknown",
                    what=what,
                    expected=word.text,
                    found=NOTHING,
                    where=playing.where,
                )


def _faults(test: FlowTest, playing: Playing) -> Iterator[Failure]:
    wanted = test.expect.fault
    code = wanted.text if wanted is not None and wanted.text != "none" else ""
    found = next(iter(playing.way.faults), "")
    if code != found:
        at = wanted.at if wanted is not None else test.at
        yield _failure(playing, at, "fault", code or "none", found or "none")


def _routing(test: FlowTest, playing: Playing) -> Iterator[Failure]:
    shown, expect = playing.shown, test.expect
    queue = shown.queue if shown is not None else NOTHING
    if expect.queue is not None and expect.queue.text != queue:
        yield _failure(playing, expect.queue.at, "queue", expect.queue.text, queue)
    if expect.priority is not None:
        wanted, at = expect.priority
        found = str(shown.priority) if shown is not None else NOTHING
        if str(wanted) != found:
            yield _failure(playing, at, "priority", str(wanted), found)


def _in_order(
    playing: Playing, wanted: Sequence[Word], happened: Sequence[str], what: str
) -> Iterator[Failure]:
    """The first that does not come after the ones before it; gaps are allowed."""
    place = 0
    for word in wanted:
        after = happened[place:]
        if word.text not in after:
            yield _failure(playing, word.at, what, word.text, " > ".join(after) or NOTHING)
            return
        place += after.index(word.text) + 1


def _not_said(test: FlowTest, playing: Playing) -> Iterator[Failure]:
    said = {heard.prompt: heard.text for heard in playing.said}
    for word in test.expect.not_said:
        if word.text in said:
            yield _failure(playing, word.at, "not_said", word.text, said[word.text])


def _variables(test: FlowTest, playing: Playing) -> Iterator[Failure]:
    declared = playing.flow.main.variables
    answers = playing.host.session.answers
    for name, (wanted, at) in test.expect.vars.items():
        default = declared[name].default if name in declared else None
        found: Value | None = answers.get(name, default)
        plain = dict(found) if isinstance(found, Mapping) else found
        if plain != wanted or isinstance(plain, bool) is not isinstance(wanted, bool):
            yield _failure(playing, at, "vars", f"{name}={wanted}", f"{name}={plain}")


def _end(test: FlowTest, playing: Playing) -> Iterator[Failure]:
    last = playing.way.path[-1] if playing.way.path else NOTHING
    if test.expect.end is not None and test.expect.end.text != last:
        yield _failure(playing, test.expect.end.at, "end", test.expect.end.text, last)


def _one(word: Word | None) -> tuple[Word, ...]:
    return (word,) if word is not None else ()
