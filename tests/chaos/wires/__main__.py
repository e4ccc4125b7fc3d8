"""Wires as a process: `python -m tests.chaos.wires --wire sql=/path/to/socket --wire rest=8081`.

Prints `{"event": "listening", "port": N, "wires": {name: port}}`. The port takes orders, one JSON
object a line, and answers each: `{"wire", "weather"?, "cut"?}`, `{"seed"}`, `{"aim": name, "at"}`
for servers that have moved, `{"kill": point, "skip", "pids"}` to kill once at a point of `killer`
(null: not any more), `{}` to look. Several servers have commas between.
"""

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.chaos.wires.killer import POINTS, Killer
from tests.chaos.wires.weather import Weather
from tests.chaos.wires.wire import LOOPBACK, Target, Wire

Wires = dict[str, Wire]


def targets(text: str) -> tuple[Target, ...]:
    return tuple(
        Target(port=int(at)) if at.isdigit() else Target(socket=Path(at)) for at in text.split(",")
    )


def obey(wires: Wires, killer: Killer, order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order; what was counted since the seed, and the point that was met."""
    if "seed" in order:
        for wire in wires.values():
            wire.sow(order["seed"])
    if "aim" in order:
        wires[order["aim"]].targets = targets(order["at"])
    if "kill" in order:
        point = next((one for one in POINTS if one.name == order["kill"]), None)
        killer.arm(point, skip=order.get("skip", 0), pids=order.get("pids", ()))
    if "wire" in order:
        wire = wires[order["wire"]]
        if "weather" in order:
            wire.turn(Weather(**order["weather"]))
        if order.get("cut"):
            wire.cut()
    return {"met": killer.met} | {name: asdict(wire.counted) for name, wire in wires.items()}


async def serve(wires: Wires, killer: Killer) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for line in reader:
            writer.write(json.dumps(obey(wires, killer, json.loads(line))).encode() + b"\n")
            await writer.drain()
        writer.close()

    ports = {name: await wire.open() for name, wire in wires.items()}
    control = await asyncio.start_server(take, LOOPBACK, 0)
    port = control.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"event": "listening", "port": port, "wires": ports}) + "\n")
    sys.stdout.flush()
    async with control:
        await control.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.wires")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--wire", action="append", default=[], metavar="NAME=PORT|SOCKET")
    given = parser.parse_args()
    named = (text.partition("=") for text in given.wire)
    killer = Killer()
    wires = {
        name: Wire(targets=targets(at), seed=given.seed, name=name, killer=killer)
        for name, _, at in named
    }
    asyncio.run(serve(wires, killer))


if __name__ == "__main__":
    main()
