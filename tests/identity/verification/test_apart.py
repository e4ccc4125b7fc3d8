"""Certificates that are not plain are judged in a process that can be killed."""

import asyncio
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from identity.jpki import certificate
from identity.jpki.anchors import Purpose
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.jpki.refusals import Code, Refusal
from identity.jpki.signed_attributes import StatementType
from identity.verification import wire
from identity.verification.apart import MOST_WAITING, WorkerProcess
from identity.verification.model import ProvenCard
from identity.verification.ports import NoRoom, NotJudged
from identity.verification.refusals import Refused
from identity.verification.service import CardVerifier
from stand_ins.jpki.certificates import SigningKey
from stand_ins.jpki.names import PURPOSES
from stand_ins.jpki.names import Purpose as PurposeName
from stand_ins.jpki.people import PEOPLE
from tests.identity.jpki.bad_certificates import BAD
from tests.identity.jpki.synthetic import (
    LEAF_KEY,
    NOW,
    curve_key,
    key,
    leaf,
    tap,
    trust,
    worker,
)
from tests.identity.verification.sources import Answering, NeverApart

STATEMENT = b'{"statement":"ours"}'


def _proof(purpose: PurposeName = "auth", signer: SigningKey | None = None) -> CardProof:
    signer = signer or key(LEAF_KEY)
    data = leaf(purpose, public_key=signer.public_key(), person=PEOPLE["ken"])
    return CardProof(
        certificate=data,
        signature=tap(STATEMENT, data, signer=signer),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )


def _is_plain(data: bytes) -> bool:
    scanned = certificate.scan(data)
    assert not isinstance(scanned, Refusal)
    return scanned.is_plain


@pytest.mark.parametrize("who", PEOPLE)
def test_what_cards_of_today_bring_is_plain(who: str) -> None:
    assert all(_is_plain(leaf(purpose, person=PEOPLE[who])) for purpose in PURPOSES)


@pytest.mark.parametrize(("bits", "plain"), [(256, True), (384, False)])
def test_keys_that_cost_much_are_not_plain(bits: int, plain: bool) -> None:
    assert _is_plain(leaf(public_key=curve_key(bits).public_key())) is plain


@pytest.mark.parametrize("name", ["RSA-3072 key", "SHA-512 by an RSA key", "PSS", "Ed25519 key"])
async def test_what_is_not_plain_is_never_judged_here(name: str) -> None:
    proof = CardProof(
        certificate=BAD[name][1](),
        signature=b"\x00" * 256,
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    with pytest.raises(NotJudged):
        await CardVerifier(trust(), Answering(), NeverApart()).verify(proof, at=NOW)


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("bits", [256, 384])
async def test_cards_with_curves_are_proven(purpose: PurposeName, bits: int) -> None:
    proof = _proof(purpose, curve_key(bits))
    found = await CardVerifier(trust(), Answering(), worker()).verify(proof, at=NOW)
    assert isinstance(found, ProvenCard)
    assert found.purpose is Purpose(purpose)
    assert (found.attributes is None) is (purpose == "auth")


@pytest.mark.parametrize("purpose", PURPOSES)
async def test_the_process_finds_what_is_found_here(purpose: PurposeName) -> None:
    proof = _proof(purpose)
    here = await CardVerifier(trust(), Answering(), NeverApart()).verify(proof, at=NOW)
    there = await worker().judge(proof, NOW)
    assert isinstance(here, ProvenCard)
    assert isinstance(there, Judged)
    assert there.signed_attributes == here.signed_attributes
    assert there.serial == here.linkage_key.serial
    assert there.attributes == here.attributes
    assert wire.read_answer(wire.answer(there)) == there


def test_a_question_arrives_as_it_was_asked() -> None:
    proof = _proof("sign", curve_key(384))
    assert wire.read_question(wire.question(proof, NOW)) == (proof, NOW)


async def test_a_refusal_keeps_its_code_and_facts() -> None:
    code, make = BAD["unknown critical extension"]
    proof = CardProof(
        certificate=make(),
        signature=b"\x00" * 256,
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    found = await worker().judge(proof, NOW)
    assert isinstance(found, Denied)
    assert (found.refusal.code, found.refusal.facts) == (code, {"oid": "1.3.6.1.4.1.32473.99"})


_SAYS_READY = "import sys; sys.stdin.readline(); print('ready', flush=True); sys.stdin.readline(); "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    found: list[WorkerProcess]

    def __call__(self, code: str, within_seconds: float = 60.0) -> WorkerProcess:
        made = WorkerProcess(
            trust(), command=(sys.executable, "-c", code), within_seconds=within_seconds
        )
        self.found.append(made)
        return made


@pytest.fixture
def process() -> Iterator[_Made]:
    made = _Made(found=[])
    yield made
    for one in made.found:
        one.close()


async def test_the_kernel_ends_a_judgement_that_takes_too_much(process: _Made) -> None:
    """A process with our own budget that then never comes to an end."""
    endless = (
        _SAYS_READY + "import signal; from identity.verification.worker import CPU_SECONDS; "
        "signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)\nwhile True: pass"
    )
    found = await process(endless).judge(_proof(), NOW)
    assert isinstance(found, Denied)
    assert found.refusal.code is Code.CERTIFICATE_BUDGET


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL])
async def test_a_certificate_that_brings_the_process_down_twice_is_unreadable(
    process: _Made, how: signal.Signals
) -> None:
    dies = _SAYS_READY + f"import os; os.kill(os.getpid(), {how.value})"
    found = await process(dies).judge(_proof(), NOW)
    assert isinstance(found, Denied)
    assert found.refusal.code is Code.CERTIFICATE_UNREADABLE


async def test_a_process_that_somebody_ended_is_replaced() -> None:
    proof = _proof()
    assert isinstance(await worker().judge(proof, NOW), Judged)
    running = worker()._process
    assert running is not None
    running.kill()
    running.wait()
    assert isinstance(await worker().judge(proof, NOW), Judged)


@pytest.mark.parametrize(
    "code",
    [
        "raise SystemExit(1)",
        "print('something else', flush=True); input()",
        _SAYS_READY + "print('no answer', flush=True); input()",
        _SAYS_READY + "print('[]', flush=True); input()",
        _SAYS_READY + 'print(\'{"denied": "a_word_of_its_own"}\', flush=True); input()',
    ],
)
async def test_a_process_that_is_not_ours_judges_nothing(process: _Made, code: str) -> None:
    with pytest.raises(NotJudged):
        await process(code).judge(_proof(), NOW)


async def test_silence_is_nothing_about_the_card(process: _Made) -> None:
    with pytest.raises(NotJudged):
        await process(_SAYS_READY + "input()", within_seconds=1.0).judge(_proof(), NOW)


def _answering(judged: Judged) -> str:
    """A process that somebody took over: whatever it is asked, it says that."""
    return f"{_SAYS_READY}import os; os.write(1, {wire.answer(judged)!r}); input()"


async def _judged(proof: CardProof) -> Judged:
    found = await worker().judge(proof, NOW)
    assert isinstance(found, Judged)
    return found


def _signed_by_no_root() -> CardProof:
    """A certificate like ours in everything but its last bit."""
    signer = curve_key(384)
    data = leaf(public_key=signer.public_key())
    data = data[:-1] + bytes((data[-1] ^ 1,))
    return CardProof(
        certificate=data,
        signature=tap(STATEMENT, data, signer=signer),
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )


async def test_good_is_believed_where_it_is_found_again(process: _Made) -> None:
    proof = _proof("auth", curve_key(384))
    found = await _judged(proof)
    assert await process(_answering(found)).judge(proof, NOW) == found


@pytest.mark.parametrize(
    "changes",
    [
        {"serial": 7},
        {"purpose": Purpose.SIGN},
        {"issuer_key_sha256": bytes(32)},
        {"signed_attributes": b"attributes of his own"},
    ],
    ids=["serial", "purpose", "issuer", "attributes"],
)
async def test_a_process_that_was_taken_over_says_nothing_else_of_a_card(
    process: _Made, changes: dict[str, object]
) -> None:
    proof = _proof("auth", curve_key(384))
    lie = replace(await _judged(proof), **changes)  # type: ignore[arg-type]  # its own fields
    with pytest.raises(NotJudged, match="does not hold"):
        await process(_answering(lie)).judge(proof, NOW)


async def test_a_process_that_was_taken_over_makes_no_card_good(process: _Made) -> None:
    """Neither one of his own, nor somebody else's that signed nothing."""
    good = _proof("auth", curve_key(384))
    found, his = await _judged(good), _signed_by_no_root()
    with pytest.raises(NotJudged, match="does not hold"):
        await process(_answering(found)).judge(his, NOW)
    other = tap(b"{}", good.certificate, signer=curve_key(384))
    with pytest.raises(NotJudged, match="does not hold"):
        await process(_answering(found)).judge(replace(good, signature=other), NOW)


async def test_nothing_of_a_certificate_that_no_root_signed_reaches_the_next() -> None:
    """The process that read it answers nobody else; one that read our own does."""
    ours = _proof("auth", curve_key(384))
    await _judged(ours)
    kept = worker()._process
    await _judged(ours)
    assert worker()._process is kept
    assert isinstance(await worker().judge(_signed_by_no_root(), NOW), Denied)
    assert kept is not None
    assert (worker()._process is kept, kept.returncode) == (False, -signal.SIGKILL)
    await _judged(ours)


async def test_so_many_wait_and_no_more(process: _Made) -> None:
    silent = process(_SAYS_READY + "input()")
    waiting = [asyncio.ensure_future(silent.judge(_proof(), NOW)) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)  # all have asked
    with pytest.raises(NoRoom):
        await silent.judge(_proof(), NOW)
    await asyncio.to_thread(silent.close)
    ended = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(one, BaseException) for one in ended)
    assert silent._waiting == 0


async def test_a_root_that_is_not_pinned_here_proves_nothing() -> None:
    """A process that was taken over cannot name an authority of its own."""

    class TakenOver:
        async def judge(self, proof: CardProof, at: object) -> Judged | Denied:
            found = await worker().judge(proof, NOW)
            assert isinstance(found, Judged)
            return Judged(
                purpose=found.purpose,
                issuer_key_sha256=b"\x00" * 32,
                serial=found.serial,
                distribution_points=found.distribution_points,
                signed_attributes=found.signed_attributes,
                attributes=None,
            )

    verifier = CardVerifier(trust(), Answering(), TakenOver())
    with pytest.raises(NotJudged):
        await verifier.verify(_proof("auth", curve_key(384)), at=NOW)


async def test_it_holds_no_environment_of_the_service() -> None:
    await worker().judge(_proof(), NOW)
    running = worker()._process
    assert running is not None
    with open(f"/proc/{running.pid}/environ", "rb") as environment:  # noqa: PTH123, ASYNC230 - a file of the kernel
        assert environment.read() == b""


async def test_it_opens_nothing() -> None:
    """Whoever takes it over finds no file to read and nobody to talk to."""
    await worker().judge(_proof(), NOW)
    running = worker()._process
    assert running is not None
    for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
        assert resource.prlimit(running.pid, what) == (0, 0)


async def test_refused_there_is_refused_here() -> None:
    other = tap(b"{}", leaf(public_key=curve_key(384).public_key()), signer=curve_key(384))
    good = _proof("auth", curve_key(384))
    bad = CardProof(
        certificate=good.certificate,
        signature=other,
        statement=STATEMENT,
        statement_type=StatementType.CALL,
    )
    found = await CardVerifier(trust(), Answering(), worker()).verify(bad, at=NOW)
    assert isinstance(found, Refused)
    assert found.code == Code.SIGNATURE_MISMATCH
