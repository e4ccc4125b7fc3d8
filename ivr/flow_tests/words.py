"""How a failed test is told, in English and Japanese."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_tests.result import Failure

# code -> (English, Japanese); {what} is the step, {expected} and {found} as in Failure.
_TOLD: Final[Mapping[str, tuple[str, str]]] = {
    "left_over": (
        "the call had ended before the step '{what}'",
        "手順「{what}」の前に、通話が終わっていました",
    ),
    "not_taken": (
        "the flow does not take '{what}' here (it waits for: {found})",
        "フローはここで「{what}」を受け付けません(待っているもの: {found})",
    ),
    "too_many_keys": (
        "'{what}': only {expected} key(s) are taken here",
        "「{what}」: ここで受け付けるキーは {expected} 個までです",
    ),
    "no_keys": ("'{what}': no key is taken here", "「{what}」: ここではキーを受け付けません"),
    "no_speech": (
        "'{what}': nobody listens for words here; a gather with input [keys, speech] does",
        "「{what}」: ここでは声を聞いていません。input: [keys, speech] の gather が聞きます",
    ),
    "no_listening": (
        "'{what}': the call does not listen for a ticket or an app's code here",
        "「{what}」: ここではチケットやアプリの番号を待っていません",
    ),
    "listening_only": (
        "'{what}': no check is open yet, the call listens for a ticket; write ticket: first",
        "「{what}」: 本人確認はまだ始まらず、チケットを待っています。先に ticket: を書きます",
    ),
    "no_check": (
        "'{what}': no identity check is open here",
        "「{what}」: ここでは本人確認が開いていません",
    ),
    "no_queue": (
        "'{what}': the call is in no queue here",
        "「{what}」: 通話はここでキューに入っていません",
    ),
    "unknown": (
        "the flow has no {what} '{expected}'",
        "フローに {what}「{expected}」はありません",
    ),
    "fault": (
        "fault: expected {expected}, the flow broke with {found}",
        "fault: {expected} のはずが、フローの障害は {found}",
    ),
    "queue": (
        "queue: expected {expected}, the call was sent to {found}",
        "queue: {expected} のはずが、{found} に送られました",
    ),
    "priority": (
        "priority: expected {expected}, found {found}",
        "priority: {expected} のはずが {found}",
    ),
    "said": (
        "said: {expected} is missing; from there on the caller heard: {found}",
        "said: {expected} がありません。そこからあとに聞こえたもの: {found}",
    ),
    "path": (
        "path: {expected} is missing; from there on the call took: {found}",
        "path: {expected} を通っていません。そこからあとに通ったもの: {found}",
    ),
    "not_said": (
        "not_said: {expected} was said: {found}",
        "not_said: {expected} が話されました: {found}",
    ),
    "vars": ("vars: expected {expected}, found {found}", "vars: {expected} のはずが {found}"),
    "end": ("end: expected {expected}, the call is at {found}", "end: {expected} のはずが {found}"),
}
_WHERE: Final = (
    "the call was at {node} ({file}:{line}), last heard: {last}",
    "通話は {node}({file}:{line})。最後に聞こえたもの: {last}",
)
_SILENCE: Final = ("nothing", "なし")


def told(failure: Failure, language: str) -> str:
    """What was expected and what happened; any language but Japanese is told in English."""
    chosen = int(language.lower().startswith("ja"))
    return _TOLD[failure.code][chosen].format(
        what=failure.what, expected=failure.expected, found=failure.found
    )


def told_where(failure: Failure, language: str) -> str:
    """Where the call was then: the node with its line, and the last prompt."""
    chosen = int(language.lower().startswith("ja"))
    where = failure.where
    last = f"{where.last.prompt} ({where.last.text})" if where.last else _SILENCE[chosen]
    return _WHERE[chosen].format(node=where.node, file=where.file, line=where.line, last=last)
