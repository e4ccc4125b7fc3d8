"""One line per APDU with nothing secret in it. Off unless asked for.

Shown: header, Lc, the body of SELECT, status word. Everything else is counted, not shown:
VERIFY and CHANGE REFERENCE DATA bodies (PINs) under every CLA, certificates, signatures, and any
bytes whose lengths do not agree, because a PIN may hide in them.
"""

from stand_ins.card.apdu import parse

_SELECT = 0xA4


def line(apdu: bytes, answer: bytes) -> str:
    """`00A4020C Lc=02 0018 -> 9000`, `00200080 Lc=04 **** -> 63C2`, `00B00000 Le=256 -> ...`."""
    return f"{_command(apdu)} -> {_answer(answer)}"


def _command(apdu: bytes) -> str:
    command = parse(apdu)
    if command is None:
        return f"<{len(apdu)} bytes>"
    parts = [apdu[:4].hex().upper()]
    if command.data:
        shown = command.ins == _SELECT and command.cla == 0
        parts.append(f"Lc={len(command.data):02X}")
        parts.append(command.data.hex().upper() if shown else "****")
    if command.le is not None:
        parts.append(f"Le={command.le}")
    return " ".join(parts)


def _answer(answer: bytes) -> str:
    status = answer[-2:].hex().upper()
    return f"<{len(answer) - 2} bytes> {status}" if len(answer) > 2 else status
