"""One named bad certificate per mistake: `BAD` maps a name to (the code it must be refused with,
the function that makes it).

`python -m tests.identity.jpki.bad_certificates FOLDER` writes them all as files, with the roots
that a verifier would pin, so that any other program can be asked too.
"""

import sys
from pathlib import Path

from identity.jpki.refusals import Code
from tests.identity.jpki.bad.editing import Maker
from tests.identity.jpki.bad.encodings import ENCODINGS
from tests.identity.jpki.bad.issuers import ISSUERS
from tests.identity.jpki.bad.keys import KEYS
from tests.identity.jpki.bad.profile import PROFILE
from tests.identity.jpki.synthetic import NOW, anchor_files, shared_pki

BAD: dict[str, tuple[Code, Maker]] = {**ISSUERS, **PROFILE, **KEYS, **ENCODINGS}


def file_name(name: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in name.lower()) + ".der"


def write(folder: Path) -> None:
    """`*.der` by name, `roots/`, and `index.txt`: file, code, the mistake in words."""
    (folder / "roots").mkdir(parents=True, exist_ok=True)
    for purpose in ("auth", "sign"):
        for number, root in enumerate(anchor_files(shared_pki(), purpose)):
            (folder / "roots" / f"{purpose}-{number}.cer").write_bytes(root)
    lines = [f"# judged at {NOW.isoformat()}"]
    for name, (code, make) in BAD.items():
        (folder / file_name(name)).write_bytes(make())
        lines.append(f"{file_name(name)}\t{code}\t{name}")
    (folder / "index.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
