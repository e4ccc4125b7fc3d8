"""A small flow built by hand, with places to break it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from ivr.flow_engine.definition import (
    Branch,
    Callback,
    Count,
    Expression,
    Flow,
    FlowBody,
    Gather,
    GlobalAction,
    GlobalKey,
    Goto,
    HangUp,
    HoldPrompts,
    Kind,
    Limits,
    Lookup,
    Mode,
    Node,
    PromptText,
    Require,
    Route,
    Say,
    Set,
    Variable,
    VerifyIdentity,
)
from ivr.flow_engine.outcomes import ALARM_EXITS, COMPLETE_EXITS, VERIFY_EXITS
from ivr.flow_engine.site import Business, LookupEntry, QueueEntry, Site

NOW: Final = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

_SITE: Final = Site(
    business=Business(name="試験社", logo="", published_number="+81312345678"),
    sms_sender="TEST",
    numbers={},
    queues={
        "verified": QueueEntry(name="verified"),
        "general": QueueEntry(name="general"),
        "last": QueueEntry(name="last", fallback=True),
    },
    lookups={
        "customer": LookupEntry(args={}, fields={"contract": "ref"}),
        "balance": LookupEntry(args={}, fields={"amount": "yen"}, verified_only=True),
    },
    purposes={"account": "確認"},
    actions={},
)
_PROMPTS: Final = {
    "menu": "番号を押してください。",
    "code": "{{ pairing.code | digits }}",
    "item": "{{ pairing.spoken_item | digits }}",
    "wait": "お待ちください。",
    "words": "どうぞ。",
    "balance": "{{ answers.balance.amount | yen }}です。",
    "number": "{{ answers.number | digits }}です。",
    "level": "{{ identity.level | text }}です。",
    "position": "{{ queue.position | number }}番目です。",
}


def _exits() -> dict[str, str]:
    table = {
        **dict.fromkeys(COMPLETE_EXITS, "verified_queue"),
        **dict.fromkeys(ALARM_EXITS, "person"),
    }
    return {name: table.get(name, "retry") for name in VERIFY_EXITS}


def _route(queue: str, **more: Any) -> Route:
    exits = ("connected", "abandoned", "full", "timeout", "error")
    outcomes = {**dict.fromkeys(exits, "menu"), "connected": "bye", "abandoned": "bye"}
    return Route(queue=queue, outcomes=outcomes, announce="position", **more)


KINDS: Final[dict[str, Kind]] = {
    "menu": Gather(prompt="menu", keys={"1": "check", "2": "find", "3": "entry"}),
    "entry": Gather(prompt="menu", max_digits=4, store="number", next="find", sensitive=True),
    "find": Lookup(
        name="customer",
        args={"number": Expression(source="call.number")},
        store="customer",
        outcomes=dict.fromkeys(("found", "none", "multiple", "error"), "check"),
    ),
    "check": VerifyIdentity(
        require=Require(identity="id_card_auth", binding="bind_choice"),
        purpose="account",
        modes=(Mode(name="app_dial", cover="words"), Mode(name="spoken_code", prompt="code")),
        hold=HoldPrompts(
            prompts={"default": "wait", "awaiting_choice": "item"}, sound={"": "tick"}
        ),
        outcomes=_exits(),
    ),
    "retry": Count(name="retry", max=2, outcomes={"again": "menu", "exhausted": "person"}),
    "verified_queue": _route("verified", attributes=("identity", "contract")),
    "person": _route("general"),
    "bye": HangUp(prompt="words"),
}


def flow(kinds: dict[str, Kind] | None = None, *, start: str = "menu", **limits: int) -> Flow:
    """The small flow with nodes added or replaced."""
    nodes = {
        name: Node(id=name, kind=kind, line=1) for name, kind in {**KINDS, **(kinds or {})}.items()
    }
    body = FlowBody(
        id="main",
        title="",
        file="main.yaml",
        start=start,
        nodes=nodes,
        human="person",
        on_repudiated="person",
        variables={
            "number": Variable(type="digits"),
            "customer": Variable(type="lookup.customer"),
            "balance": Variable(type="lookup.balance"),
            "text": Variable(type="text", personal=False),
        },
    )
    return Flow(
        main=body,
        subflows={},
        languages=("ja-JP", "en-US"),
        voice={"ja-JP": "Polly.Kazuha-Neural", "en-US": "Polly.Joanna-Neural"},
        prompts={
            name: {language: PromptText(say=text) for language in ("ja-JP", "en-US")}
            for name, text in _PROMPTS.items()
        },
        readings={},
        hours={},
        global_keys={
            "0": GlobalKey(action=GlobalAction.GOTO, target="person"),
            "8": GlobalKey(action=GlobalAction.LANGUAGE),
        },
        limits=Limits(**limits),
        site=_SITE,
        version="f" * 64,
    )


def without_nodes(made: Flow, *names: str) -> Flow:
    nodes = {name: node for name, node in made.main.nodes.items() if name not in names}
    return replace(made, main=replace(made.main, nodes=nodes))


def expression(source: str) -> Expression:
    return Expression(source=source)


__all__ = [
    "KINDS",
    "NOW",
    "Branch",
    "Callback",
    "Goto",
    "Say",
    "Set",
    "expression",
    "flow",
    "without_nodes",
]
