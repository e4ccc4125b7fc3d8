"""`ivr-site/1` described: the business, and the names that its flows may use."""

from ivr.flow_engine.source import forms
from ivr.flow_engine.source.site import FIELD_TYPES
from ivr.flow_schemas.described import (
    DATES,
    PHONE,
    Names,
    Schema,
    choice,
    hover,
    inside,
    like,
    listed,
    named,
    table,
    text,
    truth,
    whole,
)


def site(names: Names) -> Schema:
    fields = {
        "schema": hover(choice(("ivr-site/1",)), "この書式の番号。", "The number of this format."),
        "business": hover(_business(), "名乗り。アプリと署名文に出る。",
                          "Who is called: shown in the app and said in the statement."),
        "sms": _sms(),
        "numbers": hover(_numbers(), "着信番号 → フロー@live。番号は引用符で囲む。@canary は試行中"
                         "の版(なければ live)を必ず受ける番号。",
                         "Dialled number → flow@live. Quote the number. With @canary all its calls "
                         "get the canary, or live while there is none."),
        "queues": hover(_queues(), "キュー。ちょうど一つが最後の行き先(fallback)。",
                        "Queues; exactly one is the last resort (fallback)."),
        "lookups": hover(_lookups(), "社内システムへの照会。引数と項目の型。",
                         "Questions to your own systems: types of arguments and fields."),
        "purposes": hover(_titles(), "確認の目的(アプリに出る、60 文字まで)。",
                          "Purposes of a check, shown in the app (60 characters)."),
        "actions": hover(_titles(), "署名文に書ける手続きの名前。",
                         "What the statement of an action tap may name."),
        "policy": hover(table({"approvers": hover(
            whole(1, 9, 1), "公開に必要な人数(公開する本人を含む)。",
            "How many people a publication needs, who publishes included.")}),
            "公開の決まり。", "Rules of publishing."),
        "calendars": hover(table({}, others=listed(DATES)), "会社の休日の表。日付か「初日/末日」。",
                           "Calendars of your own: dates, or first/last, both included."),
    }  # fmt: skip
    return table(fields, ("schema", "business", "numbers", "queues"))


def _sms() -> Schema:
    words = like(forms.LINK_MESSAGE)
    return hover(
        table(
            {
                "sender": hover(text(11), "SMS の送信者名(11 文字まで)。",
                                "Sender of text messages, 11 characters at most."),
                "texts": hover(
                    table({}, others=listed(words)),
                    "言語ごとの文面、長いものから。一通に収まる最初のものを送る。"
                    "{business} は名前、最後に空白か改行と {link}。",
                    "Words by language, the fullest first; the first that fits one part is sent. "
                    "{business} is the name; a space or line break and {link} come last."),
            }
        ),
        "SMS の送信者名と文面。", "Text messages: sender and words.",
    )  # fmt: skip


def _business() -> Schema:
    return table(
        {
            "name": hover(text(60), "事業者の名前。", "The business's name."),
            "logo": hover(named(form=forms.SUBPATH), "ロゴの場所(flows からの相対)。",
                          "Path of the logo below flows/."),
            "published_number": hover(PHONE, "公表している電話番号。", "The published number."),
        },
        ("name", "published_number"),
    )  # fmt: skip


def _numbers() -> Schema:
    flow = {"type": "string", "pattern": f"^{inside(forms.FLOW_ID)}(@(live|canary))?$"}
    return {"type": "object", "propertyNames": PHONE, "additionalProperties": flow}


def _queues() -> Schema:
    fallback = hover(truth(default=False), "最後の行き先。", "The last resort.")
    return table({}, others=table({"fallback": fallback}))


def _lookups() -> Schema:
    columns = table({}, others=choice(FIELD_TYPES))
    one = table(
        {
            "args": hover(columns, "引数の名前 → 型。", "Arguments: name → type."),
            "fields": hover(columns, "答えの項目 → 型。書かれたものは個人情報として扱う。",
                            "Fields of the answer: name → type; personal unless listed below."),
            "public": hover(listed(named()), "個人情報でない項目。",
                            "Fields that are not personal."),
            "verified_only": hover(truth(default=False), "本人確認の後だけ。",
                                   "Only behind a complete check."),
        }
    )  # fmt: skip
    return table({}, others=one)


def _titles() -> Schema:
    return table({}, others=text(60))
