"""`kazasu flow lint`: every rule over files or folders, and corrections that a tool may make."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bilingual.text import Bilingual
from ivr.flow_engine.source.findings import At
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.fixing import fixed
from ivr.flow_linter.measures.prompt_lengths import PromptLength
from ivr.flow_linter.sarif import sarif
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import flows_folder
from kazasu.error_lines import complain_of_settings, say
from kazasu.whole_files import replace_file
from kazasu.wiring.flow_files.opened_folder import open_folder

_WORDS: Final = {
    "clean": Bilingual(ja="指摘はありません", en="clean"),
    "morae": Bilingual(ja="モーラ", en="morae"),
    "words": Bilingual(ja="語", en="words"),
    "slow": Bilingual(ja="ゆっくり", en="slow"),
    "fixed": Bilingual(ja="直しました", en="corrected"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linted:
    """Files as one can open them from here; the same in two given paths counts once."""

    findings: dict[Finding, None]
    lengths: dict[tuple[At, bool], PromptLength]


def lint(*, paths: list[str], strict: bool, fix: bool, prompts: bool, form: str, lang: str) -> int:
    """`form` is text, json or sarif. 0 clean, 1 with an error (`strict`: or a warning), 2 for a
    path that names no flows."""
    spoken = language(lang)
    found = _Linted(findings={}, lengths={})
    with complain_of_settings():
        for given in paths:
            path = Path(given)
            folder = flows_folder(path)
            if folder is None:
                say(f"{given}: neither a flow below a folder with {SITE_FILE}, nor such a folder")
                return 2
            if fix:
                _fix(folder, spoken)
            _lint(path, folder, found)
        if form == "sarif":
            _print_json(sarif(list(found.findings), spoken, version("kazasu"), quote))
        elif form == "json":
            _print_json(_document(found, spoken, prompts=prompts))
        else:
            for line in _lines(found, spoken, prompts=prompts):
                print(line)
        return 1 if any(one.blocks or strict for one in found.findings) else 0
    return 2


def _lint(path: Path, folder: Path, found: _Linted) -> None:
    result = open_folder(folder).linted(None if path.is_dir() else path)
    for one in result.findings:
        found.findings[replace(one, file=(folder / one.file).as_posix())] = None
    for at, length in result.lengths:
        place = replace(at, file=(folder / at.file).as_posix())
        found.lengths[place, length.slow] = length


def _fix(folder: Path, spoken: str) -> None:
    opened = open_folder(folder)
    texts, tests = opened.files.texts, opened.tests
    before = {**texts, **tests}
    for name, text in fixed(texts, tests, SITE_FILE, opened.flow_ids).items():
        if (folder / name).read_bytes() != before[name].encode():
            continue  # cut off, no UTF-8, or changed meanwhile: it is not ours to write
        replace_file(folder / name, text.encode(), mode=None)
        say(f"{folder / name}: {_WORDS['fixed'].of(spoken)}")


def _print_json(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _document(found: _Linted, spoken: str, *, prompts: bool) -> object:
    """A list of findings; with `prompts` an object of findings and prompts."""
    rows = [
        {
            "file": one.file,
            "line": one.line,
            "col": one.col,
            "code": one.code,
            "severity": one.severity,
            "message": one.message.of(spoken),
            "hint": one.hint.of(spoken),
        }
        for one in found.findings
    ]
    if not prompts:
        return rows
    return {"findings": rows, "prompts": [_row(at, one) for (at, _), one in found.lengths.items()]}


def _row(at: At, length: PromptLength) -> dict[str, object]:
    return {
        "file": at.file,
        "line": at.line,
        "col": at.col,
        "prompt": length.prompt,
        "language": length.language,
        "sentences": length.sentences,
        _unit(length): length.units,
        "seconds": round(length.seconds, 1),
        "pace": "slow" if length.slow else "normal",
    }


def _lines(found: _Linted, spoken: str, *, prompts: bool) -> Sequence[str]:
    """`file:line:col …`: findings, then prompts with placeholders at their longest."""
    lines = [one.render(spoken) for one in found.findings] or [_WORDS["clean"].of(spoken)]
    for (at, slow), length in found.lengths.items() if prompts else ():
        counted = f"{length.seconds:.1f} s {length.units} {_WORDS[_unit(length)].of(spoken)}"
        counted += f" ({_WORDS['slow'].of(spoken)})" if slow else ""
        place = f"{at.file}:{at.line}:{at.col}"
        lines.append(f"{place} {length.prompt} {length.language} {counted}")
    return lines


def _unit(length: PromptLength) -> str:
    return "morae" if length.language.startswith("ja") else "words"
