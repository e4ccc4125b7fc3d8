"""Tests of flows described: the list in a flow, and the files `ivr-tests/1`."""

from ivr.flow_engine import outcomes as words
from ivr.flow_engine.source import forms
from ivr.flow_schemas.described import (
    PHONE,
    Names,
    Schema,
    choice,
    duration,
    either,
    hover,
    listed,
    named,
    prompt,
    table,
    text,
    whole,
)
from ivr.flow_tests.model import (
    QUEUE_OUTCOMES,
    TICKETS,
)


def tests_file(names: Names) -> Schema:
    fields = {
        "schema": hover(choice(("ivr-tests/1",)), "この書式の番号。", "The number of this format."),
        "flow": hover(named(form=forms.FLOW_ID), "呼び出すフロー。", "The flow that they call."),
        "tests": tests(names),
    }  # fmt: skip
    return table(fields, ("schema", "flow", "tests"))


def tests(names: Names) -> Schema:
    one = table({
        "name": hover(text(120), "何を確かめるか。", "What it shows."),
        "at": hover(text(40), '始まる時刻: "2026-11-24T10:00:00+09:00"。', "When it begins."),
        "call": hover(table({"from": hover(either(PHONE, {"const": ""}), '非通知は ""。',
                                           'Withheld: "".'),
                             "to": hover(PHONE, "着信番号。", "The dialled number.")},
                            ("from", "to")), "かけてくる電話。", "The call."),
        "lookups": hover(table({}, others=either(
            choice(words.LOOKUP_EXITS), table({"found": table({}, others={})}, ("found",)))),
            "照会の答え。なければ none。", "Answers of lookups; none where not written."),
        "callback": hover(choice(words.CALLBACK_EXITS, "accepted"), "折り返しの答え。",
                          "What a call-back is answered."),
        "steps": hover(listed(_step()), "起こること、順に。", "What happens, in order."),
        "expect": hover(_expect(names), "確かめること。", "What must have happened."),
    }, ("name", "at", "call", "steps", "expect"))  # fmt: skip
    return hover(listed(one), "このフローのテスト。", "Tests of this flow.")


def _step() -> Schema:
    levels = table({
        "exit": choice(words.VERIFY_EXITS),
        "identity": choice(words.IDENTITY_LEVELS),
        "binding": choice(words.BINDING_LEVELS),
    }, ("exit",))  # fmt: skip
    steps = {
        "press": hover(text(32), 'キー: "1"。', 'Keys: "1".'),
        "wait": hover(duration(), "待つ時間。", "Time passes."),
        "speech": hover(text(200), "話した言葉。", "What was said."),
        "ticket": hover(choice(TICKETS), "アプリからの合図。", "The app's ticket."),
        "hint": hover(choice(words.PENDING_HINTS), "確認の途中の状態。", "A state of the check."),
        "identity": hover(either(choice(words.VERIFY_EXITS), levels), "確認の結果。",
                          "How the check ends."),
        "queue": hover(choice(QUEUE_OUTCOMES), "キューの結果。", "How the queue ends."),
        "repudiate": hover({"const": True}, "「電話したのは私ではない」。", "That was not me."),
        "hang_up": hover({"const": True}, "電話を切る。", "The caller hangs up."),
    }  # fmt: skip
    return {**table(steps), "minProperties": 1, "maxProperties": 1}


def _expect(names: Names) -> Schema:
    said = listed(prompt(names))
    return table({
        "queue": hover(named(names.queues), "つながるキュー。", "The queue it is sent to."),
        "priority": hover(whole(0, 9), "優先度。", "Its priority."),
        "said": hover(said, "この順で言う(間に別のものがあってよい)。",
                      "In this order, gaps allowed."),
        "path": hover(listed(text(100)), "この順で通るノード。",
                      "Nodes in this order, gaps allowed."),
        "not_said": hover(said, "言わない。", "Never said."),
        "vars": hover(table({}, others={}), "終わりの変数。", "Variables at the end."),
        "end": hover(text(100), "最後のノード。", "The last node."),
        "fault": hover(text(100), "起きる fault。なければ、起きない。",
                       "The fault; none otherwise."),
    })  # fmt: skip
