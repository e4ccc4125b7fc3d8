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


class Desk(Reply):
    """What the holder compares with the desk in front of them, where there is no call."""

    business: Business
    kind: Literal["business", "enrolment"] = Field(
        description="who somebody is, or to tie them to a contract; the statement's type"
    )
    purpose: str = Field(max_length=60)
    require: Literal["id_card_auth", "id_card_sign"]


class Purpose(Reply):
    name: str = Field(examples=["account"])
    words: str = Field(max_length=60, examples=["ご契約内容の確認"])


class CallableBusiness(Reply):
    """One number that may be called with a dial ticket or a keyed code."""

    dialled: str = Field(description="E.164; this is `business` in what is asked")
    business: Business
    purposes: list[Purpose]


class Businesses(Reply):
    businesses: list[CallableBusiness]
    keyed_codes: bool = Field(description="whether `/v1/keyed-codes` is offered")


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
        description="canonical JSON (RFC 8785) to check and sign; present once it may be signed",
    )
    ticket: str | MISSING = Field(
        default=MISSING,
        description="10 digits, good for one call until `ticket_by`; with `awaiting_dial`",
    )
    tel: str | MISSING = Field(
        default=MISSING,
        description="RFC 3966: the number, two pauses and the ticket. Hand it to the telephone",
        examples=["tel:+81312345678,,4721963850"],
    )
    ticket_by: str | MISSING = MISSING
    code: str | MISSING = Field(
        default=MISSING, description="what the caller keys into the call; of `/v1/keyed-codes`"
    )
    call: Call | MISSING = Field(
        default=MISSING, description="whose call this is: with a claim, and while it is asked"
    )
    desk: Desk | MISSING = Field(
        default=MISSING, description="with a claim, in place of `call`: whose desk this is"
    )


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
