"""A caller from the app: the ticket in the tones, the handset's own report, the verdict."""

import pytest

from identity.pairing.model import CallState
from identity.pairing.views import AppView
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import Caller, Stage

VERIFIED = "確認できました"


async def arrived(stage: Stage, *, report: CallState | None = None) -> tuple[App, AppView, Caller]:
    app, caller = App(stage=stage, contract="C-1001"), stage.caller()
    await app.holds_a_contract()
    view = await app.dials()
    assert view.ticket
    stage.clock.pass_by(seconds=3)  # the handset dials: its call begins after the ticket was given
    await caller.arrives()
    await caller.presses(view.ticket)
    if report is not None:
        await app.reports(view.pairing, report)
        await stage.deliver()
    return app, view, caller


async def test_identified_on_arrival(shipped: Stage) -> None:
    app, view, caller = await arrived(shipped)
    assert (await caller.session()).identity.hint == "matching_contract"
    await app.reports(view.pairing)
    await shipped.deliver()
    verdict = await caller.pairing()
    assert (verdict.binding.code, verdict.badge.value) == ("bind_device", "green")
    await caller.waits()
    waiting = await caller.waiting()
    assert waiting is not None
    assert waiting.queue == "verified"
    pop = await shipped.phone.pop.by_token(waiting.tenant, waiting.token)
    assert pop is not None
    assert (pop.mode, pop.badge, pop.binding_level) == ("app_dial", "green", "bind_device")
    assert "device" not in pop.not_checked
    assert [one.ref for one in pop.contracts] == ["C-1001"]


async def test_a_report_that_is_not_of_this_call_asks_for_the_item(shipped: Stage) -> None:
    app, view, caller = await arrived(shipped, report=CallState.UNKNOWN)
    heard = await caller.waits()
    item = (await caller.pairing()).item
    assert len(item) == 2
    assert (await caller.session()).identity.hint == "awaiting_choice"
    assert heard.verbs[-1] == "Gather"
    asked = await shipped.identity.watching.status(app.installation, view.pairing)
    assert isinstance(asked, AppView)
    await app.chooses(caller, asked)
    await shipped.deliver()
    verdict = await caller.pairing()
    assert verdict.binding.code == "bind_choice"
    await caller.waits()
    waiting = await caller.waiting()
    assert waiting is not None
    pop = await shipped.phone.pop.by_token(waiting.tenant, waiting.token)
    assert pop is not None
    assert "item_signed" in pop.not_checked


async def test_an_incoming_call_is_an_alarm(shipped: Stage) -> None:
    _, _, caller = await arrived(shipped, report=CallState.INCOMING)
    assert (await caller.pairing()).hint.value == "risk_blocked"
    await caller.waits()
    waiting = await caller.waiting()
    assert waiting is not None
    assert waiting.queue == "safety"


@pytest.mark.parametrize("keys", ["0123456789", "123", "12345678901"])
async def test_digits_that_are_no_ticket_are_no_failure(shipped: Stage, keys: str) -> None:
    caller = shipped.caller()
    await caller.arrives()
    heard = await caller.presses(keys[:10])
    session = await caller.session()
    assert session.identity.alarm == ""
    assert session.wait == "input"
    assert heard.verbs[-1] == "Gather"
