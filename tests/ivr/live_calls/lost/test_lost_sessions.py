"""What is lost or no longer readable never loses the caller: words, then a person."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import delete, update

from stores.sql.engines.connection import Connection
from stores.sql.schema.columns import metadata
from tests.ivr.live_calls.an_app import App
from tests.ivr.live_calls.stage import FLOWS, Caller, Heard, Stage, a_stage

TICK = timedelta(microseconds=1)
APOLOGY = "申し訳ございません"


async def lose(stage: Stage, table: str) -> None:
    async def job(connection: Connection) -> None:
        await connection.execute(delete(metadata.tables[table]))

    await stage.stores.database.write(job)


async def reaches_a_person(caller: Caller, heard: Heard, queue: str = "general") -> None:
    assert APOLOGY in heard.said
    assert heard.verbs[-1] == "Enqueue"
    open_rows = await caller.stage.stores.waiting.open(caller.stage.identity.tenant.id)
    assert [(row.queue, row.token) for row in open_rows] == [(queue, heard.token)]


async def test_in_the_check_goes_on_at_human(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    await lose(stage, "sessions")
    await reaches_a_person(caller, await caller.waits())
    assert (await caller.session()).n == 3


async def test_the_verdict_that_sql_has_is_kept(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    await App(stage=stage).verifies(caller)
    await lose(stage, "sessions")
    await stage.deliver()
    await reaches_a_person(caller, await caller.waits())
    assert (await caller.session()).identity.status == "complete"
    waiting = await caller.waiting()
    assert waiting is not None
    pop = await stage.phone.pop.by_token(waiting.tenant, waiting.token)
    assert pop is not None
    assert (pop.status, pop.identity_level) == ("complete", "id_card_auth")


async def test_by_the_current_document_too(stage: Stage) -> None:
    """A stale request was sent to the current document, and the session goes just then."""
    caller = stage.caller()
    first = await caller.arrives()
    await caller.presses("1")
    await caller.waits()
    stale = Heard(await caller.asks(first.action))
    await lose(stage, "sessions")
    heard = await caller.hears(stale.closing("Redirect").text or "")
    await reaches_a_person(caller, heard)


async def test_in_the_queue_leaves_it_and_is_offered_once(stage: Stage) -> None:
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("0")
    first = await caller.waiting()
    await lose(stage, "sessions")
    turn = Heard(await caller.asks("/carriers/twilio/queue"))
    assert turn.verbs == ["Leave"]
    await reaches_a_person(caller, await caller.leaves_queue("leave"))
    again = await caller.waiting()
    assert first is not None
    assert again is not None
    assert (again.token == first.token, again.since - first.since) == (False, TICK)


async def test_after_the_talk_is_let_go(stage: Stage) -> None:
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("0")
    await lose(stage, "sessions")
    assert (await caller.leaves_queue("bridged")).verbs == ["Say", "Hangup"]


async def test_a_hang_up_frees_the_queue_without_a_session(stage: Stage) -> None:
    caller = stage.caller()
    await caller.arrives()
    await caller.presses("0")
    await lose(stage, "sessions")
    await caller.status("completed")
    assert await stage.stores.waiting.open(stage.identity.tenant.id) == []


async def test_a_session_of_another_format_is_a_lost_one(stage: Stage) -> None:
    caller = stage.caller()
    await caller.in_check()
    kept = await caller.version()
    await stage.stores.sessions.save("main", caller.ref, {"schema": "ivr-session/0"}, expected=kept)
    await reaches_a_person(caller, await caller.waits())


async def test_a_flow_version_that_is_gone_leads_to_a_person_of_the_live_flow(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "flows"
    copytree(FLOWS, folder)
    async with a_stage(tmp_path, flows_dir=folder) as stage:
        caller = stage.caller()
        await caller.in_check()
        main = folder / "main-inbound.yaml"
        main.write_text(main.read_text("utf-8").replace("title: 試験", "title: 別の"), "utf-8")
        assert (await stage.library.flow_for("+81312345678", "another")).version != (
            await caller.session()
        ).flow_version
        await forget_versions(stage)
        await reaches_a_person(caller, await caller.waits())


async def forget_versions(stage: Stage) -> None:
    """Neither in memory nor in the store, as after an upgrade that reads an older one no more."""
    stage.library.forget()  # what a restart forgets

    async def job(connection: Connection) -> None:
        await connection.execute(update(metadata.tables["flow_versions"]).values(bundle="{}"))

    await stage.stores.database.write(job)


@pytest.mark.parametrize("desk", ["", "+81312340009"])
async def test_a_number_without_a_flow(tmp_path: Path, desk: str) -> None:
    """The general desk where its number is known, else the carrier's fallback."""
    given: dict[str, Any] = {"KAZASU_FALLBACK_NUMBER": desk} if desk else {}
    async with a_stage(tmp_path, **given) as stage:
        reply = await stage.caller().asks("/carriers/twilio/voice", To="+81399999999")
        if desk:
            heard = Heard(reply)
            assert heard.verbs == ["Say", "Dial"]
            assert desk in heard.said
        else:
            assert reply.status == 500
