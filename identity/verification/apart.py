"""A kept process for certificates that are not plain, asked over a pipe and killed when it is slow.

Started at the first question and kept; one question at a time. Nothing about the card follows from
a process that could not be had (NotJudged); a process that the question itself brought down is an
answer about the certificate.
"""

import asyncio
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

from identity.jpki.anchors import TrustAnchors
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.jpki.refusals import Code, Refusal
from identity.verification import wire
from identity.verification.ports import NotJudged
from identity.verification.worker import READY

# Wall time, starting included: generous, as the machine may be busy. CPU is what is bounded.
WITHIN_SECONDS: Final = 20.0
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
        self._roots = wire.roots(anchors)
        self._command = command
        self._within_seconds = within_seconds
        # A thread of its own: questions that wait hold up nobody who uses the shared ones.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="judged-apart")
        self._asking = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    async def judge(self, proof: CardProof, at: datetime) -> Judged | Denied:
        """NotJudged when there was no process, or no answer, for reasons of ours."""
        question = wire.question(proof, at)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._judge, question)

    def close(self) -> None:
        """Ends the process, also in the middle of a question."""
        process = self._process
        if process is not None:
            process.kill()
        self._thread.shutdown(cancel_futures=True)
        with self._asking:
            self._end()

    def _judge(self, question: bytes) -> Judged | Denied:
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
        process = self._process if self._process is not None else self._start(deadline)
        line = self._exchange(process, question, deadline)
        try:
            return wire.read_answer(line)
        except wire.NOT_AN_ANSWER:
            self._end()
            raise NotJudged("not an answer") from None

    def _start(self, deadline: float) -> subprocess.Popen[bytes]:
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
        self._process = process
        try:
            if self._exchange(process, self._roots, deadline) == READY:
                return process
        except _Ended as ended:
            raise NotJudged(f"the process ended at its start: {ended.status}") from None
        self._end()
        raise NotJudged("the process did not get ready")

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
