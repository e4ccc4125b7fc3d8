"""What a look at one part of a deployment found."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`do` says what to do about it; it is empty only when all is well."""

    part: str
    state: State
    says: str
    do: str = ""


def problem(part: str, says: str, do: str) -> Finding:
    return Finding(part=part, state="problem", says=says, do=do)
