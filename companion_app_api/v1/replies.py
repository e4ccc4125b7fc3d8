"""What the service answers on `/v1`. A field that does not apply is absent, never null.

Times are UTC in RFC 3339. `hint` may grow: a client accepts one it does not know.
"""

from typing import Literal

from pydantic import MISSING, BaseModel, ConfigDict, Field


class Reply(BaseModel):
    model_config = ConfigDict(frozen=True)


class Registered(Reply):
    installation: str = Field(description="RFC 7638 thumbprint of the device key, 43 characters")


class Business(Reply):
    name: str = Field(examples=["カザス保険"])
    logo: str = Field(description="address of the registered logo, empty when there is none")
    number: str = Field(description="published number as people write it")


class Call(Reply):
    """What the caller compares with the call in hand."""

    business: Business
    dialled: str = Field(description="E.164 number that was dialled")
    line_last4: str | MISSING = Field(
        default=MISSING, description="last digits of the reported number; absent: 非通知"
    )
    started_at: str
    direction: Literal["caller", "business"] = Field(
        description="who placed the call; an answer that differs declines: ask it once more"
    )
    purpose: str = Field(max_length=60)
    require: Literal["id_card_auth", "id_card_sign"]


class Choice(Reply):
    """One round of the choice of three. Rising order; the right one is never told."""

    round: int
    choices: list[str] = Field(min_length=3, max_length=3)


class PairingState(Reply):
    """Where a pairing stands."""

    pairing: str
    status: Literal["pending", "complete", "failed", "cancelled"]
    hint: str = Field(description="the list may grow")
    expires_at: str
    interval: int = Field(description="seconds between polls")
    choice: Choice | MISSING = Field(default=MISSING, description="present while `awaiting_choice`")
    statement: str | MISSING = Field(
        default=MISSING,
        description="canonical JSON (RFC 8785) to check and sign; present from the right choice on",
    )


class Claimed(PairingState):
    """The state, and whose call this is."""

    call: Call


class HistoryEntry(Reply):
    """A check proven here, or elsewhere by the same person (`own` false: business and time)."""

    pairing: str
    business: str
    at: str
    own: bool
    purpose: str | MISSING = MISSING
    hint: str | MISSING = MISSING
    repudiable_until: str | MISSING = Field(
        default=MISSING, description="absent when it cannot be repudiated (any more) from here"
    )


class History(Reply):
    """Newest first."""

    entries: list[HistoryEntry]


class ProblemBody(Reply):
    """RFC 9457 with a stable `code`. Nothing from outside is quoted."""

    type: Literal["about:blank"]
    title: str
    status: int
    code: str
    detail: str | MISSING = MISSING
    field: str | MISSING = Field(default=MISSING, description="with `invalid_request`")
    hint: str | MISSING = Field(
        default=MISSING, description="where the pairing is, with `out_of_order`"
    )
    update_url: str | MISSING = Field(default=MISSING, description="with `app_unsupported` (426)")
