"""What the commands for a number say: its addresses old and new, findings, and a question."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from bilingual.text import Bilingual
from ivr.carriers.twilio.number.setup import Address
from kazasu.cli import doctor
from kazasu.doctor.carrier import NAMES, shown
from kazasu.doctor.findings import Finding
from kazasu.error_lines import say

_SAME: Final = Bilingual(en="nothing to change", ja="変えるものはありません")
_ASKED: Final = Bilingual(en="Change these?", ja="変更しますか。")
Changes = Sequence[tuple[str, Address, Address]]


@dataclass(slots=True, kw_only=True)
class Told:
    """Collects for `--json`, prints at once otherwise."""

    number: str
    as_json: bool
    changes: Changes = ()
    changed: bool = False
    findings: list[Finding] = field(default_factory=list)

    def show_changes(self, changes: Changes) -> None:
        self.changes = changes
        if self.as_json:
            return
        print(self.number)
        spoken = doctor.spoken()
        for name, old, new in changes:
            print(f"  {NAMES[name].of(spoken)}: {shown(old)}\n    → {shown(new)}")
        if not changes:
            print(f"  {_SAME.of(spoken)}")

    def show(self, findings: Iterable[Finding]) -> bool:
        """True when none of them is a problem."""
        found = list(findings)
        self.findings += found
        if not self.as_json:
            doctor.show(found)
        return all(f.state != "problem" for f in found)

    def end(self, status: int) -> int:
        if self.as_json:
            changes = {name: {"old": asdict(o), "new": asdict(n)} for name, o, n in self.changes}
            document = {
                "number": self.number,
                "changed": self.changed,
                "changes": changes,
                "findings": [f.document() for f in self.findings],
            }
            print(json.dumps(document, ensure_ascii=False, indent=2))
        return status


def confirmed(*, yes: bool) -> bool:
    """Asks on the terminal; without one, only `--yes` is a yes."""
    if yes:
        return True
    if not sys.stdin.isatty():
        say("nothing was changed: confirm with --yes")
        return False
    print(f"{_ASKED.of(doctor.spoken())} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    say("nothing was changed")
    return False
