"""A flows folder opened at one moment: its files, its site, and each main flow with its tests.

The one way for commands and the doctor. Light to import: nothing of a store or a door.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from ivr.carriers.twilio.flow_limits import LIMITS
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.site import Site
from ivr.flow_engine.source.findings import Found
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_library.bundles import SITE_FILE, bundle_of, to_json
from ivr.flow_library.folder import flow_folder
from ivr.flow_library.model import FlowFiles
from ivr.flow_linter.carrier_limits import CarrierLimits
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import lint_flow, lint_site, told
from ivr.flow_linter.whole_folder import FlowFolder, LintedFolder, lint_folder
from ivr.flow_tests.model import FlowTest
from ivr.flow_tests.reading import read_embedded, read_file

_TESTS: Final = "tests"
TestsFile: TypeAlias = tuple[str, tuple[FlowTest, ...], tuple[Found, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A main flow as its files are now.

    `flow` is None where an error stands against it or the site; `whole` is as much as could be
    read. `findings` are the site's and the flow's, warnings too.
    """

    folder: Path
    flow_id: str
    files: FlowFiles
    site: Site | None
    flow: Flow | None
    whole: WholeFlow | None
    findings: tuple[Finding, ...]

    @property
    def file(self) -> str:
        return f"{self.flow_id}.yaml"

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFolder:
    """`tests` maps each file of `tests/` to its text. `site` is None where the site file has an
    error; `findings` are that file's."""

    path: Path
    files: FlowFiles
    tests: Mapping[str, str]
    site: Site | None
    findings: tuple[Finding, ...]

    @property
    def flow_ids(self) -> Sequence[str]:
        """The main flows."""
        names = {name for name in self.files.texts if "/" not in name} - {SITE_FILE}
        return sorted(name.removesuffix(".yaml") for name in names)

    def name_of(self, path: Path) -> str:
        """A file's path below the folder. ValueError for one that lies elsewhere."""
        return path.resolve().relative_to(self.path.resolve()).as_posix()

    def draft(self, flow_id: str, carrier: CarrierLimits = LIMITS) -> Draft:
        """One main flow, ready to be tested, published, compared or drawn."""
        flow, whole, findings = None, None, self.findings
        if self.site is not None:
            linted = lint_flow(
                self.files.texts,
                flow_id,
                self.site,
                self.files.audio_hashes,
                carrier=carrier,
                unfit=self.files.unfit,
            )
            flow, whole, findings = linted.flow, linted.whole, (*findings, *linted.findings)
        return Draft(
            folder=self.path,
            flow_id=flow_id,
            files=self.files,
            site=self.site,
            flow=flow,
            whole=whole,
            findings=findings,
        )

    def linted(self, only: Path | None = None) -> LintedFolder:
        """`only` is a file of the folder: a main flow with all that it uses, or another by itself.
        ValueError for one that lies elsewhere."""
        name = self.name_of(only) if only is not None else ""
        if self.site is None or name == SITE_FILE:
            return LintedFolder(findings=self.findings, lengths=())
        whole = FlowFolder(
            files=self.files.texts,
            site=self.site,
            audio_hashes=self.files.audio_hashes,
            tests=self.tests,
            unfit=self.files.unfit,
        )
        return lint_folder(whole, self.flow_ids, carrier=LIMITS, only=name)

    def tests_files(self) -> Mapping[str, TestsFile]:
        """Of each file of `tests/` the flow it calls, its tests, and what is wrong with it."""
        if self.site is None:
            return {}
        return {name: read_file(text, name, self.site) for name, text in self.tests.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTests:
    """The tests that call one draft. `findings`: what was not understood in them."""

    tests: tuple[FlowTest, ...]
    findings: tuple[Finding, ...]


def open_folder(path: Path) -> OpenedFolder:
    """OSError for a folder or a file of it that cannot be read."""
    read, _ = flow_folder(path)
    files = read()
    site, findings = lint_site(files.texts.get(SITE_FILE, ""), file=SITE_FILE)
    tests = dict(_tests_texts(path))
    return OpenedFolder(path=path, files=files, tests=tests, site=site, findings=findings)


def read_tests(draft: Draft, files: Mapping[str, TestsFile], alone: str = "") -> DraftTests:
    """Those of the flow's own files and of the `files` that call it, or of no flow that is known;
    `alone` names the one file whose tests are wanted."""
    embedded: tuple[tuple[FlowTest, ...], tuple[Found, ...]] = ((), ())
    if draft.whole is not None and not alone:
        embedded = read_embedded(draft.whole)
    further = [
        (tests, found)
        for name, (calls, tests, found) in files.items()
        if name == alone or (not alone and calls in (draft.flow_id, ""))
    ]
    both = (embedded, *further)
    return DraftTests(
        tests=tuple(test for tests, _ in both for test in tests),
        findings=told(one for _, found in both for one in found),
    )


def bundle_json(draft: Draft, flow: Flow) -> str:
    """The sources of `flow`, the draft's, as they are kept when it is published."""
    return to_json(bundle_of(flow, draft.files.texts, draft.files.audio_hashes))


def _tests_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Bytes that are no UTF-8 become a character that YAML refuses, so a finding tells of them."""
    for path in sorted((folder / _TESTS).glob("*.yaml")):
        text = path.read_bytes().decode("utf-8", errors="replace").replace("\ufffd", "\x00")
        yield path.relative_to(folder).as_posix(), text
