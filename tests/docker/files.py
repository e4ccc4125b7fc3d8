"""The Dockerfile and the compose file as values."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

ROOT: Final = Path(__file__).parents[2]
DOCKER: Final = ROOT / "docker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    word: str
    rest: str

    def listed(self) -> list[str]:
        """Of a command in JSON form."""
        return [str(part) for part in json.loads(self.rest)]


def stages() -> list[list[Instruction]]:
    """Each stage from its FROM on; comments gone, continued lines joined."""
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    found: list[list[Instruction]] = []
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        if line:
            found[-1].append(Instruction(word=word, rest=rest.strip()))
    return found


def copied(stage: list[Instruction]) -> dict[str, str]:
    """Source in the repository -> target in the image."""
    pairs = [i.rest.split() for i in stage if i.word == "COPY" and not i.rest.startswith("--")]
    return {source: target for source, target in pairs}  # noqa: C416  # two words exactly


def environment(stage: list[Instruction]) -> dict[str, str]:
    parts = [part for i in stage if i.word == "ENV" for part in i.rest.split()]
    return dict(part.split("=", 1) for part in parts)


def one(stage: list[Instruction], word: str) -> Instruction:
    (found,) = [i for i in stage if i.word == word]
    return found


def compose() -> dict[str, Any]:
    """Anchors and merges followed, as an engine does; variables stand as they are written."""
    with (DOCKER / "compose.yaml").open(encoding="utf-8") as file:
        read = YAML(typ="safe", pure=True).load(file)
    return dict(json.loads(json.dumps(read)))


def ours() -> dict[str, dict[str, Any]]:
    """The services that run our image."""
    return {n: s for n, s in compose()["services"].items() if s["image"].startswith("kazasu:")}
