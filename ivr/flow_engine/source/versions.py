"""The version of a flow: SHA-256 of the canonical JSON (RFC 8785) of what it consists of.

Comments, key order and layout do not count; the site counts as far as the flow uses it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

import rfc8785

from ivr.flow_engine.site import Site
from ivr.flow_engine.source.documents import Table, plain
from ivr.flow_engine.source.draft import BodyDraft

_EXACT = 2**53  # beyond it JSON numbers are not exact, so they count as text


def version_of(
    bodies: Mapping[str, BodyDraft],
    main_id: str,
    prompt_files: Mapping[str, Table],
    site: Site,
    audio_hashes: Mapping[str, str],
) -> str:
    """SHA-256 (hex) of the canonical JSON (RFC 8785) of all that calls can tell apart: comments,
    order and what no node names do not count."""
    whole = {
        "flow": plain(bodies[main_id].table),
        "subflows": {name: plain(draft.table) for name, draft in bodies.items() if name != main_id},
        "prompts": {path: plain(table) for path, table in prompt_files.items()},
        "site": _used(bodies, site),
        "audio": dict(audio_hashes),
    }
    return hashlib.sha256(rfc8785.dumps(cast("Any", _exact(whole)))).hexdigest()


def _used(bodies: Mapping[str, BodyDraft], site: Site) -> dict[str, object]:
    """The business, the last resort, all calendars, and the entries that nodes name."""
    names: dict[str, set[str]] = {}
    for draft in bodies.values():
        for node in draft.nodes.values():
            for use in node.names:
                names.setdefault(use.what, set()).add(use.name)
        for variable in (*draft.body.variables.values(), *draft.body.inputs.values()):
            if variable.type.startswith("lookup."):
                names.setdefault("lookup", set()).add(variable.type.removeprefix("lookup."))
    queues = {name for name, entry in site.queues.items() if entry.fallback}
    queues |= names.get("queue", set())
    return {
        "business": asdict(site.business),
        "queues": {name: asdict(site.queues[name]) for name in queues if name in site.queues},
        "lookups": {
            name: {**asdict(entry), "public": list(entry.public)}
            for name, entry in site.lookups.items()
            if name in names.get("lookup", ())
        },
        "purposes": _picked(site.purposes, names.get("purpose", set())),
        "actions": _picked(site.actions, names.get("action", set())),
        "calendars": {name: list(dates) for name, dates in site.calendars.items()},
    }


def _picked(entries: Mapping[str, str], names: set[str]) -> dict[str, str]:
    return {name: text for name, text in entries.items() if name in names}


def _exact(value: object) -> object:
    if isinstance(value, dict):
        return {name: _exact(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return str(value)
    return value
