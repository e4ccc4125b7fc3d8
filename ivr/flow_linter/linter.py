"""One engine for the command line, publishing and the running service: texts in, findings out.

Pure. A flow with an error is not handed out; a warning never blocks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from ivr.flow_engine import reader
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.site import Site
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.findings import Findings, Found
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_linter.allows import accept, by_file, judged
from ivr.flow_linter.analysis.expression_uses import judge
from ivr.flow_linter.analysis.guard import facts_by_node
from ivr.flow_linter.carrier_limits import ANY_CARRIER, CarrierLimits
from ivr.flow_linter.catalogue import BY_CODE, RULES
from ivr.flow_linter.finding import Finding, worded
from ivr.flow_linter.rule import Needs, Severity, Subject
from ivr.flow_tests.model import FlowTest
from ivr.flow_tests.player import play

NONE_UNFIT: Final[Mapping[str, str]] = MappingProxyType({})
# After one of these, paths would be judged that the designer never meant.
_BREAKS_PATHS: Final = ("F", "G001", "G005", "O001", "O002", "P001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """`flow` is None exactly when a finding of severity E stands against it; `whole` is as much of
    it as could be read."""

    flow: Flow | None
    whole: WholeFlow | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One main flow with all that its rules found; no subject where it could not be read."""

    subject: Subject | None
    found: tuple[Found, ...]


def lint_site(text: str, *, file: str) -> tuple[Site | None, tuple[Finding, ...]]:
    """`text` of `flows/site.yaml`; `file` is the name that findings show."""
    site, found = reader.read_site(text, file=file)
    return site, told(found)


def lint_flow(
    files: Mapping[str, str],
    flow_id: str,
    site: Site,
    audio_hashes: Mapping[str, str],
    *,
    carrier: CarrierLimits = ANY_CARRIER,
    unfit: Mapping[str, str] = NONE_UNFIT,
) -> Linted:
    """One flow by itself. `files` maps a path below `flows/` to its text, `audio_hashes` one to its
    SHA-256 (hex), `unfit` one to what is wrong with its coding. What only the whole folder can tell
    (P003, useless allows) is left out, and no test is played."""
    asked = ask_rules(files, flow_id, site, audio_hashes, carrier, unfit)
    if asked.subject is None:
        return Linted(flow=None, whole=None, findings=told(asked.found))
    whole = asked.subject.whole
    allows = tuple(by_file(files, roots(whole)))
    left, used = accept(asked.found, allows)
    flow = None if any(blocks(one) for one in left) else asked.subject.flow
    findings = (*left, *judged(allows, used, all_found=False))
    return Linted(flow=flow, whole=whole, findings=told(findings))


def ask_rules(
    files: Mapping[str, str],
    flow_id: str,
    site: Site,
    audio_hashes: Mapping[str, str],
    carrier: CarrierLimits,
    unfit: Mapping[str, str] = NONE_UNFIT,
) -> Asked:
    """As `lint_flow`, before comments accept anything."""
    read = reader.read_flow(files, flow_id, site)
    return ask_rules_about(read, audio_hashes, carrier, unfit)


def ask_rules_about(
    read: reader.ReadResult,
    audio_hashes: Mapping[str, str],
    carrier: CarrierLimits,
    unfit: Mapping[str, str] = NONE_UNFIT,
) -> Asked:
    """Rules by what they need: the later ones are asked only where the earlier found no error."""
    findings = Findings()
    _take(findings, read.found)
    if read.whole is None:
        return Asked(subject=None, found=findings.sorted())
    whole = read.whole
    subject = Subject(
        whole=whole,
        audio=audio_hashes,
        unfit=unfit,
        carrier=carrier,
        judged=tuple(judge(whole)),
    )
    _run(findings, subject, Needs.PARTS)
    if not whole.complete:
        return Asked(subject=subject, found=findings.sorted())
    _run(findings, subject, Needs.FILES)
    if any(blocks(one) and one.code.startswith(_BREAKS_PATHS) for one in findings.sorted()):
        return Asked(subject=subject, found=findings.sorted())
    subject = replace(subject, facts=facts_by_node(whole))
    _run(findings, subject, Needs.PATHS)
    if not any(blocks(one) for one in findings.sorted()):
        subject = replace(subject, flow=reader.build_flow(whole, audio_hashes))
        _run(findings, subject, Needs.FLOW)
    return Asked(subject=subject, found=findings.sorted())


def roots(whole: WholeFlow) -> Mapping[str, Table]:
    """The documents of a flow by their path below `flows/`."""
    bodies = {draft.body.file: draft.table for draft in whole.bodies.values()}
    return {**bodies, **whole.prompt_files}


def blocks(one: Found) -> bool:
    return BY_CODE[one.code].severity is Severity.ERROR


def ask_tests(subject: Subject, tests: Sequence[FlowTest]) -> Asked:
    """Plays the tests of a flow without errors, and asks the rules about what came of it."""
    findings = Findings()
    if subject.flow is not None:
        played = tuple(play(subject.flow, test) for test in tests)
        subject = replace(subject, played=played)
        _run(findings, subject, Needs.TESTS)
    return Asked(subject=subject, found=findings.sorted())


def told(found: Iterable[Found]) -> tuple[Finding, ...]:
    return tuple(worded(one, BY_CODE[one.code]) for one in found)


def _run(findings: Findings, subject: Subject, needs: Needs) -> None:
    for rule in RULES:
        check = rule.checks.get(needs)
        if check is not None:
            _take(findings, check(subject))


def _take(findings: Findings, found: Iterable[Found]) -> None:
    for one in found:
        findings.take(one)
