"""A business's own system, as far as lookups reach: one signed POST for each question."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from quart import Quart, Response, request

from stand_ins.business_system.signatures import TOLERANCE_SECONDS, refusal

Tables: TypeAlias = Mapping[str, Sequence["Row"]]
_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known (`fields`) under these arguments."""

    args: Mapping[str, object]
    fields: Mapping[str, object]


class BadTables(Exception):
    """The file of tables does not have the form `read_tables` gives."""


def read_tables(text: str) -> Tables:
    """`{"open_case": [{"args": {"contract": "c-1"}, "fields": {"fee": 0}}]}`. Raises BadTables."""
    try:
        return {
            name: [Row(args=dict(row["args"]), fields=dict(row["fields"])) for row in rows]
            for name, rows in json.loads(text).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadTables("must be lookup -> rows with args and fields") from error


def business_app(tables: Tables, key: bytes, now: Callable[[], float]) -> Quart:
    """401 with a code when the signature is not believed, 409 when its id came before, 404 for an
    unknown lookup, else 200 with an outcome. `now` gives seconds since 1970."""
    app = Quart(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024
    seen: dict[str, float] = {}

    @app.post("/lookups/<name>")
    async def look_up(name: str) -> tuple[Response, int]:
        content, at = await request.get_data(True, False, False), now()
        refused = refusal(key, dict(request.headers.items(lower=True)), content, at)
        if refused:
            return _json({"error": refused}), 401
        if not _first(seen, request.headers["webhook-id"], at):
            return _json({"error": "replayed"}), 409
        asked = json.loads(content)
        if name not in tables or asked["lookup"] != name:
            return _json({"error": "unknown_lookup"}), 404
        return _json(_answer(tables[name], asked["args"])), 200

    return app


def _answer(rows: Sequence[Row], args: object) -> dict[str, Any]:
    found = [row.fields for row in rows if row.args == args]
    if len(found) != 1:
        return {"outcome": "multiple" if found else "none"}
    return {"outcome": "found", "fields": dict(found[0])}


def _first(seen: dict[str, float], request_id: str, at: float) -> bool:
    """Ids are kept as long as their time stamp is believed, and never without bound."""
    for old in [one for one, came in seen.items() if at - came > 2 * TOLERANCE_SECONDS]:
        del seen[old]
    if request_id in seen or len(seen) >= _REMEMBERED:
        return False
    seen[request_id] = at
    return True


def _json(content: object) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), content_type="application/json")
