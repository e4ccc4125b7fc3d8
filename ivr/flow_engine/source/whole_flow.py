"""Everything of one main flow put together: bodies, prompts, inherited fields, audio used."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ivr.flow_engine.definition import GlobalKey, Hours, Limits
from ivr.flow_engine.site import Site
from ivr.flow_engine.source import fields
from ivr.flow_engine.source.bodies import main_fields
from ivr.flow_engine.source.bodies.body import SCHEMA, Outer, read_body
from ivr.flow_engine.source.bodies.defaults import fields_alone
from ivr.flow_engine.source.bodies.hours import read_hours
from ivr.flow_engine.source.documents import Table, read_document
from ivr.flow_engine.source.draft import BodyDraft, Exit, NameUse
from ivr.flow_engine.source.findings import At, Findings
from ivr.flow_engine.source.prompt_files import Prompts, read_prompt_file, used_files

MAX_SUBFLOW_DEPTH = 5


@dataclass(slots=True, kw_only=True)
class WholeFlow:
    """`bodies` begins with the main flow; `complete` is false when a file could not be read."""

    site: Site
    main: BodyDraft
    bodies: dict[str, BodyDraft]
    languages: tuple[str, ...]
    voice: Mapping[str, str]
    hours: Mapping[str, Hours]
    global_keys: Mapping[str, GlobalKey]
    key_targets: tuple[Exit, ...]
    limits: Limits
    prompts: Prompts = field(default_factory=Prompts)
    prompt_files: dict[str, Table] = field(default_factory=dict)
    complete: bool = True

    @property
    def audio(self) -> frozenset[str]:
        """Paths of every recording and sound that the flow plays."""
        sounds = {
            use.name
            for draft in self.bodies.values()
            for node in draft.nodes.values()
            for use in node.names
            if use.what == "audio"
        }
        recordings = {text.play for by in self.prompts.texts.values() for text in by.values()}
        return frozenset((sounds | recordings) - {""})


def read_whole(
    findings: Findings, files: Mapping[str, str], flow_id: str, site: Site
) -> WholeFlow | None:
    """`files` maps a path below `flows/` to its text. None where the main file is missing or has no
    table in it; a sub-flow or prompt file that cannot be read leaves it incomplete."""
    file = f"{flow_id}.yaml"
    table = _table(findings, files, file, At(file=file, line=1, col=1))
    if table is None:
        return None
    get = table.entries.get
    languages = main_fields.read_languages(findings, table)
    keys, key_targets = main_fields.read_global_keys(findings, get("global_keys"))
    outer = Outer(site=site, languages=languages)
    main = read_body(findings, table, file, outer, sub=False)
    whole = WholeFlow(
        site=site,
        main=main,
        bodies={flow_id: main},
        languages=languages,
        voice=main_fields.read_voices(findings, table, languages),
        hours=read_hours(findings, get("hours")),
        global_keys=keys,
        key_targets=key_targets,
        limits=main_fields.read_limits(findings, get("limits")),
    )
    inherited = replace(outer, defaults=fields_alone(main.defaults))
    _read_subflows(findings, files, whole, inherited)
    _read_prompts(findings, files, whole)
    return whole


def _table(findings: Findings, files: Mapping[str, str], file: str, named_at: At) -> Table | None:
    if file not in files:
        findings.add(named_at, "F001.file", name=file)
        return None
    root = read_document(files[file], file, findings)
    return fields.header(findings, root, SCHEMA, file)


def _read_subflows(
    findings: Findings,
    files: Mapping[str, str],
    whole: WholeFlow,
    inherited: Outer,
) -> None:
    waiting = [whole.main]
    while waiting:
        for use in _subflow_names(waiting.pop()):
            if use.name in whole.bodies:
                continue
            file = f"sub/{use.name}.yaml"
            table = _table(findings, files, file, use.at)
            if table is None:
                whole.complete = False
                continue
            draft = read_body(findings, table, file, inherited, sub=True)
            whole.bodies[use.name] = draft
            waiting.append(draft)
    _check_depth(findings, whole)


def _subflow_names(draft: BodyDraft) -> list[NameUse]:
    return [use for node in draft.nodes.values() for use in node.names if use.what == "subflow"]


def _check_depth(findings: Findings, whole: WholeFlow) -> None:
    """G005: no recursion, at most five deep. Each body is looked at with the chain above it."""
    deepest: dict[str, int] = {}

    def visit(name: str, chain: tuple[str, ...]) -> None:
        if deepest.get(name, -1) >= len(chain):
            return
        deepest[name] = len(chain)
        for use in _subflow_names(whole.bodies[name]):
            if use.name in (*chain, name) or len(chain) >= MAX_SUBFLOW_DEPTH:
                findings.add(use.at, "G005.recursion", name=use.name)
                whole.complete = False
            elif use.name in whole.bodies:
                visit(use.name, (*chain, name))

    visit(next(iter(whole.bodies)), ())


def _read_prompts(findings: Findings, files: Mapping[str, str], whole: WholeFlow) -> None:
    tables = {name: draft.table for name, draft in whole.bodies.items()}
    fields.required(findings, whole.main.table, "prompts")
    for file, at in used_files(findings, tables).items():
        if file not in files:
            findings.add(at, "F001.file", name=file)
            whole.complete = False
            continue
        root = read_document(files[file], file, findings)
        read_prompt_file(findings, root, file, whole.prompts)
        if isinstance(root, Table):
            whole.prompt_files[file] = root
        else:
            whole.complete = False
