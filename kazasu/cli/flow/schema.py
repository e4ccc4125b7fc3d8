"""`kazasu flow schema`: JSON Schemas for editors, or the form of one file checked."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ivr.flow_engine.source.documents import read_document
from ivr.flow_engine.source.findings import Findings
from ivr.flow_engine.source.prompt_files import Prompts, read_prompt_file
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_linter.finding import Finding
from ivr.flow_schemas.all_schemas import schemas
from ivr.flow_schemas.described import Names
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import flows_folder, with_tests
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.wiring.flow_files.opened_folder import open_folder

_FORM: Final = "F"  # rules about schema, types, quotes and unknown fields


def schema(*, name: str, folder: str, to: str, check: str, as_json: bool, lang: str) -> int:
    """1 when the checked file is invalid, 2 for wrong use or an unreadable file."""
    with complain():
        if check:
            return _check(check, language(lang), as_json=as_json)
        made = schemas(_names(Path(folder)))
        if name and name not in made:
            say(f"{name}: no such schema; there are: {', '.join(made)}")
            return 2
        if not to:
            print(json.dumps(made[name] if name else made, ensure_ascii=False, indent=2))
            return 0
        write_schemas(Path(folder), Path(to))
        return 0
    return 2


def write_schemas(folder: Path, to: Path) -> None:
    """One file of each, with the names of a flows folder. OSError."""
    to.mkdir(parents=True, exist_ok=True)
    for kind, document in schemas(_names(folder)).items():
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (to / f"{kind}.schema.json").write_text(f"{text}\n", encoding="utf-8")


def _names(folder: Path) -> Names:
    """What editors offer where names go; nothing where the folder does not read."""
    if not (folder / SITE_FILE).is_file():
        return Names()
    opened = open_folder(folder)
    kept, site = opened.files, opened.site
    subflows = (path for path in kept.texts if path.startswith("sub/"))
    return Names(
        prompts=_prompt_ids(kept.texts),
        queues=tuple(site.queues) if site else (),
        lookups=tuple(site.lookups) if site else (),
        purposes=tuple(site.purposes) if site else (),
        actions=tuple(site.actions) if site else (),
        calendars=tuple(site.calendars) if site else (),
        subflows=tuple(path.removeprefix("sub/").removesuffix(".yaml") for path in subflows),
        audio=tuple(kept.audio_hashes),
    )


def _prompt_ids(texts: Mapping[str, str]) -> tuple[str, ...]:
    """Of all prompt files, as far as they read."""
    found = Prompts()
    for path, text in texts.items():
        if path.startswith("prompts/"):
            nobody = Findings()
            read_prompt_file(nobody, read_document(text, path, nobody), path, found)
    return tuple(found.texts)


def _check(file: str, spoken: str, *, as_json: bool) -> int:
    """The form alone: whether the flow makes sense is for `kazasu flow lint`."""
    path = Path(file)
    folder = flows_folder(path)
    if folder is None or not path.is_file():
        say(f"{file}: no file below a folder with {SITE_FILE}")
        return 2
    name = path.resolve().relative_to(folder.resolve()).as_posix()
    found = [one for one in _findings(folder) if one.file == name and one.code.startswith(_FORM)]
    if as_json:
        rows = [
            {"line": one.line, "col": one.col, "code": one.code, "message": one.message.of(spoken)}
            for one in found
        ]
        print(json.dumps({"valid": not found, "findings": rows}, ensure_ascii=False, indent=2))
    else:
        for one in found:
            print(one.render(spoken))
    return 1 if any(one.blocks for one in found) else 0


def _findings(folder: Path) -> list[Finding]:
    """Of the folder as a whole, and of each flow: there no comment accepts a finding."""
    opened = open_folder(folder)
    found = list(opened.linted().findings)
    for flow_id in opened.flow_ids if opened.site is not None else ():
        found += with_tests(opened, opened.draft(flow_id)).findings
    return list(dict.fromkeys(found))
