"""What the commands for a number say: its addresses old and new, findings, and a question."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from ivr.carriers.twilio.number_setup import Address
from kazasu.cli import doctor
from kazasu.doctor.carrier import NAMES, shown
from kazasu.doctor.findings import Finding
from kazasu.error_lines import say

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
        for name, old, new in changes:
            print(f"  {NAMES[name]}: {shown(old)}\n  {' ' * len(NAMES[name])}→ {shown(new)}")
        if not changes:
            print("  nothing to change")

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
                "findings": [asdict(f) for f in self.findings],
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
    print("Change these? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    say("nothing was changed")
    return False
