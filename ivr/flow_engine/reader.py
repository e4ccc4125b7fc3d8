"""YAML -> Site and Flow. Pure: texts in, values and findings out; nothing here ever raises.

A flow is handed out only when nothing at all was found against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.flow_engine.definition import Flow, Site
from ivr.flow_engine.source.checks import all_rules as checks
from ivr.flow_engine.source.documents import read_document
from ivr.flow_engine.source.findings import Finding, Findings
from ivr.flow_engine.source.site import read_site_table
from ivr.flow_engine.source.versions import version_of
from ivr.flow_engine.source.whole_flow import WholeFlow, read_whole

__all__ = ["Finding", "ReadResult", "read_flow", "read_site"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """`flow` is None exactly when a finding of severity E stands against it."""

    flow: Flow | None
    findings: tuple[Finding, ...]


def read_site(text: str, *, file: str) -> tuple[Site | None, tuple[Finding, ...]]:
    """`text` of `flows/site.yaml`; `file` is the name that findings show."""
    findings = Findings()
    site = read_site_table(findings, read_document(text, file, findings), file)
    found = findings.sorted()
    return (None if found else site), found


def read_flow(
    files: Mapping[str, str], flow_id: str, site: Site, audio_hashes: Mapping[str, str]
) -> ReadResult:
    """`files` maps a path below `flows/` to its text, `audio_hashes` one to its SHA-256 (hex)."""
    findings = Findings()
    whole = read_whole(findings, files, flow_id, site)
    if whole is not None:
        checks.check_whole(findings, whole, audio_hashes)
    found = findings.sorted()
    if whole is None or found:
        return ReadResult(flow=None, findings=found)
    return ReadResult(flow=_flow(whole, audio_hashes), findings=found)


def _flow(whole: WholeFlow, audio_hashes: Mapping[str, str]) -> Flow:
    used = {path: audio_hashes[path] for path in checks.audio_used(whole) if path in audio_hashes}
    main_id = next(iter(whole.bodies))
    return Flow(
        main=whole.main.body,
        subflows={name: draft.body for name, draft in whole.bodies.items() if name != main_id},
        languages=whole.languages,
        voice=whole.voice,
        prompts=whole.prompts.texts,
        readings=whole.prompts.readings,
        hours=whole.hours,
        global_keys=whole.global_keys,
        limits=whole.limits,
        site=whole.site,
        version=version_of(whole.bodies, main_id, whole.prompt_files, whole.site, used),
    )
