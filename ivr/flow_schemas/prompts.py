"""`ivr-prompts/1` described: all spoken text, in all languages."""

from ivr.flow_engine.source import forms
from ivr.flow_engine.source.prompt_files import LONGEST
from ivr.flow_schemas.described import (
    Schema,
    choice,
    either,
    hover,
    like,
    named,
    table,
    text,
    truth,
)


def prompts() -> Schema:
    readings = {
        "type": "object",
        "propertyNames": like(forms.LANGUAGE),
        "additionalProperties": table({}, others=text(100)),
    }
    fields = {
        "schema": hover(choice(("ivr-prompts/1",)), "この書式の番号。",
                        "The number of this format."),
        "readings": hover(readings, "言語 → {書き方: 読み方}。声に渡す前に置き換える。",
                          "Language → {written: spoken}, applied before the voice."),
        "prompts": hover(_prompts(), "プロンプトの ID → 言語 → 文。{{ 変数 | 読み方 }} だけ置換。",
                         "Prompt id → language → text. Only {{ variable | reading }} is replaced."),
    }  # fmt: skip
    return table(fields, ("schema", "prompts"))


def _prompts() -> Schema:
    by_language = {
        "type": "object",
        "propertyNames": like(forms.LANGUAGE),
        "additionalProperties": either(text(LONGEST), _text()),
    }
    return {
        "type": "object",
        "propertyNames": like(forms.PROMPT_ID),
        "additionalProperties": hover(by_language, "言語 → 文。", "Language → text."),
    }


def _text() -> Schema:
    return table(
        {
            "say": hover(text(LONGEST), "読み上げる文。", "Text to be said."),
            "play": hover(named(form=forms.SUBPATH), "録音の場所。text も必要。",
                          "Path of a recording; needs `text` too."),
            "text": hover(text(LONGEST), "録音の書き起こし。", "What the recording says."),
            "slow": hover(text(LONGEST), "ゆっくりのときの文。なければ say をゆっくり読む。",
                          "Text at the slow pace; without it `say` is said slowly."),
            "kana": hover(text(LONGEST), "say の全文の読み。長さを正確に数える。",
                          "The full reading of `say` in kana: its length is then exact."),
            "voice": hover(text(60), "この文だけの声。", "A voice for this text alone."),
            "ssml": hover(truth(default=False),
                          '文に <break time="500ms"/> などを書く: break、sub、prosody、say-as、'
                          "phoneme、p、s。",
                          "The texts have tags: break, sub, prosody, say-as, phoneme, p, s."),
        }
    )  # fmt: skip
