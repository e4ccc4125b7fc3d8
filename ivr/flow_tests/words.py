"""How a failed test is told, in English and Japanese."""

from collections.abc import Mapping
from typing import Final

from bilingual.text import Bilingual
from ivr.flow_tests.result import Failure

# By code; {what} is the step, {expected} and {found} as in Failure.
_TOLD: Final[Mapping[str, Bilingual]] = {
    "left_over": Bilingual(
        ja="手順「{what}」の前に、通話が終わっていました",
        en="the call had ended before the step '{what}'",
    ),
    "not_taken": Bilingual(
        ja="フローはここで「{what}」を受け付けません(待っているもの: {found})",
        en="the flow does not take '{what}' here (it waits for: {found})",
    ),
    "too_many_keys": Bilingual(
        ja="「{what}」: ここで受け付けるキーは {expected} 個までです",
        en="'{what}': only {expected} key(s) are taken here",
    ),
    "no_keys": Bilingual(
        ja="「{what}」: ここではキーを受け付けません", en="'{what}': no key is taken here"
    ),
    "no_speech": Bilingual(
        ja="「{what}」: ここでは声を聞いていません。input: [keys, speech] の gather が聞きます",
        en="'{what}': nobody listens for words here; a gather with input [keys, speech] does",
    ),
    "no_listening": Bilingual(
        ja="「{what}」: ここではチケットやアプリの番号を待っていません",
        en="'{what}': the call does not listen for a ticket or an app's code here",
    ),
    "listening_only": Bilingual(
        ja="「{what}」: 本人確認はまだ始まらず、チケットを待っています。先に ticket: を書きます",
        en="'{what}': no check is open yet, the call listens for a ticket; write ticket: first",
    ),
    "no_check": Bilingual(
        ja="「{what}」: ここでは本人確認が開いていません",
        en="'{what}': no identity check is open here",
    ),
    "no_queue": Bilingual(
        ja="「{what}」: 通話はここでキューに入っていません",
        en="'{what}': the call is in no queue here",
    ),
    "unknown": Bilingual(
        ja="フローに {what}「{expected}」はありません", en="the flow has no {what} '{expected}'"
    ),
    "fault": Bilingual(
        ja="fault: {expected} のはずが、フローの障害は {found}",
        en="fault: expected {expected}, the flow broke with {found}",
    ),
    "queue": Bilingual(
        ja="queue: {expected} のはずが、{found} に送られました",
        en="queue: expected {expected}, the call was sent to {found}",
    ),
    "priority": Bilingual(
        ja="priority: {expected} のはずが {found}",
        en="priority: expected {expected}, found {found}",
    ),
    "said": Bilingual(
        ja="said: {expected} がありません。そこからあとに聞こえたもの: {found}",
        en="said: {expected} is missing; from there on the caller heard: {found}",
    ),
    "path": Bilingual(
        ja="path: {expected} を通っていません。そこからあとに通ったもの: {found}",
        en="path: {expected} is missing; from there on the call took: {found}",
    ),
    "not_said": Bilingual(
        ja="not_said: {expected} が話されました: {found}",
        en="not_said: {expected} was said: {found}",
    ),
    "vars": Bilingual(
        ja="vars: {expected} のはずが {found}", en="vars: expected {expected}, found {found}"
    ),
    "end": Bilingual(
        ja="end: {expected} のはずが {found}", en="end: expected {expected}, the call is at {found}"
    ),
}
_WHERE: Final = Bilingual(
    ja="通話は {node}({file}:{line})。最後に聞こえたもの: {last}",
    en="the call was at {node} ({file}:{line}), last heard: {last}",
)
_SILENCE: Final = Bilingual(ja="なし", en="nothing")


def told(failure: Failure, language: str) -> str:
    """What was expected and what happened; any language but Japanese is told in English."""
    return _TOLD[failure.code].told(
        language, what=failure.what, expected=failure.expected, found=failure.found
    )


def told_where(failure: Failure, language: str) -> str:
    """Where the call was then: the node with its line, and the last prompt."""
    where = failure.where
    last = f"{where.last.prompt} ({where.last.text})" if where.last else _SILENCE.of(language)
    return _WHERE.told(language, node=where.node, file=where.file, line=where.line, last=last)
