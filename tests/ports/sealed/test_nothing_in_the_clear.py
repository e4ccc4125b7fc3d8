"""Canaries: what may not be read in a stolen file or dump is put in everywhere, then looked for."""

import shutil
import sqlite3
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import make_url

from door_frame.staff import StaffAccount
from identity.contract_holders.model import Holder
from identity.pairing.model import CallFacts, ContractRef, MatchRound, Tap
from identity.pairing.ports import Closed
from identity.verification.ports import RevocationSubject
from ivr.live_calls.ports import CallRow
from ivr.queues.model import Callback, Waiting
from stores.sql.calls import SqlCallRows
from stores.sql.holders import SqlHolders
from stores.sql.outbound.callbacks import SqlCallbacks
from stores.sql.queues import SqlWaitingCalls
from stores.sql.sessions import SqlSessions
from stores.sql.staff import SqlStaffAccounts
from tests.ports.holders.waits import SERIAL, a_wait, written
from tests.ports.stage import (
    TENANT,
    Stage,
    a_pairing,
    a_record,
    claimed,
    hash_phone,
    news_of,
    now,
    verified,
)
from tests.postgres import Cluster

NAME, OPERATOR = "佳那理谷 鳴子", "加奈利屋 歌男"
NUMBER, OPERATOR_NUMBER = "+819087654321", "+819076543210"
CARRIER_ID, LEG = "CAcanarycanarycanary01", "CAcanarycanarycanary02"
CODE, PICK, CUSTOMER = "83920174", "pick-canary", "cust-65748392"
NONCE = "canary-nonce-canary-nonce"
PERSON = "p-who-would-be"
CERTIFICATE, SIGNATURE = "certificate-of-a-canary", "signature-of-a-canary"
WORDS = (
    CERTIFICATE,
    SIGNATURE,
    NAME,
    OPERATOR,
    NUMBER,
    OPERATOR_NUMBER,
    CARRIER_ID,
    LEG,
    CODE,
    PICK,
    CUSTOMER,
    NONCE,
    PERSON,
    f"{SERIAL:x}",
)


async def fill(stage: Stage) -> None:
    sealer = stage.sealer
    holder = Holder(
        tenant=TENANT, contract_ref="C-1", display_name=NAME, phones=(NUMBER,), person="p"
    )
    await SqlHolders(stage.database, sealer, hash_phone=hash_phone).replace_all(TENANT, [holder])
    wait = a_wait(holder, person=PERSON)
    assert wait.certificate.certificate.serial == SERIAL
    await written(stage, wait)
    await _pairing(stage, wait.certificate)
    account = StaffAccount(
        tenant=TENANT,
        id="staff-1",
        login="login",
        name=OPERATOR,
        password_hash="$argon2id$",
        phone=OPERATOR_NUMBER,
        queues=(),
    )
    assert await SqlStaffAccounts(stage.database, sealer).add(account)
    call = CallRow(
        tenant=TENANT,
        call_ref="call-1",
        carrier_call_id=CARRIER_ID,
        number=NUMBER,
        number_kind="mobile",
        dialled="+81312345678",
        flow_version="v1",
        began_at=now(),
    )
    await SqlCallRows(stage.database, sealer).begin(call)
    session = {"code": CODE, "number": NUMBER, "answers": {"customer": CUSTOMER}}
    assert await SqlSessions(stage.database, sealer).save(TENANT, "call-1", session, expected=0)
    asked = Callback(
        tenant=TENANT,
        id="cb-1",
        call_ref="call-1",
        queue="general",
        number=NUMBER,
        dialled="+81312345678",
        since=now(),
        due_at=now(),
        keep_result=1800,
        leg=LEG,
    )
    await SqlCallbacks(stage.database, sealer).register(asked)
    waiting = Waiting(
        tenant=TENANT,
        token="token-1",
        call_ref="call-1",
        queue="general",
        priority=0,
        since=now(),
        max_wait=600,
        reason=NAME,
        attributes={"customer": CUSTOMER},
        dialled="+81312345678",
        operator_leg=LEG,
    )
    await SqlWaitingCalls(stage.database, sealer).enter(waiting)


async def _pairing(stage: Stage, certificate: RevocationSubject) -> None:
    fresh = a_pairing()
    call = CallFacts(call_ref=fresh.call_ref, dialled="+81312345678", line=NUMBER, started_at=now())
    fresh = replace(fresh, call=call, expect=ContractRef(CUSTOMER))
    before = await stage.opened(fresh)
    statement = f'{{"nonce":"{NONCE}","line_last4":"{NUMBER[-4:]}","code":"{CODE}"}}'
    round_ = MatchRound(number=1, offered=("2x4", "5y3", PICK), right=PICK)
    after = replace(claimed(before), statement=statement.encode(), match=round_)
    tap = Tap(certificate=CERTIFICATE.encode(), signature=SIGNATURE.encode())
    after = replace(after, tap=tap)
    moved = await stage.pairings.change(before, after, news=news_of(after), record=None)
    assert not isinstance(moved, Closed)
    current = await stage.pairings.by_id(TENANT, before.id)
    assert current is not None
    assert current.statement == statement.encode()
    assert current.tap == tap
    assert (current.match, current.expect, current.call) == (round_, CUSTOMER, call)
    done = verified(current)
    answer = await stage.pairings.close(
        current, done, record=a_record(current), news=news_of(done), certificate=certificate
    )
    assert isinstance(answer, Closed)


async def test_a_stolen_database_shows_nothing(
    stage: Stage, url: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    await fill(stage)
    if stage.database.is_sqlite:
        clear = _sqlite_bytes(Path(str(make_url(url).database)), tmp_path)
        assert b"call-1" in clear  # the net has no hole
    else:
        server: Cluster = request.getfixturevalue("postgres")
        clear = server.dump(url).encode()
        assert b"call-1" in clear
    for word in WORDS:
        for form in (word, word.removeprefix("+"), word.encode().hex(), _escaped(word)):
            assert form.encode() not in clear, word
        assert b64encode(word.encode())[:-4] not in clear, word


def _escaped(word: str) -> str:
    """As JSON writes it in ASCII."""
    return word.encode("unicode_escape").decode()


def _sqlite_bytes(path: Path, tmp_path: Path) -> bytes:
    """The file, its WAL, and all rows as SQL."""
    raw = b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))
    copy = tmp_path / "copy.db"
    shutil.copy(path, copy)
    if (wal := path.with_name(f"{path.name}-wal")).exists():
        shutil.copy(wal, copy.with_name("copy.db-wal"))
    connection = sqlite3.connect(copy)
    rows = "\n".join(connection.iterdump()).encode()
    connection.close()
    return raw + rows
