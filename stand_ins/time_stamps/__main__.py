"""`python -m stand_ins.time_stamps --folder DIR --port N`: made anew where there is none. The first
line on standard output tells the port, and where its root lies."""

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from stand_ins.time_stamps.authority import Authority, make
from stand_ins.time_stamps.server import server

_DAYS: Final = 3650


def main() -> None:
    asked = argparse.ArgumentParser(prog="stand_ins.time_stamps", description=__doc__)
    asked.add_argument("--folder", type=Path, required=True)
    asked.add_argument("--port", type=int, default=0)
    given = asked.parse_args()
    there = Authority(folder=given.folder.resolve())
    if not (there.folder / "tsa.cnf").exists():
        now = datetime.now(UTC)
        make(there.folder, valid=(now - timedelta(days=1), now + timedelta(days=_DAYS)))
    listening = server(there, port=given.port)
    told = {"port": listening.server_address[1], "root": str(there.folder / "root.pem")}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    listening.serve_forever()


if __name__ == "__main__":
    main()
