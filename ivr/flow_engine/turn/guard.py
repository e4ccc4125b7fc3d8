"""The run-time half of the guard: personal data only while `identity.verified` holds."""

from datetime import datetime
from typing import Final

from ivr.flow_engine.definition import Flow, FlowBody, PromptId, Variable
from ivr.flow_engine.prompts import Placeholder, pieces
from ivr.flow_engine.session import Session
from ivr.flow_engine.turn import standing
from ivr.flow_engine.turn.faults import FlowFault

_SPEAKABLE: Final = {"call.dialled", "now", "today", "weekday"}
_SPEAKABLE_FAMILIES: Final = {"pairing", "queue"}  # present only where they may be spoken


def check_prompt(
    flow: Flow, body: FlowBody, session: Session, prompt: PromptId, now: datetime
) -> None:
    """Raises FlowFault when the prompt would speak what this caller is not proven to own."""
    texts = flow.prompts.get(prompt)
    if texts is None:
        raise FlowFault("prompt_missing")
    written = texts.get(session.language)
    if written is None:
        raise FlowFault("prompt_language_missing")
    for text in (written.say, written.slow, written.text, written.kana):
        named = [piece.path for piece in pieces(text) if isinstance(piece, Placeholder)]
        for name in named:
            if _guarded(flow, body, name) and not standing.verified(session.identity, now):
                raise FlowFault("guarded_prompt")


def check_attribute(
    flow: Flow, body: FlowBody, session: Session, attribute: str, now: datetime
) -> None:
    """Only what belongs to the proven person is guarded; what the caller keyed is not."""
    variable = body.variables.get(attribute.removeprefix("answers."))
    owned = attribute == "contract" or (variable is not None and _verified_only(flow, variable))
    if owned and not standing.verified(session.identity, now):
        raise FlowFault("guarded_attribute")


def check_lookup(flow: Flow, session: Session, name: str, now: datetime) -> None:
    entry = flow.site.lookups.get(name)
    if entry is None:
        raise FlowFault("lookup_missing")
    if entry.verified_only and not standing.verified(session.identity, now):
        raise FlowFault("guarded_lookup")


def _guarded(flow: Flow, body: FlowBody, name: str) -> bool:
    if name in _SPEAKABLE:
        return False
    family, _, rest = name.partition(".")
    if family in _SPEAKABLE_FAMILIES:
        return False
    if family not in {"answers", "inputs"}:
        raise FlowFault("never_spoken")
    declared = body.variables if family == "answers" else body.inputs
    variable = declared.get(rest.split(".")[0])
    if variable is None:
        raise FlowFault("variable_missing")
    if variable.type.startswith("lookup."):
        entry = flow.site.lookups.get(variable.type.removeprefix("lookup."))
        return entry is None or rest.partition(".")[2] not in entry.public
    return variable.personal


def _verified_only(flow: Flow, variable: Variable) -> bool:
    entry = flow.site.lookups.get(variable.type.removeprefix("lookup."))
    return variable.type.startswith("lookup.") and (entry is None or entry.verified_only)
