"""The process apart: judges certificates that are not plain, one at a time, and may be killed.

Speaks `wire` over its standard input and output and ends when that closes. The kernel ends it when
one judgement has taken more than its CPU (SIGPROF, which nothing here handles); it has little
memory, opens neither files nor connections, and was given no environment, so it holds no secret of
the service.
"""

import resource
import signal
import sys
from datetime import datetime
from typing import BinaryIO, Final

from identity.jpki import checklist
from identity.jpki.anchors import TrustAnchors
from identity.jpki.checklist import CardProof, Denied, Judged
from identity.verification import wire

CPU_SECONDS: Final = 0.2
MEMORY_OCTETS: Final = 512 * 1024 * 1024
READY: Final = b"ready\n"


def main() -> None:
    _confine()
    anchors = wire.read_roots(sys.stdin.buffer.readline())
    _shut_in()
    serve(anchors, sys.stdin.buffer, sys.stdout.buffer)


def serve(anchors: TrustAnchors, questions: BinaryIO, answers: BinaryIO) -> None:
    answers.write(READY)
    answers.flush()
    for line in questions:
        proof, at = wire.read_question(line)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        found = _judge(proof, anchors, at)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(wire.answer(found))
        answers.flush()


def _judge(proof: CardProof, anchors: TrustAnchors, at: datetime) -> Judged | Denied:
    scanned = checklist.scan(proof)
    if isinstance(scanned, Denied):
        return scanned
    return checklist.judge(proof, scanned, anchors, at)


def _confine() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_OCTETS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _shut_in() -> None:
    """Before anything is read that comes from outside: from now on it opens no file and no
    connection, and starts no other process (who is root starts one all the same)."""
    for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC):
        resource.setrlimit(what, (0, 0))


if __name__ == "__main__":
    main()
