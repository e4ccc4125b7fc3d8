"""What the simulator prints: the lines executed, what the caller hears, what could be typed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import typer

from bilingual.text import Bilingual
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.turn.trace import TraceEntry
from ivr.flow_engine.voice_actions import HangUp, Transfer
from ivr.flow_tests.labelled import heard, unlabelled
from ivr.flow_tests.playing import Drawn
from ivr.flow_tests.result import Failure
from ivr.flow_tests.words import told
from kazasu.cli.flow.simulator.conversation import Conversation
from kazasu.cli.flow.simulator.earpiece import Earpiece, Sound

WORDS: Final = {
    "begins": Bilingual(
        ja="{title} - {caller} から {dialled} への通話({at})。? で入力できるものを表示します。",
        en="{title} - a call from {caller} to {dialled} at {at}. ? shows what can be typed.",
    ),
    "withheld": Bilingual(ja="非通知", en="a withheld number"),
    "listens": Bilingual(ja="({seconds:g} 秒、キーを待ちます)", en="(listens {seconds:g} s)"),
    "pause": Bilingual(ja="(無音 {seconds:g} 秒)", en="(silence {seconds:g} s)"),
    "play": Bilingual(ja="[{text}] {seconds:.1f} 秒", en="[{text}] {seconds:.1f} s"),
    "error": Bilingual(ja="電話会社が受け付けません: {text}", en="the carrier refuses: {text}"),
    "say": Bilingual(
        ja="「{text}」 {seconds:.1f} 秒{length}", en='"{text}" {seconds:.1f} s{length}'
    ),
    "morae": Bilingual(ja="・{morae} モーラ", en=", {morae} morae"),
    "words": Bilingual(ja="・{words} 語", en=", {words} words"),
    "queue": Bilingual(
        ja="=> キュー {queue} で待ちます(最長 {seconds} 秒)",
        en="=> waits in the queue {queue}, at most {seconds} s",
    ),
    "over": Bilingual(ja="=> 通話は終わりました", en="=> the call is over"),
    "fault": Bilingual(ja="フローの障害: {code}", en="fault: {code}"),
    "ended": Bilingual(ja="通話は {node} で終わりました。", en="The call ended at {node}."),
    "stands": Bilingual(ja="通話は {node} にあります。", en="The call stands at {node}."),
    "unknown": Bilingual(
        ja="「{text}」が分かりません(? で説明が出ます)。使えるもの: {known}",
        en="'{text}' is not understood (? explains). Known: {known}",
    ),
    "no_lookup": Bilingual(
        ja="その lookup はありません。使えるもの: {known}", en="No such lookup. Known: {known}"
    ),
    "no_field": Bilingual(
        ja="その項目はありません。使えるもの: {known}", en="No such field. Known: {known}"
    ),
    "no_number": Bilingual(ja="その項目は数です。", en="That field is a number."),
    "asked_already": Bilingual(
        ja="この通話ではもう照会しました。変えるには最初からやり直してください。",
        en="The call has asked it already; begin anew to change the answer.",
    ),
    "help": Bilingual(
        ja="""\
  1、123#、*         キーを押す
  (空行)           次の案内まで何もしない。wait 30s: その間だけ
  speech ことば     声を待つところで話す
  ticket valid      アプリが電話をかけ、チケットを送る。unknown、none
  hint awaiting_pin アプリの進み具合(途中の合図)
  verified          本人確認の結果。出口の名前、または identity 出口 id_card_sign bind_choice
  connected         キューの結果: connected abandoned full timeout error left
  repudiate         「わたしではない」と申告された
  lookup 名前 none  照会の答え: none、multiple、error、または 項目=値 …
  callback error    折り返しの受付: accepted、unavailable、error
  hang_up、quit     電話を切る。通話をそのままにして終える""",
        en="""\
  1, 123#, *        press keys
  (empty)           say nothing until the line changes; wait 30s: for that long
  speech WORDS      say something where the flow listens for words
  ticket valid      the app dialled and sends its ticket; unknown, none
  hint awaiting_pin what the app is doing (a pending hint)
  verified          how the check ends: any exit, or identity EXIT id_card_sign bind_choice
  connected         what comes of the queue: connected abandoned full timeout error left
  repudiate         the holder says "that was not me"
  lookup NAME none  how a lookup answers: none, multiple, error, or FIELD=VALUE …
  callback error    how a call-back is answered: accepted, unavailable, error
  hang_up, quit     the caller hangs up; leave the call as it is""",
    ),
}


class Screen:
    def __init__(self, flow: Flow, earpiece: Earpiece, spoken: str) -> None:
        self._flow = flow
        self._earpiece = earpiece
        self._spoken = spoken

    def begins(self, call: tuple[str, str], starts: datetime) -> None:
        caller = call[0] or self._word("withheld")
        at = starts.isoformat(timespec="minutes")
        title = self._flow.main.title
        print(self._word("begins", title=title, caller=caller, dialled=call[1], at=at))

    def shows(self, conversation: Conversation) -> None:
        """What happened since it was last shown."""
        for trace, drawn in conversation.news():
            for entry in trace:
                self._left(entry)
            if drawn is not None and drawn.n:
                self._stands(trace, drawn)
            if drawn is not None:
                self._heard(drawn)

    def typed(self, text: str) -> None:
        print(f"> {text}".rstrip())

    def helps(self) -> None:
        print(self._word("help"))

    def refuses(self, code: str, *, known: str, text: str) -> None:
        print(f"  ! {self._word(code, known=known, text=text)}")

    def unfit(self, failure: Failure) -> None:
        print(f"  ! {told(failure, self._spoken)}")

    def ends(self, conversation: Conversation) -> None:
        word = "ended" if conversation.playing.ended else "stands"
        print(self._word(word, node=conversation.playing.where.node))

    def _left(self, entry: TraceEntry) -> None:
        """The node that was left, and by which exit; where the call stays, `_stands` says so."""
        if entry.exit:
            self._line(entry.flow, entry.node, f": {entry.exit}")
        if entry.fault:
            typer.secho(f"  ! {self._word('fault', code=entry.fault)}", fg="red")

    def _stands(self, trace: Sequence[TraceEntry], drawn: Drawn) -> None:
        """The node that speaks and waits; the last of a call has been left already."""
        if not trace or (trace[-1].flow, trace[-1].node, trace[-1].exit) != (
            drawn.flow,
            drawn.node,
            "hangup",
        ):
            self._line(drawn.flow, drawn.node, "")

    def _line(self, flow: str, name: str, left: str) -> None:
        """`file:line node: exit`, the line of the flow that was carried out."""
        main = flow == self._flow.main.id
        body = self._flow.main if main else self._flow.subflows.get(flow)
        node = body.nodes.get(name) if body else None
        if body is not None and node is not None:
            typer.secho(f"  {body.file}:{node.line} {name}{left}", dim=True)

    def _heard(self, drawn: Drawn) -> None:
        prompts = ", ".join(part.prompt for part in heard(drawn.document))
        if prompts:
            typer.secho(f"    {prompts}", dim=True)
        for sound in self._earpiece.hear(unlabelled(drawn.document), drawn.n):
            self._sound(sound)
        closing = drawn.document.closing
        if isinstance(closing, Transfer):
            words = self._word("queue", queue=closing.queue, seconds=closing.max_wait)
            print(f"    {words}")
        elif isinstance(closing, HangUp) and drawn.n:
            print(f"    {self._word('over')}")

    def _sound(self, sound: Sound) -> None:
        name = "listens" if sound.kind == "listen" else sound.kind
        line = self._word(name, text=sound.text, seconds=sound.seconds, length=self._length(sound))
        typer.secho(f"    {line}", bold=sound.kind == "say")

    def _length(self, sound: Sound) -> str:
        counted: Sequence[tuple[str, int]] = (("morae", sound.morae), ("words", sound.words))
        return "".join(self._word(name, **{name: count}) for name, count in counted if count)

    def _word(self, name: str, **facts: object) -> str:
        return WORDS[name].told(self._spoken, **facts)
