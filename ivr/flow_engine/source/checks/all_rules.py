"""The rules that a flow must meet to be handed out at all. The complete linter is a later room."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine.source.checks.expression_uses import check_expressions
from ivr.flow_engine.source.checks.guard import check_guard
from ivr.flow_engine.source.checks.names import check_names
from ivr.flow_engine.source.checks.paths import check_paths
from ivr.flow_engine.source.checks.spoken import check_spoken
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.whole_flow import WholeFlow

_BREAKS_PATHS: Final = ("F", "G001", "G005", "O001", "O002", "P001")


def check_whole(findings: Findings, whole: WholeFlow, audio_hashes: Mapping[str, str]) -> None:
    """Prompts and paths are judged only where all their parts were read: one mistake should not
    be told three times."""
    check_names(findings, whole, audio_hashes)
    check_expressions(findings, whole)
    if not whole.complete:
        return
    check_spoken(findings, whole)
    broken = any(finding.code.startswith(_BREAKS_PATHS) for finding in findings.sorted())
    if not broken:
        check_paths(findings, whole)
        check_guard(findings, whole)


def audio_used(whole: WholeFlow) -> frozenset[str]:
    """Paths of every recording and sound that the flow plays."""
    sounds = {
        use.name
        for draft in whole.bodies.values()
        for node in draft.nodes.values()
        for use in node.names
        if use.what == "audio"
    }
    recordings = {
        text.play for by_language in whole.prompts.texts.values() for text in by_language.values()
    }
    return frozenset((sounds | recordings) - {""})
