"""Connection overrides: the URL fragment that tells the carrier how long to wait and retry."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

CEILING = 15.0
RETRY_CAUSES = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Seconds to connect, to read, in all; how many retries, and for which causes."""

    connect: float = 5.0
    read: float = CEILING
    total: float = CEILING
    retries: int = 1
    causes: frozenset[str] = frozenset({"ct"})
    refused: tuple[str, ...] = ()

    def retry_for(self, cause: str) -> bool:
        return cause in self.causes or "all" in self.causes


def split(url: str) -> tuple[str, Overrides]:
    """The URL as it is requested and signed (no fragment), and what its fragment asks for.

    Values outside the documented ranges are ignored and named in `refused`.
    """
    parts = urlsplit(url)
    bare = urlunsplit(parts._replace(fragment=""))
    values: dict[str, float] = {}
    retries, causes, refused = 1, frozenset({"ct"}), []
    ranges = {"ct": ("connect", 100, 10_000), "rt": ("read", 100, 15_000)}
    ranges["tt"] = ("total", 100, 15_000)
    for key, text in parse_qsl(parts.fragment, keep_blank_values=True):
        if key in ranges and text.isdigit() and ranges[key][1] <= int(text) <= ranges[key][2]:
            values[ranges[key][0]] = int(text) / 1000
        elif key == "rc" and text.isdigit() and int(text) <= 5:
            retries = int(text)
        elif key == "rp" and text and set(text.split(",")) <= RETRY_CAUSES:
            causes = frozenset(text.split(","))
        elif key not in ("e", "sni"):  # where a request leaves from has no meaning on one machine
            refused.append(f"{key}={text}")
    return bare, Overrides(retries=retries, causes=causes, refused=tuple(refused), **values)
