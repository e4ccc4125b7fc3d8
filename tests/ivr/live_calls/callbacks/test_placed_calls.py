"""Calls that we place: what an earlier call proved is green only by a new binding in this one."""

from dataclasses import dataclass, replace

import pytest

from door_frame.staff import StaffAccount
from identity.pairing import statement
from identity.pairing.refusals import Refusal
from identity.pairing.verbs.claiming import Answer
from identity.pairing.views import PairingView
from ivr.live_calls.screen_pop import Pop
from ivr.queues.model import Callback, CallbackState, Presence
from ivr.queues.ringing_back import Rung
from tests.ivr.live_calls.an_app import App, tap_of
from tests.ivr.live_calls.stage import DIALLED, LINE, Caller, Stage

LEG = "CA" + "f" * 32  # what the simulated REST API calls every leg
DOOR = "/carriers/twilio"


@dataclass(slots=True, kw_only=True)
class RungBack:
    """`customer` is the leg on which the one who asked is rung."""

    stage: Stage
    customer: Caller
    wanted: Callback

    async def page(self, name: str, **fields: str) -> None:
        url = f"{DOOR}/{name}?id={self.wanted.id}"
        assert (await self.stage.post(url, LEG, **fields)).status in (200, 204)

    async def answers(self) -> None:
        await self.page("callback")
        url = f"{DOOR}/callback-joined?id={self.wanted.id}"
        for _ in range(2):  # the carrier may ask twice
            assert (await self.customer.asks(url, ParentCallSid=LEG)).status == 200

    async def pop(self) -> Pop | None:
        return await self.stage.phone.pop.by_token(self.wanted.tenant, self.customer.ref)

    async def checked(self) -> PairingView | Refusal:
        return await self.stage.phone.checks.start(
            self.wanted.tenant,
            "op-1",
            self.customer.ref,
            mode="spoken_code",
            reason="first_check",
        )

    async def listed(self) -> Callback:
        found = await self.stage.stores.callbacks.by_id(self.wanted.tenant, self.wanted.id)
        assert found is not None
        return found

    async def operator(self) -> Presence:
        known = await self.stage.stores.operators.by_id(self.wanted.tenant, "op-1")
        assert known is not None
        return known.presence


async def rung(stage: Stage, *, asked: Caller, number: str = LINE) -> RungBack:
    """Asked for in a call that is over by now, and the operator's phone rings."""
    tenant, now = stage.identity.tenant.id, stage.clock()
    account = StaffAccount(
        tenant=tenant,
        id="op-1",
        login="op",
        name="Operator",
        password_hash="$argon2id$",  # nobody signs in by it
        phone="+81311112222",
        queues=("general",),
    )
    assert await stage.stores.staff.add(account)
    await stage.phone.presence.choose(tenant, "op-1", Presence.AVAILABLE)
    wanted = Callback(
        tenant=tenant,
        id="cb-1",
        call_ref=asked.ref,
        queue="general",
        number=number,
        dialled=DIALLED,
        since=now,
        due_at=now,
        keep_result=1800,
    )
    callbacks = stage.phone.callbacks
    assert (await callbacks.book.register(wanted)).on_the_list
    assert await callbacks.book.claim(tenant, "op-1", "cb-1")
    assert await callbacks.ringing.ring(tenant, "op-1", "cb-1") is Rung.RINGING
    return RungBack(stage=stage, customer=stage.caller(number), wanted=wanted)


async def proven_before(stage: Stage) -> tuple[Caller, App]:
    caller, app = stage.caller(), App(stage=stage, contract="C-1001")
    await app.holds_a_contract()
    await caller.in_check()
    await app.verifies(caller)
    await stage.deliver()
    await caller.status("completed")
    return caller, app


async def test_a_kept_result_becomes_green_by_a_new_binding(stage: Stage) -> None:
    asked, app = await proven_before(stage)
    back = await rung(stage, asked=asked)
    await back.answers()
    pop = await back.pop()
    assert pop is not None
    assert (pop.badge, pop.direction, pop.state) == ("grey", "business", "talking")
    assert (pop.check_expects, pop.check_modes) == ("C-1001", ("spoken_code", "sms_link"))

    opened = await back.checked()
    assert isinstance(opened, PairingView)
    pairing = await app.claims(back.customer, opened.code)
    question = await app.confirms(pairing, Answer.THEY_CALLED)
    chosen = await app.chooses(back.customer, question)
    assert chosen.statement is not None
    said = statement.parse(chosen.statement)
    assert (said.direction, said.line_last4) == ("business", LINE[-4:])
    assert "かかってきた電話" in said.shown
    await app.proves(chosen)
    await stage.deliver()
    pop = await back.pop()
    assert pop is not None
    assert (pop.badge, pop.binding_level, pop.expected) == ("green", "bind_choice", "C-1001")

    await back.page("callback-done", DialCallStatus="completed", DialBridged="true")
    assert await back.pop() is None
    assert (await back.listed()).state is CallbackState.DONE
    assert await back.operator() is Presence.AVAILABLE
    row = await back.customer.row()
    assert row.ended_at is not None


async def test_who_says_that_they_called_is_not_in_this_call(stage: Stage) -> None:
    asked, app = await proven_before(stage)
    back = await rung(stage, asked=asked)
    await back.answers()
    opened = await back.checked()
    assert isinstance(opened, PairingView)
    pairing = await app.claims(back.customer, opened.code)
    claiming = stage.identity.verbs.claiming
    refused = await claiming.confirm(app.installation, pairing, Answer.I_CALLED)
    assert isinstance(refused, Refusal)
    assert refused.code == "user_declined_call"
    await stage.deliver()
    pop = await back.pop()
    assert pop is not None
    assert pop.badge == "red"


async def test_another_person_at_that_phone_is_a_mismatch(stage: Stage) -> None:
    asked, app = await proven_before(stage)
    back = await rung(stage, asked=asked)
    await back.answers()
    opened = await back.checked()
    assert isinstance(opened, PairingView)
    assert opened.expect == "C-1001"
    pairing = await app.claims(back.customer, opened.code)
    question = await app.confirms(pairing, Answer.THEY_CALLED)
    chosen = await app.chooses(back.customer, question)
    assert chosen.statement is not None
    holder = await stage.stores.holders.by_contract(stage.identity.tenant.id, "C-1001")
    assert holder is not None  # and now it is another person's
    other = replace(holder, person="somebody-else")
    await stage.stores.holders.replace_all(stage.identity.tenant.id, [other])
    tap = tap_of(chosen.statement)
    refused = await stage.identity.verbs.proving.prove(app.installation, pairing, tap)
    assert isinstance(refused, Refusal)
    assert refused.code == "person_mismatch"
    await stage.deliver()
    pop = await back.pop()
    assert pop is not None
    assert (pop.badge, pop.hint, pop.expected) == ("grey", "person_mismatch", "C-1001")


@pytest.mark.parametrize("known", [True, False], ids=["of somebody else", "of nobody"])
async def test_a_number_that_is_not_on_the_contract_is_not_checked(
    stage: Stage, known: bool
) -> None:
    """Else whoever picks up could be led through the check of another."""
    if known:
        asked, _ = await proven_before(stage)
    else:
        asked = stage.caller()
        await asked.arrives()
        await asked.status("completed")
    back = await rung(stage, asked=asked, number="+819099998888")
    await back.answers()
    refused = await back.checked()
    assert isinstance(refused, Refusal)
    assert refused.code == "number_not_on_contract"
    pop = await back.pop()
    assert pop is not None
    assert pop.check_modes == ()


async def test_the_operator_hangs_up_and_all_of_it_is_over(stage: Stage) -> None:
    asked, _ = await proven_before(stage)
    back = await rung(stage, asked=asked)
    await back.answers()
    assert isinstance(await back.checked(), PairingView)
    await back.page("callback-status", CallStatus="completed")
    assert await back.pop() is None
    assert (await back.customer.pairing()).hint.value == "call_ended"
    assert await back.operator() is Presence.AVAILABLE
    refused = await back.checked()
    assert isinstance(refused, Refusal)
    assert refused.code == "no_open_pairing"


async def test_a_screen_that_fails_leaves_the_talk_alone(stage: Stage) -> None:
    asked, _ = await proven_before(stage)
    back = await rung(stage, asked=asked)
    await back.page("callback")
    url = f"{DOOR}/callback-joined?id={back.wanted.id}"
    await stage.stores.database.close()
    answer = await back.customer.asks(url, ParentCallSid=LEG)
    assert answer.status == 200
