"""All flows of a folder together, with their tests: what they share is told once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.flow_engine.site import Site
from ivr.flow_engine.source.findings import At, Findings, Found
from ivr.flow_linter.allows import accept, by_file, judged
from ivr.flow_linter.carrier_limits import CarrierLimits
from ivr.flow_linter.catalogue import RULES
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import ask_rules, ask_tests, blocks, roots, told
from ivr.flow_linter.measures.prompt_lengths import PromptLength, prompt_lengths
from ivr.flow_linter.rule import Subject
from ivr.flow_tests.model import FlowTest
from ivr.flow_tests.reading import read_embedded, read_file


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFolder:
    """Texts by their path below `flows/`; `tests` those of `flows/tests/`, `audio_hashes` the
    SHA-256 (hex) of each recording, `unfit` what is wrong with the coding of some."""

    files: Mapping[str, str]
    site: Site
    audio_hashes: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)
    unfit: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LintedFolder:
    """`lengths` has every prompt that a flow without errors can say, with its place."""

    findings: tuple[Finding, ...]
    lengths: tuple[tuple[At, PromptLength], ...]


def lint_folder(
    folder: FlowFolder, flow_ids: Iterable[str], *, carrier: CarrierLimits, only: str = ""
) -> LintedFolder:
    """`only` keeps what belongs to one file below `flows/`: a main flow with all that it uses, or
    another file by itself."""
    findings = Findings()
    subjects: list[Subject] = []
    complete = True
    further = {path: read_file(text, path, folder.site) for path, text in folder.tests.items()}
    for flow_id in flow_ids:
        asked = ask_rules(
            folder.files, flow_id, folder.site, folder.audio_hashes, carrier, folder.unfit
        )
        _take(findings, asked.found)
        if asked.subject is None or any(blocks(one) for one in asked.found):
            complete = False
        if asked.subject is not None:
            subjects.append(asked.subject)
            calling = [tests for calls, tests, _ in further.values() if calls == flow_id]
            _take(findings, _tested(asked.subject, calling))
    _take(findings, (one for _, _, found in further.values() for one in found))
    if complete:
        _take(findings, _across(subjects))
    documents = {path: root for s in subjects for path, root in roots(s.whole).items()}
    allows = tuple(by_file(folder.files, documents))
    left, used = accept(findings.sorted(), allows)
    kept = Findings()
    _take(kept, (*left, *judged(allows, used, all_found=complete)))
    belonging = _belonging(subjects, only)
    return LintedFolder(
        findings=told(
            one for one in kept.sorted() if belonging is None or one.at.file in belonging
        ),
        lengths=tuple(
            (at, line)
            for at, line in _lengths(subjects)
            if belonging is None or at.file in belonging
        ),
    )


def _take(findings: Findings, found: Iterable[Found]) -> None:
    for one in found:
        findings.take(one)


def _tested(subject: Subject, further: Sequence[Sequence[FlowTest]]) -> Iterator[Found]:
    embedded, found = read_embedded(subject.whole)
    yield from found
    yield from ask_tests(subject, [*embedded, *(test for tests in further for test in tests)]).found


def _across(subjects: list[Subject]) -> Iterator[Found]:
    for rule in RULES:
        if rule.check_folder is not None:
            yield from rule.check_folder(subjects)


def _lengths(subjects: list[Subject]) -> Iterator[tuple[At, PromptLength]]:
    lengths: dict[tuple[At, bool], PromptLength] = {}
    for subject in subjects:
        for line in prompt_lengths(subject):
            at = subject.whole.prompts.places[line.prompt, line.language]
            known = lengths.get((at, line.slow))
            if known is None or known.seconds < line.seconds:
                lengths[at, line.slow] = line
    found = [(at, line) for (at, _), line in lengths.items()]
    yield from sorted(found, key=lambda one: (one[0].file, one[0].line, one[0].col, one[1].slow))


def _belonging(subjects: list[Subject], only: str) -> frozenset[str] | None:
    if not only:
        return None
    for subject in subjects:
        if subject.whole.main.body.file == only:
            return frozenset(roots(subject.whole))
    return frozenset((only,))
