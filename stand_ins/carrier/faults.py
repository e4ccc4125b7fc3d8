"""Faults that a test or the demo asks for; each is used up by the requests it spoils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# kind -> (what it spoils, what it does)
KINDS: Mapping[str, tuple[str, str]] = {
    "duplicate_same_token": ("document", "the request is sent twice with one idempotency token"),
    "duplicate_new_token": ("document", "the request is sent again with a token of its own"),
    "delay": ("document", "the request leaves `seconds` late"),
    "late_copy": ("document", "a copy arrives after the call's next request (`seconds` after it)"),
    "connect_failure": ("document", "`attempts` connections fail (0: all), then fallback"),
    "read_timeout": ("document", "the service acts, its answer never arrives, then fallback"),
    "http_error": ("document", "the service acts, the carrier sees `status` (503), then fallback"),
    "no_digits_key": ("digits", "a Gather without input sends no Digits key at all"),
    "redirect_race": ("redirect", "`order`: action_first or target_first"),
    "gather_action": ("gather", "a redirected Gather requests its action too; `order` as above"),
    "drop_completed": ("completed", "the completed callback is never sent"),
    "repeat_status": ("status", "the status callback is sent `copies` (2) times"),
    "reorder_status": ("status", "the status callback waits until the next one has been sent"),
    "rest_error": ("rest", "REST answers `status` and `code` without acting"),
    "rest_drop": ("rest", "REST acts, then drops the answer"),
    "rest_delay": ("rest", "REST acts, the answer leaves `seconds` (real ones) late"),
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """One order. `call_sid` and `path` (part of the URL) narrow it; `times` 0 is for good."""

    id: int
    kind: str
    call_sid: str | None = None
    path: str | None = None
    times: int = 1
    used: int = 0
    options: Mapping[str, object] = field(default_factory=dict)

    def number(self, name: str, default: float) -> float:
        value = self.options.get(name, default)
        return float(value) if isinstance(value, int | float) else default

    def word(self, name: str, default: str) -> str:
        return str(self.options.get(name, default))

    def as_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "kind": self.kind,
            "call_sid": self.call_sid,
            "path": self.path,
            "times": self.times,
            "used": self.used,
            "options": dict(self.options),
        }


class Faults:
    """The orders that stand, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._next_id = 1

    def add(
        self,
        kind: str,
        *,
        call_sid: str | None = None,
        path: str | None = None,
        times: int = 1,
        options: Mapping[str, object] | None = None,
    ) -> Fault:
        """Stand a new order. ValueError for an unknown kind."""
        if kind not in KINDS:
            raise ValueError(f"unknown fault kind {kind!r}; known: {', '.join(KINDS)}")
        fault = Fault(
            id=self._next_id,
            kind=kind,
            call_sid=call_sid,
            path=path,
            times=times,
            options=options or {},
        )
        self._next_id += 1
        self._faults.append(fault)
        return fault

    def take(self, spoils: str, *, call_sid: str, url: str = "") -> Fault | None:
        """The first standing order for such a request, counted as used once more."""
        for fault in self._faults:
            fits = (
                KINDS[fault.kind][0] == spoils
                and fault.call_sid in (None, call_sid)
                and (fault.path is None or fault.path in url)
                and (fault.times == 0 or fault.used < fault.times)
            )
            if fits:
                fault.used += 1
                return fault
        return None

    def all(self) -> list[Fault]:
        return list(self._faults)

    def clear(self) -> None:
        self._faults.clear()
