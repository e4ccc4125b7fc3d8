"""T12: the certificate is revoked while the call goes on.

The source turns between verdict and hand-over: the screen changes, a second row of evidence is
written, and nothing of the first is written anew.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from identity.authorities import crl_files
from identity.evidence_archive.chain import first_bad
from identity.evidence_archive.model import Kind
from identity.pairing.model import CallRef
from identity.pairing.verbs.afterwards.rechecking import Occasion
from ivr.live_calls.screen_pop import Pop
from kazasu.wiring import loops
from stand_ins.jpki.pki import Pki, load_pki, revoke
from tests.ivr.live_calls.an_app import App, a_card
from tests.ivr.live_calls.stage import Caller, Stage, a_stage, pki_folder


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    """A copy of its own: what is revoked here stays good for the others."""
    a_card()
    shutil.copytree(pki_folder(), tmp_path / "pki")
    return load_pki(tmp_path / "pki")


@pytest_asyncio.fixture
async def stage(tmp_path: Path, pki: Pki) -> AsyncIterator[Stage]:
    async with a_stage(tmp_path, KAZASU_CRL_DIR=str(pki.folder / "crl")) as made:
        yield made


async def _queued(stage: Stage) -> Caller:
    """Verified, and waiting for an operator."""
    app = App(stage=stage, contract="K-1")
    await app.holds_a_contract()
    caller = stage.caller()
    await caller.in_check()
    await app.verifies(caller)
    await caller.waits()
    await stage.deliver()
    stage.screens.told.clear()
    return caller


async def _pop(stage: Stage, caller: Caller) -> Pop:
    waiting = await caller.waiting()
    assert waiting is not None
    pop = await stage.phone.pop.by_token(stage.identity.tenant.id, waiting.token)
    assert pop is not None
    return pop


async def _news(stage: Stage) -> None:
    """The worker's turn that looks for it."""
    built = loops.build(
        *(stage.parts.settings, stage.stores, stage.identity, stage.phone),
        *(asyncio.Event(), ()),
    )
    await next(loop for loop in built if loop.name == "revocation").turn()


def _revoked(pki: Pki) -> None:
    revoke(pki, "valid", "auth", "keyCompromise", datetime.now(UTC))


@pytest.mark.parametrize("by", ["news of the lists", "hand-over"])
async def test_the_screen_turns_and_the_first_row_stays(stage: Stage, pki: Pki, by: str) -> None:
    caller, tenant = await _queued(stage), stage.identity.tenant.id
    await _news(stage)
    green = await _pop(stage, caller)
    assert (green.badge, green.contracts[0].ref) == ("green", "K-1")
    pairing = (await caller.pairing()).pairing
    (first,) = await stage.stores.evidence.of_pairing(tenant, pairing)
    _revoked(pki)
    if by == "news of the lists":
        await _news(stage)
    else:
        call_ref = CallRef(caller.ref)
        await stage.identity.rechecking.of_call(tenant, call_ref, Occasion.HAND_OVER)
    await stage.deliver()

    assert [what for what, _, _ in stage.screens.told] == ["pop"]
    grey = await _pop(stage, caller)
    assert (grey.badge, grey.hint, grey.contracts) == ("grey", "revoked_since", ())
    assert "identity" in grey.not_checked
    assert grey.recheck is not None
    assert (grey.recheck.revocation, grey.recheck.reason) == ("revoked", "keyCompromise")
    assert grey.verdict == green.verdict

    rows = await stage.stores.evidence.of_pairing(tenant, pairing)
    assert rows[0] == first
    (second,) = rows[1:]
    assert (second.record.kind, second.record.id) == (Kind.RECHECK, grey.recheck.evidence_id)
    assert second.record.header["verdict"] == first.record.id
    assert first_bad([row async for row in stage.stores.evidence.all(tenant)]) is None


async def test_the_call_keeps_its_place_and_is_not_verified_any_more(
    stage: Stage, pki: Pki
) -> None:
    caller = await _queued(stage)
    before = await caller.session()
    _revoked(pki)
    await _news(stage)
    await stage.deliver()
    after = await caller.session()
    assert (after.wait, after.transfer, after.document) == (
        "queue",
        before.transfer,
        before.document,
    )
    assert (before.identity.status, after.identity.status) == ("complete", "failed")
    assert (after.identity.hint, after.identity.level) == ("certificate_revoked", "id_none")
    assert (after.binding.level, after.contract.ref) == ("bind_none", "")


async def test_where_nobody_can_tell_it_is_shown_and_nothing_falls(stage: Stage, pki: Pki) -> None:
    caller, tenant = await _queued(stage), stage.identity.tenant.id
    for file in (pki.folder / "crl").iterdir():
        file.unlink()
    await stage.identity.rechecking.of_call(tenant, CallRef(caller.ref), Occasion.HAND_OVER)
    await stage.deliver()
    pop = await _pop(stage, caller)
    assert (pop.badge, pop.hint) == ("green", "verified")
    assert pop.recheck is not None
    assert (pop.recheck.revocation, pop.recheck.reason) == ("unknown", "no_list")
    assert (await caller.session()).identity.status == "complete"


async def test_what_is_asked_about_is_gone_with_the_call(stage: Stage, pki: Pki) -> None:
    caller, tenant = await _queued(stage), stage.identity.tenant.id
    assert await stage.stores.live_verdicts.of_call(tenant, CallRef(caller.ref))
    await caller.status("completed")
    assert await stage.stores.live_verdicts.of_call(tenant, CallRef(caller.ref)) == []


def test_news_of_the_lists_is_looked_for_often_enough() -> None:
    """Also of lists that are written over in their place: the screen has 5 s to change."""
    assert loops._REVOCATION_EVERY + crl_files._RESCAN_SECONDS <= 4
