"""Flows that a path names, with the tests that call them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.flow_engine.definition import Flow
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_linter.finding import Finding
from ivr.flow_tests.model import FlowTest
from ivr.flow_tests.player import play
from ivr.flow_tests.words import told
from kazasu.error_lines import say
from kazasu.wiring.flow_files.opened_folder import Draft, OpenedFolder, open_folder, read_tests


class NoFlows(Exception):
    """The path names no flow, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFlow:
    """One main flow. `tests` are those to play, `findings` the flow's errors and what is wrong with
    the tests."""

    draft: Draft
    tests: tuple[FlowTest, ...]
    findings: tuple[Finding, ...]

    @property
    def path(self) -> Path:
        return self.draft.folder / self.draft.file


def flows_folder(path: Path) -> Path | None:
    """The folder with the site file in which `path` lies, or which it is."""
    start = path if path.is_dir() else path.parent
    inside = (start, *start.resolve().parents)[:3] if path.exists() else ()
    return next((folder for folder in inside if (folder / SITE_FILE).is_file()), None)


def main_flow(file: str) -> tuple[Path, str] | None:
    """The flows folder and the id of a main flow's file; None for any other path."""
    path = Path(file)
    folder = path.resolve().parent
    good = path.suffix == ".yaml" and path.name != SITE_FILE and path.is_file()
    return (folder, path.stem) if good and (folder / SITE_FILE).is_file() else None


def named_flows(given: str) -> tuple[NamedFlow, ...]:
    """Of a folder all flows; of a flow that one; of a file of tests the flow they call.

    Raises NoFlows for a path that is none of these, OSError for what cannot be read.
    """
    path = Path(given)
    folder = flows_folder(path)
    if folder is None:
        raise NoFlows(f"{given}: neither a flow below a folder with {SITE_FILE}, nor such a folder")
    opened = open_folder(folder)
    if opened.site is None:
        raise NoFlows(f"{given}: {opened.findings[0].render('en')}")
    if path.is_dir():
        return tuple(with_tests(opened, opened.draft(flow_id)) for flow_id in opened.flow_ids)
    here = opened.name_of(path)
    files = opened.tests_files()
    alone = here if here in files else ""
    name = f"{files[here][0]}.yaml" if alone else here
    main = [f"{flow_id}.yaml" for flow_id in opened.flow_ids]
    if name not in main:
        raise NoFlows(f"{given}: no main flow of {folder} (known: {', '.join(main)})")
    return (with_tests(opened, opened.draft(name.removesuffix(".yaml")), alone),)


def with_tests(opened: OpenedFolder, draft: Draft, alone: str = "") -> NamedFlow:
    """`alone` names the one file of tests to play, by its path below the folder."""
    read = read_tests(draft, opened.tests_files(), alone)
    return NamedFlow(draft=draft, tests=read.tests, findings=(*draft.errors, *read.findings))


def problems(of: NamedFlow, spoken: str) -> Iterator[str]:
    """Errors of a flow and of its tests, and where a test fails, each with its place."""
    for finding in of.findings:
        yield finding.render(spoken)
    for test in of.tests if of.draft.flow is not None else ():
        assert of.draft.flow is not None
        for failure in play(of.draft.flow, test).failures:
            at = failure.at
            yield f"{at.file}:{at.line}:{at.col} {test.name}: {told(failure, spoken)}"


def one_flow(given: str, spoken: str) -> tuple[NamedFlow, Flow] | int:
    """The one flow of a path, with nothing against it. Otherwise it is said what is, and the exit
    status comes back: 1 for a flow with errors, 2 for a path that is not one flow. OSError."""
    try:
        found = named_flows(given)
    except NoFlows as none:
        say(str(none))
        return 2
    if len(found) != 1:
        say(f"{given}: name one flow of this folder")
        return 2
    (of,) = found
    if of.draft.flow is None:
        for finding in of.findings:
            print(f"{of.draft.folder}/{finding.render(spoken)}")
        return 1
    return of, of.draft.flow
