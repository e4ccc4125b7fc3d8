"""YAML -> Site and WholeFlow -> Flow. Pure: texts in, values and findings out; nothing raises.

The reader knows forms, types and the fields of each kind. Whether a flow may serve is judged by
`ivr.flow_linter`, which also has the words for what is found here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.site import Site
from ivr.flow_engine.source.documents import read_document
from ivr.flow_engine.source.findings import Findings, Found
from ivr.flow_engine.source.format_steps.ladder import OLDER
from ivr.flow_engine.source.site import read_site_table
from ivr.flow_engine.source.versions import version_of
from ivr.flow_engine.source.whole_flow import WholeFlow, read_whole

__all__ = ["Found", "ReadResult", "blocking", "build_flow", "read_flow", "read_site"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """`whole` is there as far as it could be read, also where something was found."""

    whole: WholeFlow | None
    found: tuple[Found, ...]


def read_site(text: str, *, file: str) -> tuple[Site | None, tuple[Found, ...]]:
    """`text` of `flows/site.yaml`; `file` is the name that findings show."""
    findings = Findings()
    site = read_site_table(findings, read_document(text, file, findings), file)
    found = findings.sorted()
    return (None if blocking(found) else site), found


def blocking(found: Iterable[Found]) -> bool:
    """Whether anything stands against what was read. An older format does not."""
    return any(one.code != OLDER for one in found)


def read_flow(files: Mapping[str, str], flow_id: str, site: Site) -> ReadResult:
    """`files` maps a path below `flows/` to its text."""
    findings = Findings()
    whole = read_whole(findings, files, flow_id, site)
    return ReadResult(whole=whole, found=findings.sorted())


def build_flow(whole: WholeFlow, audio_hashes: Mapping[str, str]) -> Flow:
    """The flow of a reading against which nothing stands. `audio_hashes` maps a path below `flows/`
    to the SHA-256 (hex) of the file."""
    used = {path: audio_hashes[path] for path in whole.audio if path in audio_hashes}
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
