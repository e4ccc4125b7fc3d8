"""Whole calls with the shipped flow over the simulated carrier: never more than 4 s of silence.

The service runs as it is wired, in this process, on a loopback port; the carrier is a process of
its own that plays, presses keys and measures.
"""

from identity.pairing.outcomes import Hint
from ivr.flow_engine.voice_actions import Transfer
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.over_the_wire.talk import Talk, quiet


async def test_nobody_presses_anything(talk: Talk) -> None:
    await talk.says("担当者はゼロ", 3)
    await talk.says("番目です", 2)
    quiet(await talk.over())


async def test_every_hint_of_the_hold_a_second_code_and_no_check(talk: Talk) -> None:
    await talk.says("担当者はゼロ")
    await talk.presses("1")
    await talk.says("くり返します")
    await talk.says("アプリでお進み", 2)
    await talk.presses("*")
    await talk.says("くり返します")
    await talk.presses("1")
    app = App(stage=talk.stage)  # type: ignore[arg-type]  # what it needs, the service has too
    pairing = await app.claims(talk)  # type: ignore[arg-type]  # and so has the talk
    await talk.says("アプリの")
    asked = await app.confirms(pairing)
    await talk.says("選んでください", 3)
    await app.chooses(talk, asked)  # type: ignore[arg-type]  # see above
    claiming = talk.stage.identity.verbs.claiming
    await talk.says("アプリ")
    for hint, words in ((Hint.AWAITING_PIN, "暗証番号は"), (Hint.AWAITING_CARD, "カードを")):
        await claiming.progress(app.installation, pairing, hint)
        await talk.says(words, 2)
    await app.cancels(pairing)
    await talk.says("もう一度ご案内")
    await talk.says("くり返します")
    await talk.presses("9")
    await talk.says("本人確認なしで")
    await talk.says("番目です")
    quiet(await talk.over())


async def test_verified_and_waiting(talk: Talk) -> None:
    await talk.says("担当者はゼロ")
    await talk.presses("1")
    await talk.says("くり返します")
    await App(stage=talk.stage).verifies(talk)  # type: ignore[arg-type]  # see above
    await talk.says("確認できました")
    await talk.says("番目です", 2)
    known = await talk.stage.phone.calls.on_the_line(talk.sid)
    assert known is not None
    assert known[2].document is not None
    assert isinstance(known[2].document.closing, Transfer)
    assert known[2].document.closing.queue == "verified"
    quiet(await talk.over())
