"""A process for certificates that are not plain, asked over a pipe and killed when it is slow.

Started at the first question; one question at a time, and so many that wait. It is kept as long as
what it reads was signed by a pinned root. After anything else another takes its place, so that
nothing that a certificate did in it reaches the next; and "good" is believed only as far as it is
found again here (`believed`). Nothing about the card follows from a process that could not be had
(NotJudged); a process that the question itself brought down is an answer about the certificate.
"""

import asyncio
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import Final

from identity.jpki import checklist
from identity.jpki.anchors import TrustAnchors
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.jpki.refusals import Code, Refusal
from identity.verification import believed, wire
from identity.verification.ports import NoRoom, NotJudged
from identity.verification.worker import READY

# Wall time, starting included: generous, as the machine may be busy. CPU is what is bounded.
WITHIN_SECONDS: Final = 20.0
MOST_WAITING: Final = 16
"""Questions that are asked or wait. One more is told to come again: it would only wait longer."""
_LARGEST_ANSWER: Final = 256 * 1024
_COMMAND: Final = (sys.executable, "-I", "-m", "identity.verification.worker")


class _Ended(Exception):
    """The process is gone; `status` as `Popen.returncode` gives it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class WorkerProcess:
    """A `JudgedApart`. `close` it when the service ends."""

    def __init__(
        self,
        anchors: TrustAnchors,
        *,
        command: tuple[str, ...] = _COMMAND,
        within_seconds: float = WITHIN_SECONDS,
    ) -> None:
        self._anchors = anchors
        self._roots = wire.roots(anchors)
        self._command = command
        self._within_seconds = within_seconds
        # A thread of its own: questions that wait hold up nobody who uses the shared ones.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judged-apart")
        self._asking = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_ready = False
        self._is_closed = False
        self._waiting = 0

    async def judge(self, proof: CardProof, at: datetime) -> Judged | Denied:
        """NotJudged when there was no process, or no answer, for reasons of ours; NoRoom. A
        question whose asker has gone is still asked, and counts until then."""
        if self._waiting >= MOST_WAITING:
            raise NoRoom("too many wait")
        self._waiting += 1
        loop = asyncio.get_running_loop()
        asked = loop.run_in_executor(self._thread, self._judge, proof, at)
        asked.add_done_callback(self._over)
        return await asyncio.shield(asked)

    def close(self) -> None:
        """Ends the process, also in the middle of a question."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()
        self._thread.shutdown(cancel_futures=True)
        with self._asking:
            self._end()

    def _over(self, _asked: object) -> None:
        self._waiting -= 1

    def _judge(self, proof: CardProof, at: datetime) -> Judged | Denied:
        scanned = checklist.scan(proof)
        if isinstance(scanned, Denied):
            return scanned
        issuer = believed.issuer_of(scanned, self._anchors)
        found = self._answer(wire.question(proof, at), renewed=issuer is None)
        if isinstance(found, Denied):
            return found
        if issuer is None or not believed.holds(found, proof, scanned, issuer):
            with self._asking:
                self._end()
            raise NotJudged("the judgement does not hold")
        return found

    def _answer(self, question: bytes, *, renewed: bool) -> Judged | Denied:
        """`renewed`: by a process that answers nobody else afterwards."""
        try:
            return self._twice(question)
        finally:
            if renewed:
                with self._asking:
                    self._renew()

    def _twice(self, question: bytes) -> Judged | Denied:
        with self._asking:
            try:
                return self._asked(question)
            except _Ended as first:
                if first.status == -signal.SIGPROF:
                    return Denied(refusal=Refusal(code=Code.CERTIFICATE_BUDGET))
            # Somebody else may have ended it; twice in a row it was the certificate.
            try:
                return self._asked(question)
            except _Ended as second:
                slow = second.status == -signal.SIGPROF
                code = Code.CERTIFICATE_BUDGET if slow else Code.CERTIFICATE_UNREADABLE
                return Denied(refusal=Refusal(code=code))

    def _asked(self, question: bytes) -> Judged | Denied:
        deadline = time.monotonic() + self._within_seconds
        line = self._exchange(self._ready(deadline), question, deadline)
        try:
            return wire.read_answer(line)
        except wire.NOT_AN_ANSWER:
            self._end()
            raise NotJudged("not an answer") from None

    def _ready(self, deadline: float) -> subprocess.Popen[bytes]:
        process = self._process if self._process is not None else self._start()
        if self._is_ready:
            return process
        try:
            self._is_ready = self._exchange(process, b"", deadline) == READY
        except _Ended as ended:
            raise NotJudged(f"the process ended at its start: {ended.status}") from None
        if not self._is_ready:
            self._end()
            raise NotJudged("the process did not get ready")
        return process

    def _start(self) -> subprocess.Popen[bytes]:
        """It is told its roots and not waited for."""
        if self._is_closed:
            raise NotJudged("the service ends")
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, by the running interpreter
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                bufsize=0,
            )
        except OSError as failed:
            raise NotJudged("the process did not start") from failed
        self._process, self._is_ready = process, False
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # it is found out when somebody asks
            process.stdin.write(self._roots)
        return process

    def _renew(self) -> None:
        """Another one stands ready before somebody needs it."""
        if self._process is not None:
            self._process.kill()
        self._end()
        with suppress(NotJudged):  # whoever asks next finds out, and says so
            self._start()

    def _exchange(self, process: subprocess.Popen[bytes], said: bytes, deadline: float) -> bytes:
        """One line there, one line back. _Ended when the process has gone instead."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(said)
        except BrokenPipeError:
            raise _Ended(self._end()) from None
        heard = b""
        while not heard.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                self._end()
                raise NotJudged("no answer in time")
            piece = process.stdout.read(65536)
            if not piece:
                raise _Ended(self._end())
            heard += piece
            if len(heard) > _LARGEST_ANSWER:
                self._end()
                raise NotJudged("an answer without end")
        return heard

    def _end(self) -> int:
        """Kills what is left and tells how it ended."""
        process, self._process = self._process, None
        if process is None:
            return 0
        with process:
            if process.stdin is not None:
                process.stdin.close()
            # After the end of its output it has ended, or is about to.
            try:
                return process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                process.kill()
                return process.wait()
