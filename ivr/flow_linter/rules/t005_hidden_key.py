"""T005: a key that means the same everywhere should not mean something else here."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.draft import BodyDraft, NodeDraft
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            kind = node.kind
            if isinstance(kind, d.Gather):
                yield from _menu(flow, draft, node, kind)
            elif isinstance(kind, d.VerifyIdentity):
                yield from _hold(flow, node, kind)


def _menu(flow: Subject, draft: BodyDraft, node: NodeDraft, kind: d.Gather) -> Iterator[Found]:
    written = node.table.entries.get("keys")
    for key, target in kind.keys.items():
        shared = flow.whole.global_keys.get(key)
        same = shared is not None and shared.target == target and not draft.is_sub
        if shared is not None and not same and isinstance(written, Table):
            yield found(written.keys[key], "T005", key=key, node=node.id, means=_meaning(shared))


def _hold(flow: Subject, node: NodeDraft, kind: d.VerifyIdentity) -> Iterator[Found]:
    written = node.body.entries.get("keys") if isinstance(node.body, Table) else None
    for name in ("repeat", "more_time", "other_way", "skip"):
        key = getattr(kind.keys, name)
        shared = flow.whole.global_keys.get(key)
        if shared is None or (name == "repeat" and shared.action is d.GlobalAction.REPEAT):
            continue
        own = isinstance(written, Table) and name in written.keys
        at = written.keys[name] if isinstance(written, Table) and own else node.at
        yield found(at, "T005", key=key, node=node.id, means=_meaning(shared))


def _meaning(key: d.GlobalKey) -> str:
    return f"goto {key.target}" if key.target else key.action.value


RULE = Rule(
    code="T005",
    severity=Severity.WARNING,
    title=Bilingual(
        ja="ノードや待ちのキーが、違う意味の共通キーを隠す",
        en="a node or hold key hides a global key of another meaning",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="キー {key} はほかでは {means} ですが、{node} では違う意味です。",
                en="key {key} means {means} everywhere else, and something else in {node}.",
            ),
            hint=Bilingual(ja="別のキーにしてください。", en="Choose another key."),
        ),
    },
    checks={Needs.PARTS: check},
)
