"""Every refusal of this door, its HTTP status and its stable code. Words are ours alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from door_frame.problem_json import Problem, Refused
from identity.installations.refusals import Code as ProofCode
from identity.installations.refusals import Refusal as ProofRefusal
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Code, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One row of the catalogue: `detail` says what happened and what to do."""

    status: int
    detail: str


INVALID_REQUEST: Final = "invalid_request"
PROOF_INVALID: Final = ProofCode.REQUEST_PROOF_INVALID.value
UNKNOWN_INSTALLATION: Final = ProofCode.UNKNOWN_INSTALLATION.value
NO_SUCH_CALL: Final = "no_such_call"
INTERNAL_ERROR: Final = "internal_error"

KINDS: Final[dict[str, Kind]] = {
    "not_json": Kind(status=400, detail="the body is not one strict JSON object"),
    "too_deep": Kind(status=400, detail="JSON nests at most 20 levels"),
    INVALID_REQUEST: Kind(status=400, detail="a field is missing, unknown or out of its range"),
    PROOF_INVALID: Kind(
        status=401, detail="the request proof does not fit; set the clock by Date and sign anew"
    ),
    UNKNOWN_INSTALLATION: Kind(status=401, detail="register this device key first"),
    Code.MODE_UNAVAILABLE.value: Kind(
        status=403, detail="this service does not offer that way; call without it"
    ),
    NO_SUCH_CALL: Kind(status=404, detail="see /v1/openapi.json"),
    "body_too_slow": Kind(status=408, detail="the body did not arrive in time"),
    Code.IN_A_CALL.value: Kind(status=409, detail="end the call first"),
    Code.OUT_OF_ORDER.value: Kind(status=409, detail="that step does not come now"),
    Code.ROUND_OVER.value: Kind(status=409, detail="this round was answered before"),
    Code.TOO_LATE.value: Kind(status=409, detail="72 hours have passed"),
    Code.EXPIRED_OR_UNKNOWN.value: Kind(
        status=410, detail="unknown, used or expired; ask the call for a new code"
    ),
    "body_too_large": Kind(status=413, detail="a body has at most 64 kB"),
    "unsupported_media_type": Kind(status=415, detail="send application/json, not encoded"),
    Code.NOT_OFFERED.value: Kind(status=422, detail="not one of the three"),
    Code.APP_UNSUPPORTED.value: Kind(status=426, detail="this version is too old: update"),
    Code.SLOW_DOWN.value: Kind(status=429, detail="too often; wait as Retry-After says"),
    INTERNAL_ERROR: Kind(status=500, detail="try again; the call goes on"),
    Code.CODES_PAUSED.value: Kind(status=503, detail="no codes at this moment; wait"),
    Code.TRY_AGAIN.value: Kind(status=503, detail="nothing was done; repeat the request"),
}
_REFUSED_CHECK: Final = Kind(status=422, detail="the check ended; the code says how")
_HINTS: Final = frozenset(hint.value for hint in Hint)
_SHOWN_FACTS: Final = frozenset({"hint"})


def problem(code: str, **members: str | int) -> Problem:
    """The catalogue's problem; a hint of an ended pairing is its own code, with 422."""
    kind = KINDS.get(code)
    if kind is None:
        if code not in _HINTS:
            raise LookupError(f"no problem of this door is called {code}")
        kind = _REFUSED_CHECK
    return Problem(status=kind.status, code=code, detail=kind.detail, members=members)


def refused(refusal: Refusal | ProofRefusal, *, update_url: str = "") -> Refused:
    """What the heart refused, as this door says it."""
    facts = {name: fact for name, fact in refusal.facts.items() if name in _SHOWN_FACTS}
    if refusal.code == Code.APP_UNSUPPORTED.value and update_url:
        facts["update_url"] = update_url
    said = problem(refusal.code, **facts)
    wait = refusal.facts.get("retry_after", 1 if said.status == 503 else None)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Refused(
        Problem(
            status=said.status,
            code=said.code,
            detail=said.detail,
            members=said.members,
            headers=headers,
        )
    )


def codes_by_status(codes: Iterable[str]) -> dict[int, list[str]]:
    """For the OpenAPI document: which codes come with which status."""
    found: dict[int, list[str]] = {}
    for code in codes:
        known = found.setdefault(problem(code).status, [])
        if code not in known:
            known.append(code)
    return found
