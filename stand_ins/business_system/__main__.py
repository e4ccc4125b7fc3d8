"""`python -m stand_ins.business_system`: a business's system on this machine."""

import argparse
import sys
import time
from pathlib import Path

import uvicorn

from stand_ins.business_system.door import BadTables, business_app, read_tables
from stand_ins.business_system.signatures import key_of


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stand_ins.business_system")
    parser.add_argument("--port", type=int, default=8090, help="on loopback")
    parser.add_argument("--tables", type=Path, required=True, help="JSON: lookup -> rows")
    parser.add_argument("--key-file", type=Path, required=True, help="holds whsec_ and base64")
    given = parser.parse_args()
    try:
        key = key_of(given.key_file.read_text(encoding="ascii").strip())
        tables = read_tables(given.tables.read_text(encoding="utf-8"))
    except (OSError, ValueError, BadTables) as error:
        sys.exit(f"stand_ins.business_system: {error}")
    app = business_app(tables, key, time.time)
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
