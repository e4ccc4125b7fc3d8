"""Mistakes that a tool may correct: the text is spliced where they stand, never written anew.

So comments, order, quotes, line ends and everything else stay as they are, byte for byte.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ivr.flow_engine import reader
from ivr.flow_engine.source.documents import Scalar, Table, plain, read_document
from ivr.flow_engine.source.findings import At, Findings, Found
from ivr.flow_engine.source.format_steps import ladder
from ivr.flow_linter.splices import BREAKS, index_of, spliced
from ivr.flow_tests.reading import read_file

_ROUNDS: Final = 5  # a file that reads after a correction may show further mistakes


def fixed(
    files: Mapping[str, str], tests: Mapping[str, str], site_file: str, flow_ids: Iterable[str]
) -> Mapping[str, str]:
    """The texts that change, by their path: bare numbers, times, dates and keys get quotes, and
    files of an older format are brought to the next numbers."""
    flows = tuple(flow_ids)
    now = {**files, **tests}
    for _ in range(_ROUNDS):
        before = dict(now)
        for one in _found(now, tests, site_file, flows):
            if one.code == "F003" and one.at.file in now:
                now[one.at.file] = _quoted(now[one.at.file], one.at, one.facts["found"])
        for path in {one.at.file for one in _found(now, tests, site_file, flows) if _is_old(one)}:
            now[path] = migrated(now[path], path)
        if now == before:
            break
    return {path: text for path, text in now.items() if text != {**files, **tests}[path]}


def migrated(text: str, file: str) -> str:
    """The text after as many steps of its format as there are. As it was where a step cannot be
    told in the text: what is written must read as what the step makes of it in memory."""
    while True:
        table = read_document(text, file, Findings())
        schema = table.entries.get("schema") if isinstance(table, Table) else None
        if not isinstance(table, Table) or not isinstance(schema, Scalar):
            return text
        step = ladder.next_step(schema.text, ladder.STEPS)
        if step is None:
            return text
        wanted = f"{step.schema}/{step.number + 1}"
        number = ladder.Edit(at=schema.at, old=schema.text, new=wanted)
        written = spliced(text, [number, *step.edits(table)])
        lifted = ladder.lifted(table, schema.text, wanted, [step])
        again = read_document(written, file, Findings()) if written is not None else None
        if written is None or lifted is None or again is None or plain(again) != plain(lifted):
            return text
        text = written


def _is_old(one: Found) -> bool:
    return one.code == ladder.OLDER


def _found(
    now: Mapping[str, str], tests: Iterable[str], site_file: str, flow_ids: Iterable[str]
) -> list[Found]:
    """Last place first, so that a splice moves none of those still to come."""
    site, found = reader.read_site(now.get(site_file, ""), file=site_file)
    seen = dict.fromkeys((one.at, one.code, one.facts.get("found", "")) for one in found)
    kept = list(found)
    if site is not None:
        more = [one for flow_id in flow_ids for one in reader.read_flow(now, flow_id, site).found]
        more += [one for path in tests for one in read_file(now[path], path, site)[2]]
        for one in more:
            key = (one.at, one.code, one.facts.get("found", ""))
            if key not in seen:
                seen[key] = None
                kept.append(one)
    return sorted(kept, key=lambda one: (one.at.file, one.at.line, one.at.col), reverse=True)


def _quoted(text: str, at: At, bare: str) -> str:
    """As it was where something else stands there than what the reader met."""
    start = index_of(text, at)
    if not bare or text[start : start + len(bare)] != bare or any(c in bare for c in BREAKS):
        return text
    plain = '"' not in bare and "\\" not in bare
    quoted = f'"{bare}"' if plain else "'" + bare.replace("'", "''") + "'"
    return text[:start] + quoted + text[start + len(bare) :]
