"""O004: each mode alone must be able to reach what is required, and a step-up must step up."""

from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine import definition as d
from ivr.flow_engine import outcomes as words
from ivr.flow_engine.source.documents import Table
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_BEST_BINDING = {
    "app_dial": "bind_device",
    "sms_link": "bind_choice",
    "spoken_code": "bind_choice",
    "keyed_code": "bind_code",
}


def check(flow: Subject) -> Iterator[Found]:
    for draft in flow.whole.bodies.values():
        for node in draft.nodes.values():
            if isinstance(node.kind, d.VerifyIdentity) and isinstance(node.body, Table):
                yield from _modes(node.body, node.kind)
                yield from _step_up(node.body, node.kind)


def _modes(written: Table, kind: d.VerifyIdentity) -> Iterator[Found]:
    at = written.entries["modes"].at if "modes" in written.entries else written.at
    wanted = words.BINDING_LEVELS.index(kind.require.binding)
    for mode in kind.modes:
        for name in mode.via if mode.name == "operator_started" else (mode.name,):
            best = _BEST_BINDING.get(name, "bind_device")
            if words.BINDING_LEVELS.index(best) < wanted:
                yield found(at, "O004.mode", name=name, wanted=kind.require.binding)


def _step_up(written: Table, kind: d.VerifyIdentity) -> Iterator[Found]:
    if kind.step_up is None:
        return
    identity, binding = words.IDENTITY_LEVELS.index, words.BINDING_LEVELS.index
    steps = (
        identity(kind.step_up.identity) - identity(kind.require.identity),
        binding(kind.step_up.binding) - binding(kind.require.binding),
    )
    if min(steps) < 0 or max(steps) == 0:
        yield found(written.entries["step_up"].at, "O004.step_up")


RULE = Rule(
    code="O004",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="`require` に届かない方法、または上がっていない `step_up`",
        en="a mode that can never reach `require`, or `step_up` not higher in one part and at "
        "least equal in the other",
    ),
    cases={
        "mode": Words(
            message=Bilingual(
                ja="方法 {name} では {wanted} に届きません。",
                en="mode {name} can never reach {wanted}.",
            ),
            hint=Bilingual(
                ja="require を下げるか、別の方法にしてください。",
                en="Lower require, or use another mode.",
            ),
        ),
        "step_up": Words(
            message=Bilingual(
                ja="step_up は、片方が require より高く、もう片方が低くないものにします。",
                en="step_up must be higher in one part and not lower in the other.",
            ),
            hint=Bilingual(
                ja="identity か binding を上げてください。", en="Raise identity or binding."
            ),
        ),
    },
    checks={Needs.PARTS: check},
)
