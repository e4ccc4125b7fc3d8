"""The kind `verify_identity` described, and what every exit of it means to a designer."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine import outcomes as words
from ivr.flow_schemas.described import (
    KEY,
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
    truth,
)

EXITS: Final[Mapping[str, tuple[str, str]]] = {
    "verified": ("本人と確認でき、契約が一つに決まった。", "Verified, one contract."),
    "verified_no_contract": ("本人と確認できたが契約がない。", "Verified, no contract."),
    "verified_multiple_contracts": ("本人と確認でき、契約が複数ある。", "Verified, several."),
    "user_declined_call": ("警報: 電話していないと答えた。", "ALARM: said they are not calling."),
    "wrong_choice": ("警報: 数字を二度選び間違えた。", "ALARM: picked a wrong item twice."),
    "risk_blocked": ("警報: 危険と判断した。", "ALARM: judged too risky."),
    "superseded": ("警報: 別の確認に取って代わられた。", "ALARM: another check took its place."),
    "user_cancelled": ("アプリでやめた。", "Cancelled in the app."),
    "code_expired": ("番号の期限が切れた。", "The code ran out."),
    "session_expired": ("確認の時間が切れた。", "The check ran out of time."),
    "call_ended": ("電話が切れた(書かなくてよい)。", "The call ended (may be left out)."),
    "pin_blocked": ("暗証番号がロックされている。", "The PIN is blocked."),
    "pin_last_try": ("暗証番号は残り一回。", "One PIN try is left."),
    "card_without_pin": ("暗証番号のないカード。", "A card without a PIN."),
    "certificate_revoked": ("電子証明書が失効している。", "The certificate is revoked."),
    "certificate_expired": ("電子証明書の期限切れ。", "The certificate has expired."),
    "certificate_unsupported": ("使えない電子証明書。", "A certificate of another kind."),
    "signature_invalid": ("署名が正しくない。", "The signature is not good."),
    "person_mismatch": ("expect の契約の人ではない。", "Not the person of `expect`."),
    "level_not_reached": ("require に届かなかった。", "Below `require`."),
    "app_unsupported": ("アプリが古い。", "The app is too old."),
    "revocation_unavailable": ("失効を確かめられない。", "Revocation could not be checked."),
    "linkage_unavailable": ("契約との照合ができない。", "Contracts could not be matched."),
    "internal_error": ("こちらの誤り。", "Our fault."),
    "by_operator": ("担当者が止めた。", "An operator stopped it."),
    "by_system": ("システムが止めた。", "The system stopped it."),
    "caller_skipped": ("確認しないを選んだ。", "The caller skipped it."),
    "no_ticket": ("アプリからの電話ではない。", "Not dialled by the app."),
    words.OTHER: ("書かれていない失敗と中止すべて。", "Every failure and cancel not written."),
}


def verify_identity(names: Names) -> Schema:
    said = prompt(names)
    return table({
        "require": hover(table(_pair(), ("identity", "binding")), "両方に届けば確認完了。",
                         "Both must be reached for a complete exit."),
        "step_up": hover(_step_up(names), "さらに高い確認。", "A higher pair."),
        "purpose": hover(named(names.purposes), "site.yaml の purposes の名前。",
                         "A name of `purposes` in site.yaml."),
        "modes": hover(_modes(said), "試す順。", "In the order tried."),
        "expect": hover(expression(), "この人でなければならない契約(型 ref)。",
                        "The contract that the person must hold (type ref)."),
        "wait": hover(duration("300s"), "全体の時間、60~300 秒。", "The whole check, 60 to 300 s."),
        "extend": hover(duration("120s"), "延長キーで一度だけ足す時間。", "Added once by the key."),
        "hold": hover(_hold(names), "待つ間に言うこと。", "What is said while waiting."),
        "keys": hover(_keys(), "待つ間のキー。", "Keys while waiting."),
    }, ("require", "purpose", "modes", "hold"))  # fmt: skip


def _pair() -> Mapping[str, Schema]:
    return {
        "identity": hover(choice(words.REQUIRABLE_IDENTITY),
                          "id_card_auth: 利用者証明用(4 桁)。id_card_sign: 署名用(6~16 桁)。",
                          "id_card_auth: 4-digit PIN. id_card_sign: signature password."),
        "binding": hover(choice(words.BINDING_LEVELS), "アプリと電話の結びつきの強さ。",
                         "How surely app and call belong together."),
    }  # fmt: skip


def _step_up(names: Names) -> Schema:
    return table({
        **_pair(),
        "when": hover(expression(), "真なら続けて行う。なければ担当者だけが始められる。",
                      "If true, goes on to it; without it only an operator can start it."),
        "action": hover(named(names.actions), "署名文に書く手続き。",
                        "What the statement names: a name of `actions`."),
    }, ("identity", "binding"))  # fmt: skip


def _modes(said: Schema) -> Schema:
    lives = hover(duration(), "引き取られるまでの時間。", "How long it waits to be claimed.")
    spoken = table(
        {"prompt": hover(said, "言うこと。", "What is said."), "for": lives}, ("prompt",)
    )
    via = listed(choice([mode for mode in words.MODES if mode != "operator_started"]), low=1)
    options = {
        "app_dial": hover(table({
            "cover": hover(said, "聞いている間に言う。", "Said meanwhile."),
            "listen": hover(duration("2s"), "その後に聞く時間、1~2 秒。", "1 to 2 s after it."),
        }), "アプリからの発信。最初に置く。", "The app dialled; stands first."),
        "sms_link": hover(spoken, "SMS のリンク。", "A link by text message."),
        "spoken_code": hover(spoken, "番号を読み上げる。", "A code is read out."),
        "keyed_code": hover(table({
            "prompt": said, "for": lives,
            "accessibility": hover(truth(default=False), "true が必要。例外。",
                                   "Must be true: an exception."),
        }, ("prompt", "accessibility")), "アプリの番号を電話で押す(例外)。",
            "The caller keys the app's code (an exception)."),
        "operator_started": hover(table({"via": via}, ("via",)), "担当者が始める。",
                                  "An operator starts it."),
    }  # fmt: skip
    one = {**table(options), "minProperties": 1, "maxProperties": 1}
    return listed(either(one, choice(words.MODES)), low=1)


def _hold(names: Names) -> Schema:
    said = prompt(names)
    prompts = {
        "default": hover(said, "ほかに書かれていないとき。", "Where nothing else is written."),
        **dict.fromkeys(words.PENDING_HINTS, said),
    }
    return table({
        "every": hover(duration("8s"), "8~10 秒ごと。", "Every 8 to 10 s."),
        "sound": hover(sound(names.audio), "間を埋める音。言語ごとにも書けます。",
                       "Fills the gaps; one for all, or one by language."),
        "prompts": hover(table(prompts, ("default",)), "状態 → プロンプト。", "Hint → prompt."),
    }, ("prompts",))  # fmt: skip


def _keys() -> Schema:
    return table({
        "repeat": hover({**KEY, "default": "*"}, "もう一度。", "Say it again."),
        "more_time": hover({**KEY, "default": "1"}, "時間を延ばす。", "More time."),
        "other_way": hover({**KEY, "default": "2"}, "別の方法。", "Another way."),
        "skip": hover({**KEY, "default": "9"}, "確認しない。", "Skip the check."),
    })  # fmt: skip
