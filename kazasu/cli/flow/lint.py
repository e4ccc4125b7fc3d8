"""`kazasu flow lint`: the reader's own checks over files or folders."""

import json
import locale
from collections.abc import Sequence
from pathlib import Path

from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_linter.finding import Finding
from kazasu.complaints import complain
from kazasu.said import say
from kazasu.wiring import flows


def lint(*, paths: list[str], strict: bool, as_json: bool) -> int:
    """0 clean, 1 with an error (`strict`: or a warning), 2 for a file that cannot be read."""
    with complain():
        found: list[Finding] = []
        for given in paths:
            path = Path(given)
            folder = _flows_folder(path)
            if folder is None:
                say(f"{given}: neither a flow below a folder with {SITE_FILE}, nor such a folder")
                return 2
            found += flows.checked(folder, None if path.is_dir() else path)
        _print(found, as_json=as_json)
        bad = ("E", "W") if strict else ("E",)
        return 1 if any(finding.severity in bad for finding in found) else 0
    return 2


def _flows_folder(path: Path) -> Path | None:
    start = path if path.is_dir() else path.parent
    inside = (start, *start.resolve().parents)[:3] if path.exists() else ()
    return next((folder for folder in inside if (folder / SITE_FILE).is_file()), None)


def _print(found: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "file": f.file,
                "line": f.line,
                "col": f.col,
                "code": f.code,
                "severity": f.severity,
                "message": f.message_en,
                "hint": f.hint_en,
            }
            for f in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    language = "ja" if (locale.getlocale()[0] or "").startswith("ja") else "en"
    for finding in found:
        print(finding.render(language))
    if not found:
        print("clean")
