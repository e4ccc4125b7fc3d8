"""All flows of a folder together: what they share is told once."""

from collections.abc import Iterable, Mapping

from ivr.flow_engine.definition import Site
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.findings import Findings, Found
from ivr.flow_linter.allows import accept, by_file, judged
from ivr.flow_linter.carrier_limits import CarrierLimits
from ivr.flow_linter.catalogue import RULES
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import ask_rules, blocks, roots, told
from ivr.flow_linter.rule import Subject


def lint_folder(
    files: Mapping[str, str],
    flow_ids: Iterable[str],
    site: Site,
    audio_hashes: Mapping[str, str],
    *,
    carrier: CarrierLimits,
    only: str = "",
) -> tuple[Finding, ...]:
    """`only` keeps what belongs to one file below `flows/`: a main flow with all that it uses, or
    a sub-flow or prompt file by itself."""
    findings = Findings()
    subjects: list[Subject] = []
    complete = True
    for flow_id in flow_ids:
        asked = ask_rules(files, flow_id, site, audio_hashes, carrier)
        for one in asked.found:
            findings.take(one)
        if asked.subject is None or any(blocks(one) for one in asked.found):
            complete = False
        if asked.subject is not None:
            subjects.append(asked.subject)
    if complete:
        for one in _across(subjects):
            findings.take(one)
    documents = {path: root for s in subjects for path, root in roots(s.whole).items()}
    allows = tuple(by_file(files, documents))
    left, used = accept(findings.sorted(), allows)
    kept = Findings()
    for one in (*left, *judged(allows, used, all_found=complete)):
        kept.take(one)
    return told(one for one in kept.sorted() if _belongs(one, subjects, only))


def _across(subjects: list[Subject]) -> Iterable[Found]:
    for rule in RULES:
        if rule.check_folder is not None:
            yield from rule.check_folder(subjects)


def _belongs(one: Found, subjects: list[Subject], only: str) -> bool:
    if not only or one.at.file == only:
        return True
    for subject in subjects:
        if subject.whole.main.body.file == only:
            documents: Mapping[str, Table] = roots(subject.whole)
            return one.at.file in documents
    return False
