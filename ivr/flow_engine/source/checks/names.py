"""Do names lead somewhere? G001 targets, O008 site entries, G005 sub-flows, P008 audio."""

from collections.abc import Iterable, Mapping
from typing import Final

from ivr.flow_engine import definition as d
from ivr.flow_engine.source import forms
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.draft import BodyDraft, Exit, NameUse, NodeDraft
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.whole_flow import WholeFlow

_SITE: Final = ("queue", "lookup", "purpose", "action")


def check_names(findings: Findings, whole: WholeFlow, audio: Mapping[str, str]) -> None:
    for draft in whole.bodies.values():
        _targets(findings, draft, draft.targets)
        for node in draft.nodes.values():
            _targets(findings, draft, node.exits)
            for use in node.names:
                _name(findings, whole, draft, node, use, audio)
            if isinstance(node.kind, d.Lookup):
                _arguments(findings, whole, node, node.kind)
            if isinstance(node.kind, d.Subflow):
                _interface(findings, whole, node, node.kind)
            if isinstance(node.kind, d.Return):
                _outputs(findings, draft, node, node.kind)
        returns = any(isinstance(node.kind, d.Return) for node in draft.nodes.values())
        if draft.is_sub and not returns:
            findings.add(draft.table.at, "G005.no_return")
    _targets(findings, whole.main, whole.key_targets)
    for name, by_language in whole.prompts.texts.items():
        for language, text in by_language.items():
            if text.play and text.play not in audio:
                findings.add(whole.prompts.places[name, language], "P008.audio", name=text.play)


def _targets(findings: Findings, draft: BodyDraft, exits: Iterable[Exit]) -> None:
    nodes = draft.table.entries.get("nodes")
    written = nodes.entries if isinstance(nodes, Table) else {}
    for leaving in exits:
        if leaving.target and leaving.target not in draft.nodes:
            if leaving.target in written:
                continue  # the node is there, but could not be read itself
            findings.add(leaving.at, "G001", target=leaving.target,
                         **forms.nearest(leaving.target, draft.nodes))  # fmt: skip


def _known(whole: WholeFlow, what: str) -> Mapping[str, object]:
    site = whole.site
    return {
        "queue": site.queues,
        "lookup": site.lookups,
        "purpose": site.purposes,
        "action": site.actions,
    }[what]


def _name(
    findings: Findings,
    whole: WholeFlow,
    draft: BodyDraft,
    node: NodeDraft,
    use: NameUse,
    audio: Mapping[str, str],
) -> None:
    if use.what in _SITE:
        known = _known(whole, use.what)
        if use.name not in known:
            findings.add(use.at, "O008", what=use.what, name=use.name,
                         **forms.nearest(use.name, known))  # fmt: skip
    elif use.what == "hours" and use.name not in whole.hours:
        findings.add(use.at, "E002.unknown", name=use.name, **forms.nearest(use.name, whole.hours))
    elif use.what == "store" and use.name not in draft.body.variables:
        findings.add(use.at, "E002.unknown", name=use.name,
                     **forms.nearest(use.name, draft.body.variables))  # fmt: skip
    elif use.what == "store":
        _storable(findings, draft, node, use)
    elif use.what == "audio" and use.name not in audio:
        findings.add(use.at, "P008.audio", name=use.name)
    elif use.what == "exit":
        _return(findings, draft, use)
    elif use.what == "attribute":
        _attribute(findings, draft, use)


def _storable(findings: Findings, draft: BodyDraft, node: NodeDraft, use: NameUse) -> None:
    kind = draft.body.variables[use.name].type
    if isinstance(node.kind, d.Lookup) and kind != f"lookup.{node.kind.name}":
        findings.add(use.at, "E003", problem=f"{use.name} is {kind}, not lookup.{node.kind.name}")
    if isinstance(node.kind, d.Gather):
        fitting = ("text",) if node.kind.speech else ("digits", "text")
        if kind not in fitting:
            findings.add(use.at, "E003", problem=f"{use.name} is {kind}, keys give {fitting[0]}")
    if isinstance(node.kind, (d.Set, d.Subflow)) and kind.startswith("lookup."):
        findings.add(use.at, "E003", problem=f"{use.name} is {kind}, only a lookup fills it")


def _return(findings: Findings, draft: BodyDraft, use: NameUse) -> None:
    known = [leaving.name for leaving in draft.body.exits]
    if not draft.is_sub:
        findings.add(use.at, "G005.main", name="return")
    elif use.name not in known:
        findings.add(use.at, "G005.exit", name=use.name, known=", ".join(known))


def _attribute(findings: Findings, draft: BodyDraft, use: NameUse) -> None:
    variables = [f"answers.{name}" for name in draft.body.variables]
    known = ("identity", "contract", *variables)
    if use.name not in known:
        findings.add(use.at, "E002.unknown", name=use.name, **forms.nearest(use.name, known))


def _arguments(findings: Findings, whole: WholeFlow, node: NodeDraft, kind: d.Lookup) -> None:
    entry = whole.site.lookups.get(kind.name)
    for name in entry.args if entry else ():
        if name not in kind.args:
            findings.add(node.body.at, "F001.missing", name=f"args.{name}")
    for name in kind.args if entry else ():
        if entry is not None and name not in entry.args:
            findings.add(node.body.at, "F004", name=name, where="args",
                         **forms.nearest(name, entry.args))  # fmt: skip


def _interface(findings: Findings, whole: WholeFlow, node: NodeDraft, kind: d.Subflow) -> None:
    draft = whole.bodies.get(kind.id)
    if draft is None:
        return
    inner = draft.body
    exits = [leaving.name for leaving in inner.exits]
    for name in exits:
        if name not in kind.outcomes:
            findings.add(node.at, "O001", name=name, where="outcomes")
    for name in kind.outcomes:
        if name not in (*exits, "error"):
            findings.add(node.at, "G005.exit", name=name, known=", ".join(exits))
    for name, variable in inner.inputs.items():
        if name not in kind.inputs and variable.default is None:
            findings.add(node.at, "F001.missing", name=f"with.{name}")
    for name in kind.inputs:
        if name not in inner.inputs:
            findings.add(node.at, "F004", name=name, where="with",
                         **forms.nearest(name, inner.inputs))  # fmt: skip
    for output in kind.store.values():
        if output not in inner.outputs:
            findings.add(node.at, "F004", name=output, where="store",
                         **forms.nearest(output, inner.outputs))  # fmt: skip


def _outputs(findings: Findings, draft: BodyDraft, node: NodeDraft, kind: d.Return) -> None:
    for name in kind.outputs:
        if name not in draft.body.outputs:
            findings.add(node.at, "F004", name=name, where="outputs",
                         **forms.nearest(name, draft.body.outputs))  # fmt: skip
