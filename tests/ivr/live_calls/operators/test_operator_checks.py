"""A check that an operator starts on the line: beside the talk, with a reason, alarms lifted so."""

import itertools
from dataclasses import replace

import pytest

from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Refusal
from identity.pairing.views import PairingView
from ivr.flow_engine.readings import ja
from ivr.live_calls.operator_checks.terms import terms_of
from ivr.queues.model import Waiting, WaitingState
from tests.ivr.live_calls.an_app import App, tap_of
from tests.ivr.live_calls.stage import Caller, Heard, Stage
from tests.ivr.live_calls.ways.test_links import messages, token_in

DOOR = "/carriers/twilio"
LEG = "CA" + "e" * 32


async def in_queue(stage: Stage, *, alarmed: bool = False) -> Caller:
    caller = stage.caller()
    if alarmed:
        await caller.in_check()
        await App(stage=stage).declines(caller)
        await caller.waits()
    else:
        await caller.arrives()
        await caller.presses("0")
    assert "Enqueue" in caller.document.verbs
    return caller


async def the_waiting(caller: Caller) -> Waiting:
    found = await caller.waiting()
    assert found is not None
    return found


async def started(
    caller: Caller, *, mode: str = "spoken_code", reason: str = "first_check"
) -> PairingView | Refusal:
    row = await the_waiting(caller)
    return await caller.stage.phone.checks.start(
        row.tenant, "op-1", row.call_ref, mode=mode, reason=reason
    )


async def badge(caller: Caller) -> str:
    return await caller.stage.phone.pop.badge(await the_waiting(caller))


async def test_code_and_item_are_on_the_screen_and_the_caller_stays(stage: Stage) -> None:
    caller = await in_queue(stage)
    kept = await caller.session()
    opened = await started(caller)
    assert isinstance(opened, PairingView)
    row = await the_waiting(caller)
    pop = await stage.phone.pop.by_token(row.tenant, row.token)
    assert pop is not None
    assert pop.check is not None
    assert pop.check.code == opened.code
    assert (pop.badge, pop.hint) == ("checking", "awaiting_app")
    assert opened.code not in repr(pop)

    app = App(stage=stage, contract="C-1001")
    await app.holds_a_contract()
    asked = await app.confirms(await app.claims(caller, opened.code))
    await stage.deliver()
    pop = await stage.phone.pop.by_token(row.tenant, row.token)
    assert pop is not None
    assert pop.check is not None
    assert (pop.check.code, pop.check.item) == ("", (await caller.pairing()).item)
    await app.proves(await app.chooses(caller, asked))
    await stage.deliver()
    assert await badge(caller) == "green"
    now = await caller.session()
    assert (now.n, now.wait, now.document) == (kept.n, "queue", kept.document)
    assert (now.identity.status, now.identity.hint) == ("complete", "verified")
    assert stage.rest.redirects == []
    whats = [what for what, _, token in stage.screens.told if token == row.token]
    assert whats.count("pop") >= 4


async def test_an_alarm_is_lifted_only_so(stage: Stage) -> None:
    caller = await in_queue(stage, alarmed=True)
    assert await badge(caller) == "red"
    assert isinstance(await started(caller, reason="alarm_explained"), PairingView)
    assert await badge(caller) == "checking"
    assert (await caller.session()).identity.alarm == ""
    app = App(stage=stage)
    await app.verifies(caller)
    await stage.deliver()
    assert await badge(caller) == "amber"  # a card, and nobody's contract


async def test_a_second_alarm_is_red_again(stage: Stage) -> None:
    caller = await in_queue(stage, alarmed=True)
    await started(caller, reason="alarm_explained")
    await App(stage=stage).declines(caller)
    await stage.deliver()
    assert await badge(caller) == "red"
    assert (await caller.session()).identity.alarm == "user_declined_call"


async def test_said_twice_there_is_one_check(stage: Stage) -> None:
    caller = await in_queue(stage)
    first, second = await started(caller), await started(caller)
    assert isinstance(first, PairingView)
    assert isinstance(second, PairingView)
    assert (first.pairing, first.code) == (second.pairing, second.code)


async def test_a_link_beside_the_code(stage: Stage) -> None:
    caller = await in_queue(stage)
    opened = await started(caller)
    assert isinstance(opened, PairingView)
    assert isinstance(await started(caller, mode="sms_link"), PairingView)
    now = await caller.pairing()
    assert (now.pairing, now.code) == (opened.pairing, opened.code)
    (sent,) = messages(stage)
    assert await App(stage=stage).claims(caller, token_in(sent["Body"])) == opened.pairing


async def test_a_message_that_cannot_be_sent_is_said(stage: Stage) -> None:
    caller = await in_queue(stage)
    stage.rest.troubles.append(400)
    refused = await started(caller, mode="sms_link")
    assert isinstance(refused, Refusal)
    assert refused.code == "message_not_sent"
    assert isinstance(await started(caller), PairingView)
    assert (await caller.pairing()).code


async def test_the_operator_stops_it(stage: Stage) -> None:
    caller = await in_queue(stage)
    row = await the_waiting(caller)
    assert not await stage.phone.checks.stop(row.tenant, row.call_ref)
    await started(caller)
    assert await stage.phone.checks.stop(row.tenant, row.call_ref)
    assert (await caller.pairing()).hint is Hint.BY_OPERATOR
    await stage.deliver()
    assert (await caller.session()).identity.status == "cancelled"
    assert await badge(caller) == "grey"


async def test_a_verdict_before_the_check_stays_when_it_is_stopped(stage: Stage) -> None:
    """Unverified to verified while talking, never back without a reason that is shown."""
    caller = stage.caller()
    await caller.in_check()
    app = App(stage=stage, contract="C-1001")
    await app.holds_a_contract()
    await app.verifies(caller)
    await caller.waits()
    assert await badge(caller) == "green"
    await started(caller, reason="higher_level")
    row = await the_waiting(caller)
    pop = await stage.phone.pop.by_token(row.tenant, row.token)
    assert pop is not None
    assert pop.check is not None


async def test_after_the_call_there_is_nothing_to_check(stage: Stage) -> None:
    caller = await in_queue(stage)
    row = await the_waiting(caller)
    await caller.status("completed")
    for mode, reason in itertools.product(("spoken_code",), ("other",)):
        refused = await stage.phone.checks.start(
            row.tenant, "op-1", row.call_ref, mode=mode, reason=reason
        )
        assert isinstance(refused, Refusal)
        assert refused.code == "no_open_pairing"


@pytest.mark.parametrize(("mode", "reason"), [("app_dial", "other"), ("spoken_code", "because")])
async def test_only_known_ways_and_reasons(stage: Stage, mode: str, reason: str) -> None:
    caller = await in_queue(stage)
    with pytest.raises(ValueError, match="not a mode or reason"):
        await started(caller, mode=mode, reason=reason)


async def test_the_flow_says_what_is_required(stage: Stage) -> None:
    caller = await in_queue(stage)
    live = await stage.phone.calls.on_the_line(caller.sid)
    assert live is not None
    terms = terms_of(live[1])
    assert terms is not None
    assert (terms.require.identity, terms.require.binding) == ("id_card_auth", "bind_choice")
    assert terms.purpose == "account"


async def test_a_contract_that_was_looked_up_is_the_one_to_find(shipped: Stage) -> None:
    """The caller keyed the number of somebody else's contract, then asked for a person."""
    shipped.tables.found["customer"] = {"contract": "C-9009"}
    caller = shipped.caller()
    await caller.arrives()
    for keys in ("", "3", "10000001", "0"):
        await caller.presses(keys)
    assert "Enqueue" in caller.document.verbs
    row = await the_waiting(caller)
    pop = await shipped.phone.pop.by_token(row.tenant, row.token)
    assert pop is not None
    assert pop.check_expects == "C-9009"
    opened = await started(caller)
    assert isinstance(opened, PairingView)
    app = App(stage=shipped, contract="C-1001")
    await app.holds_a_contract()
    chosen = await app.chooses(caller, await app.confirms(await app.claims(caller, opened.code)))
    assert chosen.statement is not None
    refused = await shipped.identity.verbs.proving.prove(
        app.installation, chosen.pairing, tap_of(chosen.statement)
    )
    assert isinstance(refused, Refusal)
    assert refused.code == "person_mismatch"
    await shipped.deliver()
    pop = await shipped.phone.pop.by_token(row.tenant, row.token)
    assert pop is not None
    assert (pop.badge, pop.hint, pop.expected) == ("grey", "person_mismatch", "C-9009")
    assert pop.contracts == ()


async def test_where_nobody_was_looked_up_nobody_is_expected(shipped: Stage) -> None:
    caller = shipped.caller()
    await caller.arrives()
    await caller.presses("")
    await caller.presses("0")
    opened = await started(caller)
    assert isinstance(opened, PairingView)
    assert opened.expect is None


async def test_the_machine_says_what_stands_on_the_screen(stage: Stage) -> None:
    """The carrier asks twice after a redirect, in either order: both get the same words."""
    caller = await talking(stage)
    opened = await started(caller)
    assert isinstance(opened, PairingView)
    row = await the_waiting(caller)
    left = caller.document.closing("Enqueue").attrib["action"]
    assert await stage.phone.said.say(row.tenant, row.call_ref) is None
    (redirect,) = [f["Url"] for _, _, f in stage.rest.asked if "/aside" in f.get("Url", "")]
    first = Heard(await caller.asks(redirect.partition("#")[0]))
    second = Heard(await caller.asks(left, QueueResult="redirected-from-bridged"))
    assert first.bytes == second.bytes
    for group in (opened.code[:4], opened.code[4:]):
        assert first.said.count(ja.digits(group)) == 2
    assert first.closing("Enqueue").text == row.token

    token = {"DialCallStatus": "completed"}
    waits = Heard(await stage.post(f"{DOOR}/operator-done?token={row.token}", LEG, **token))
    assert waits.root.find("Dial/Queue") is not None
    assert opened.code not in waits.said
    joined = f"{DOOR}/joined?token={row.token}"
    assert (await caller.asks(joined, DequeingCallSid=LEG)).status == 200
    over = Heard(await stage.post(f"{DOOR}/operator-done?token={row.token}", LEG, **token))
    assert over.verbs == ["Hangup"]
    again = Heard(await caller.asks(left, QueueResult="redirected-from-bridged"))
    assert again.verbs == ["Enqueue"]


async def test_the_item_too_and_nothing_where_nothing_is_to_be_said(stage: Stage) -> None:
    caller = await talking(stage)
    row = await the_waiting(caller)
    refused = await stage.phone.said.say(row.tenant, row.call_ref)
    assert refused is not None
    opened = await started(caller)
    assert isinstance(opened, PairingView)
    app = App(stage=stage)
    await app.confirms(await app.claims(caller, opened.code))
    assert await stage.phone.said.say(row.tenant, row.call_ref) is None
    heard = Heard(await caller.asks(f"{DOOR}/aside"))
    assert heard.said.count(ja.digits((await caller.pairing()).item)) == 2
    await stage.phone.checks.stop(row.tenant, row.call_ref)
    assert Heard(await caller.asks(f"{DOOR}/aside")).verbs == ["Enqueue"]


async def test_a_carrier_that_will_not_leaves_the_talk_alone(stage: Stage) -> None:
    caller = await talking(stage)
    assert isinstance(await started(caller), PairingView)
    stage.rest.troubles.append(400)
    row = await the_waiting(caller)
    refused = await stage.phone.said.say(row.tenant, row.call_ref)
    assert refused is not None
    assert refused.code == "not_said"
    now = await the_waiting(caller)
    assert (now.state, now.aside_until) == (WaitingState.TALKING, None)


async def talking(stage: Stage) -> Caller:
    """With an operator of whom only the leg is seen."""
    caller = await in_queue(stage)
    row = await the_waiting(caller)
    talk = replace(row, state=WaitingState.TALKING, offered_to="op-1", operator_leg=LEG)
    assert await stage.stores.waiting.change(row, talk)
    return caller
