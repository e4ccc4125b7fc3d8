"""Mistakes that a tool may correct: the text is spliced where they stand, never written anew.

So comments, order, quotes, line ends and everything else stay as they are, byte for byte.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ivr.flow_engine import reader
from ivr.flow_engine.source.findings import At, Found
from ivr.flow_tests.reading import read_file

_ROUNDS: Final = 5  # a file that reads after a correction may show further mistakes
_BREAKS: Final = "\n\r\x85\u2028\u2029"


def fixed(
    files: Mapping[str, str], tests: Mapping[str, str], site_file: str, flow_ids: Iterable[str]
) -> Mapping[str, str]:
    """The texts that change, by their path: bare numbers, times, dates and keys get quotes."""
    flows = tuple(flow_ids)
    now = {**files, **tests}
    for _ in range(_ROUNDS):
        before = dict(now)
        for one in _found(now, tests, site_file, flows):
            if one.code == "F003" and one.at.file in now:
                now[one.at.file] = _quoted(now[one.at.file], one.at, one.facts["found"])
        if now == before:
            break
    return {path: text for path, text in now.items() if text != {**files, **tests}[path]}


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
    start = _index(text, at)
    if not bare or text[start : start + len(bare)] != bare or any(c in bare for c in _BREAKS):
        return text
    plain = '"' not in bare and "\\" not in bare
    quoted = f'"{bare}"' if plain else "'" + bare.replace("'", "''") + "'"
    return text[:start] + quoted + text[start + len(bare) :]


def _index(text: str, at: At) -> int:
    """Where a line and column begin, as the YAML reader counts them."""
    index, line = 0, 1
    while line < at.line and index < len(text):
        c = text[index]
        if c in _BREAKS and not text.startswith("\r\n", index):
            line += 1
        index += 1
    col = 1
    while col < at.col and index < len(text):
        col += text[index] != "\ufeff"
        index += 1
    return index
