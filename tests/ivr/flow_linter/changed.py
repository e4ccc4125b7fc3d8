"""The small good flow with a few words replaced, read as a folder."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

from ivr.flow_engine.site import Site
from ivr.flow_linter.carrier_limits import ANY_CARRIER, CarrierLimits
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import lint_site
from ivr.flow_linter.whole_folder import FlowFolder, lint_folder
from tests.ivr.flow_engine.small_flow import AUDIO, FILES

Change: TypeAlias = tuple[str, str]
# Prompts that the small flow never says, for other tests.
_UNUSED = ("  whose:", "  ask_pin:")


def files(*changes: Change) -> Mapping[str, str]:
    """Each change replaces a text where it stands; it must stand in exactly one file, once."""
    texts = dict(FILES)
    words = texts["prompts/words.yaml"].splitlines(keepends=True)
    texts["prompts/words.yaml"] = "".join(w for w in words if not w.startswith(_UNUSED))
    for old, new in changes:
        (path,) = [path for path, text in texts.items() if old in text]
        assert texts[path].count(old) == 1, old
        texts[path] = texts[path].replace(old, new)
    return texts


def found(texts: Mapping[str, str], carrier: CarrierLimits = ANY_CARRIER) -> Sequence[Finding]:
    site, findings = _site(texts["site.yaml"])
    if site is None:
        return findings
    folder = FlowFolder(files=texts, site=site, audio_hashes=AUDIO, tests={})
    findings = lint_folder(folder, ["bad"], carrier=carrier).findings
    return [finding for finding in findings if finding.code != "X002"]  # it has no tests


@cache
def _site(text: str) -> tuple[Site | None, tuple[Finding, ...]]:
    return lint_site(text, file="site.yaml")


def place(texts: Mapping[str, str], needle: str) -> tuple[str, int, int]:
    """File, line and column of a text that stands in exactly one place."""
    (path,) = [path for path, text in texts.items() if needle in text]
    assert texts[path].count(needle) == 1, needle
    before = texts[path][: texts[path].index(needle)]
    return path, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
