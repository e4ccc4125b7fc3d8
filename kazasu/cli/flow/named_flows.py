"""Flows that a path names, with the tests that call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ivr.carriers.twilio.flow_limits import LIMITS
from ivr.flow_engine.definition import Flow, Site
from ivr.flow_engine.source.findings import Found
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_library.model import FlowFiles
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import lint_flow, lint_site, told
from ivr.flow_tests.model import FlowTest
from ivr.flow_tests.reading import read_embedded, read_file
from kazasu.error_lines import say
from kazasu.wiring.flow_folders import files, flow_ids, test_files

TestFile: TypeAlias = tuple[str, tuple[FlowTest, ...], tuple[Found, ...]]


class NoFlows(Exception):
    """The path names no flow, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One main flow of a folder. `flow` is None when a finding stands against it. `tests` are
    those to play, `findings` the flow's errors and what is wrong with the tests."""

    folder: Path
    file: str
    flow: Flow | None
    whole: WholeFlow | None
    tests: tuple[FlowTest, ...]
    findings: tuple[Finding, ...]


def flows_folder(path: Path) -> Path | None:
    """The folder with the site file in which `path` lies, or which it is."""
    start = path if path.is_dir() else path.parent
    inside = (start, *start.resolve().parents)[:3] if path.exists() else ()
    return next((folder for folder in inside if (folder / SITE_FILE).is_file()), None)


def opened(given: str) -> tuple[Opened, ...]:
    """Of a folder all flows; of a flow that one; of a file of tests the flow they call.

    Raises NoFlows for a path that is none of these, OSError for what cannot be read.
    """
    path = Path(given)
    folder = flows_folder(path)
    if folder is None:
        raise NoFlows(f"{given}: neither a flow below a folder with {SITE_FILE}, nor such a folder")
    kept = files(folder)
    site, findings = lint_site(kept.texts.get(SITE_FILE, ""), file=SITE_FILE)
    if site is None:
        raise NoFlows(f"{given}: {findings[0].render('en')}")
    texts = test_files(folder)
    further = {name: read_file(text, name, site) for name, text in texts.items()}
    main = [f"{name}.yaml" for name in flow_ids(kept)]
    wanted, alone = main, ""
    if not path.is_dir():
        here = path.resolve().relative_to(folder.resolve()).as_posix()
        alone = here if here in further else ""
        wanted = [f"{further[here][0]}.yaml"] if alone else [here]
    if not set(wanted) <= set(main):
        raise NoFlows(f"{given}: no main flow of {folder} (known: {', '.join(main)})")
    return tuple(_one(folder, name, kept, site, _calling(name, further, alone)) for name in wanted)


def one_flow(given: str, spoken: str) -> tuple[Opened, Flow] | int:
    """The one flow of a path, with nothing against it. Otherwise it is said what is, and the exit
    status comes back: 1 for a flow with errors, 2 for a path that is not one flow. OSError."""
    try:
        found = opened(given)
    except NoFlows as none:
        say(str(none))
        return 2
    if len(found) != 1:
        say(f"{given}: name one flow of this folder")
        return 2
    (of,) = found
    if of.flow is None:
        for finding in of.findings:
            print(f"{of.folder}/{finding.render(spoken)}")
        return 1
    return of, of.flow


@dataclass(frozen=True, slots=True, kw_only=True)
class _Further:
    """What files of tests hold for one flow. `alone`: only they are to be played."""

    tests: tuple[FlowTest, ...]
    found: tuple[Found, ...]
    alone: bool


def _calling(name: str, files: Mapping[str, TestFile], alone: str) -> _Further:
    flow_id = name.removesuffix(".yaml")
    mine = [
        (tests, found)
        for file, (calls, tests, found) in files.items()
        if file == alone or (not alone and calls in (flow_id, ""))
    ]
    return _Further(
        tests=tuple(test for tests, _ in mine for test in tests),
        found=tuple(one for _, found in mine for one in found),
        alone=bool(alone),
    )


def _one(folder: Path, name: str, kept: FlowFiles, site: Site, further: _Further) -> Opened:
    flow_id = name.removesuffix(".yaml")
    linted = lint_flow(kept.texts, flow_id, site, kept.audio_hashes, carrier=LIMITS)
    whole = linted.whole
    tests, found = ((), ()) if whole is None or further.alone else read_embedded(whole)
    return Opened(
        folder=folder,
        file=name,
        flow=linted.flow,
        whole=whole,
        tests=(*tests, *further.tests),
        findings=(*linted.errors, *told((*found, *further.found))),
    )
