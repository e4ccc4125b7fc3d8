"""What is said when a setting cannot be used."""

from collections.abc import Mapping


class BadSettings(Exception):
    """What is wrong with which setting, one line each, ready to print. Holds no secret. `japanese`
    has the lines of others; ours are in `kazasu.japanese.lines`."""

    def __init__(self, problems: list[str], japanese: Mapping[str, str] | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.japanese = japanese or {}
