"""The rules that a flow must meet to be handed out at all. The complete linter is a later room."""

from collections.abc import Mapping

from ivr.flow_engine.source.checks.names import check_names
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.whole_flow import WholeFlow


def check_whole(findings: Findings, whole: WholeFlow, audio_hashes: Mapping[str, str]) -> None:
    check_names(findings, whole, audio_hashes)


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
