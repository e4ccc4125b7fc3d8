"""Cut Twilio's OpenAPI document down to the operations around ours; schemas stay as they are.

    python reduce.py path/to/twilio_api_v2010.json > twilio_api_v2010.json

Run again for a newer document, and write its package version and hash into README.md.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
PATHS = (
    "/2010-04-01/Accounts/{Sid}.json",
    f"{ACCOUNT}/Calls.json",
    f"{ACCOUNT}/Calls/{{Sid}}.json",
    f"{ACCOUNT}/Queues.json",
    f"{ACCOUNT}/Queues/{{Sid}}.json",
    f"{ACCOUNT}/Queues/{{QueueSid}}/Members.json",
    f"{ACCOUNT}/Queues/{{QueueSid}}/Members/{{CallSid}}.json",
    f"{ACCOUNT}/Messages.json",
    f"{ACCOUNT}/Messages/{{Sid}}.json",
    f"{ACCOUNT}/IncomingPhoneNumbers.json",
    f"{ACCOUNT}/IncomingPhoneNumbers/{{Sid}}.json",
)


def reduced(spec: dict[str, Any]) -> dict[str, Any]:
    paths = {path: spec["paths"][path] for path in PATHS}
    schemas: dict[str, Any] = {}
    wanted = sorted(references(paths))
    while wanted:
        name = wanted.pop()
        if name not in schemas:
            schemas[name] = spec["components"]["schemas"][name]
            wanted += sorted(references(schemas[name]))
    kept = {name: spec[name] for name in ("openapi", "info", "servers")}
    return {**kept, "paths": paths, "components": {"schemas": dict(sorted(schemas.items()))}}


def references(part: Any) -> set[str]:
    """The names of all schemas that a part of the document points to."""
    if isinstance(part, list):
        return {name for item in part for name in references(item)}
    if not isinstance(part, dict):
        return set()
    here = {part["$ref"].rpartition("/")[2]} if isinstance(part.get("$ref"), str) else set()
    return here | {name for item in part.values() for name in references(item)}


if __name__ == "__main__":
    source = Path(sys.argv[1]).read_bytes()
    sys.stderr.write(f"sha256 {sha256(source).hexdigest()}\n")
    json.dump(reduced(json.loads(source)), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
