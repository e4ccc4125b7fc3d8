"""The node kinds described: fields and defaults, exits, and which exits each kind needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ivr.flow_engine.source import forms
from ivr.flow_schemas.described import (
    KEY,
    TARGET,
    Names,
    Schema,
    choice,
    duration,
    either,
    expression,
    hover,
    listed,
    named,
    prompt,
    sound,
    table,
    text,
    truth,
    whole,
)
from ivr.flow_schemas.verify_identity import EXITS as VERIFY_EXITS
from ivr.flow_schemas.verify_identity import verify_identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`body` stands at the kind key, `beside` next to it: exits above all. `required` are those of
    `beside` that a node must write."""

    body: Schema
    ja: str
    en: str
    beside: Mapping[str, Schema]
    required: Sequence[str] = ()


def _to(ja: str, en: str) -> Schema:
    return hover(TARGET, ja, en)


NEXT: Final = {"next": _to("次のノード。", "The next node.")}


def _outcomes(
    exits: Mapping[str, tuple[str, str]], *, others: bool = False
) -> Mapping[str, Schema]:
    closed = table(
        {name: _to(*words) for name, words in exits.items()}, others=TARGET if others else None
    )
    return {"outcomes": hover(closed, "出口 → ノード。", "Exit → node.")}


_LOOKUP_EXITS: Final = {
    "found": ("一件あった。", "Exactly one."),
    "none": ("なかった。", "Nothing."),
    "multiple": ("複数あった。", "Several."),
    "error": ("聞けなかった(時間切れを含む)。", "It could not be asked, or took too long."),
}
_ROUTE_EXITS: Final = {
    "connected": ("通話が終わった。", "The talk is over."),
    "abandoned": ("待っている間に切られた。", "The caller hung up while waiting."),
    "full": ("キューがいっぱい。", "The queue is full."),
    "timeout": ("max_wait を過ぎた。", "Waited for max_wait."),
    "error": ("つなげなかった。", "It could not be connected."),
    "left": ("leave_key が押された。", "leave_key was pressed."),
}
_CALLBACK_EXITS: Final = {
    "accepted": ("折り返しを受け付けた。", "It will be called back."),
    "unavailable": ("折り返せない番号(非通知など)。", "A number that cannot be called back."),
    "error": ("受け付けられなかった。", "It could not be noted."),
}


def kinds(names: Names) -> Mapping[str, Kind]:
    """In the order of the language."""
    said = prompt(names)
    return {
        "say": Kind(
            body=either(said, listed(said, low=1, high=3)),
            ja="プロンプトを言う(3 つまで)。キーで止められない。",
            en="Say a prompt, or up to three; cannot be interrupted.",
            beside=NEXT,
            required=("next",),
        ),
        "gather": _gather(names),
        **_deciding(),
        "lookup": _lookup(names),
        "verify_identity": Kind(
            body=verify_identity(names),
            ja="マイナンバーカードで本人確認をする。",
            en="Ask for a tap of the My Number Card.",
            beside=_outcomes(VERIFY_EXITS),
        ),
        "route": _route(names),
        "callback": _callback(names),
        **_leading_on(names),
        "hangup": Kind(
            body=table({"prompt": hover(said, "最後の言葉。", "Last words.")}),
            ja="電話を切る。",
            en="End the call.",
            beside={},
        ),
    }


def _deciding() -> Mapping[str, Kind]:
    return {
        "branch": Kind(
            body=listed(table({"when": hover(expression(), "真なら選ばれる式。", "Chosen if true."),
                               "next": TARGET}, ("when", "next")), low=1),
            ja="最初に真になった式の行き先へ。",
            en="The first true condition wins.",
            beside={"else": _to("どれも真でないとき。", "When none is true.")},
            required=("else",),
        ),
        "hours": Kind(
            body=named(),
            ja="営業時間を見る。",
            en="Look at opening hours.",
            beside=_outcomes({
                "open": ("時間内。", "Open."),
                "closed": ("時間外。", "Closed."),
                "holiday": ("休日(なければ closed)。", "A holiday; closed where not written."),
            }),
        ),
        "count": Kind(
            body=table({"name": hover(named(), "数える名前(tries.名前)。",
                                      "Counted as tries.<name>."),
                        "max": hover(whole(1, 9), "again の最大回数。", "How often `again`.")},
                       ("name", "max")),
            ja="通るたびに 1 を足す。",
            en="Adds one each time.",
            beside=_outcomes({"again": ("max 以下。", "While at most max."),
                              "exhausted": ("max を超えた。", "Then.")}),
        ),
        "set": Kind(
            body=table({"language": hover(expression(), "この通話の言語。", "The call's language."),
                        "pace": hover(expression(), "'normal' か 'slow'。", "'normal' or 'slow'.")},
                       others=expression()),
            ja="変数 → 式。",
            en="Variable → expression.",
            beside=NEXT,
            required=("next",),
        ),
    }  # fmt: skip


def _leading_on(names: Names) -> Mapping[str, Kind]:
    return {
        "subflow": Kind(
            body=table({
                "id": hover(named(names.subflows, forms.FLOW_ID), "sub/ID.yaml。",
                            "sub/<id>.yaml."),
                "with": hover(table({}, others=expression()), "入力 → 式。",
                              "Input → expression."),
                "store": hover(table({}, others=named()), "変数 → 出力。", "Variable → output."),
            }, ("id",)),
            ja="サブフローへ。出口はすべて書く。",
            en="Run a sub-flow; write all of its exits.",
            beside=_outcomes({"error": ("うまくいかなかった(なければ human)。",
                                        "It failed; `human` where not written.")}, others=True),
        ),
        "return": Kind(
            body=table({"exit": hover(named(), "サブフローの出口。", "An exit of this sub-flow."),
                        "outputs": hover(table({}, others=expression()), "出力 → 式。",
                                         "Output → expression.")}, ("exit",)),
            ja="サブフローを終える。",
            en="Leave the sub-flow.",
            beside={},
        ),
        "goto": Kind(body=TARGET, ja="別のノードへ。", en="Another node.", beside={}),
    }  # fmt: skip


def _gather(names: Names) -> Kind:
    said = prompt(names)
    body = table({
        "prompt": hover(said, "聞く言葉。", "What is asked."),
        "digits": hover(whole(1, 20), "けた数。", "How many digits."),
        "min_digits": hover(whole(1, 20, 1), "最小のけた数。", "At least so many digits."),
        "max_digits": hover(whole(1, 20), "最大のけた数。", "At most so many digits."),
        "finish_on": hover({**KEY, "default": "#"}, "入力を終えるキー(けた数が決まらないとき)。",
                           "Ends an entry of varying length."),
        "timeout": hover(duration("6s"), "キーを待つ時間、2~30 秒。",
                         "Before each key, 2 to 30 s."),
        "max_attempts": hover(whole(1, 5, 3), "聞く回数。", "How often it is asked."),
        "barge_in": hover(truth(default=True), "途中でキーを押せる。", "Keys may interrupt."),
        "input": hover(listed(choice(("keys", "speech"))), "[keys] か [keys, speech]。",
                       "[keys] or [keys, speech]."),
        "hints": hover(listed(text(100)), "声で待つ言葉。", "Words expected in speech."),
        "store": hover(named(), "入れる変数。", "Variable that takes it."),
        "accept": hover(expression(), "value を調べる式。", "Condition over `value`."),
        "no_input": hover(listed(said), "何も押されないとき、回ごと。",
                          "Said at no input, by try."),
        "no_match": hover(listed(said), "合わないとき、回ごと。", "Said at no match, by try."),
        "sensitive": hover(truth(default=False), "記録に残さない。", "Never in trace or log."),
    }, ("prompt",))  # fmt: skip
    keys = {"type": "object", "propertyNames": KEY, "additionalProperties": TARGET}
    return Kind(
        body=body,
        ja="キー(または声)を待つ。keys ならメニュー、store と next なら入力。",
        en="Wait for keys (or speech): a menu with `keys`, an entry with `store` and `next`.",
        beside={
            "keys": hover(keys, 'キー → ノード。"1" のように引用符で囲む。',
                          'Key → node; quote it: "1".'),
            **NEXT,
            **_outcomes({"exhausted": ("回数を使い切った(なければ human)。",
                                       "All tries used; `human` where not written.")}),
        },
    )  # fmt: skip


def _lookup(names: Names) -> Kind:
    body = table({
        "name": hover(named(names.lookups), "site.yaml の照会。", "A lookup of site.yaml."),
        "args": hover(table({}, others=expression()), "引数 → 式。", "Argument → expression."),
        "store": hover(named(), "答えを入れる変数(型 lookup.名前)。",
                       "Variable of type lookup.<name>."),
        "timeout": hover(duration("3s"), "10 秒まで。", "At most 10 s."),
        "hold": hover(prompt(names), "待つ間の言葉。", "Said while waiting."),
    }, ("name",))  # fmt: skip
    return Kind(
        body=body,
        ja="社内システムに聞く。",
        en="Ask the business's own systems.",
        beside=_outcomes(_LOOKUP_EXITS),
    )


def _route(names: Names) -> Kind:
    body = table({
        "queue": hover(named(names.queues), "site.yaml のキュー。", "A queue of site.yaml."),
        "priority": hover(whole(0, 9, 0), "大きいほど先。", "Higher goes first."),
        "attributes": hover(listed(text(100)), "担当者の画面に出すもの: identity, contract, "
                            "answers.名前。", "What the operator sees: identity, contract, "
                            "answers.<name>."),
        "announce": hover(prompt(names), "待つ間の案内。", "Said while waiting."),
        "announce_every": hover(duration("30s"), "15~120 秒ごと。", "15 to 120 s."),
        "hold_sound": hover(sound(names.audio), "待つ間の音。言語ごとにも書けます。",
                            "Sound while waiting; one for all, or one by language."),
        "max_wait": hover(duration("10m"), "60 分まで。", "At most 60 minutes."),
        "leave_key": hover(KEY, "押すと列を離れる(出口 left)。", "Leaves the queue: exit `left`."),
    }, ("queue",))  # fmt: skip
    return Kind(
        body=body,
        ja="担当者につなぐ。",
        en="Connect to a person.",
        beside=_outcomes(_ROUTE_EXITS),
    )


def _callback(names: Names) -> Kind:
    body = table({
        "queue": hover(named(names.queues), "折り返すキュー。", "The queue that rings back."),
        "to": hover({**expression(), "default": "caller"}, "caller(かけてきた番号)か式。"
                    "090… と押された番号も使えます。", "caller, or an expression: a number in "
                    "E.164, or as one keys it in Japan."),
        "hours": hover(named(), "折り返す時間。", "Opening hours of ringing back."),
        "keep_result": hover(duration("0s"), "確認の結果を残す時間、30 分まで。",
                             "How long a complete check is kept, at most 30 minutes."),
    }, ("queue",))  # fmt: skip
    return Kind(
        body=body,
        ja="折り返しを受け付ける。",
        en="Take a call-back.",
        beside=_outcomes(_CALLBACK_EXITS),
    )
