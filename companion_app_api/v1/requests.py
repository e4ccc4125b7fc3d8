"""What an app may send: bodies and queries of `/v1`. Unknown fields are refused, null is too.

No field here has room for a PIN, a password or a My Number, and none may be added.
"""

from typing import Annotated, Literal

from pydantic import MISSING, BaseModel, ConfigDict, Field

CallStateName = Literal["outgoing", "incoming", "in_call", "none", "unknown"]

VERSION_SHAPE = r"[0-9]{1,5}(?:\.[0-9]{1,5}){0,3}"

# 8 kB of certificate and 512 bytes of signature, as base64url without padding.
MOST_CERTIFICATE_CHARACTERS = 10_923
MOST_SIGNATURE_CHARACTERS = 683
MOST_MILLISECONDS = 3_600_000

Locator = Annotated[str, Field(pattern=r"^(?:[0-9]{8}|[0-9]{10}|[A-Za-z0-9_-]{22,128})$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Register(Body):
    """The public key travels in the request proof's `jwk` header, in this call only."""

    platform: Literal["ios", "android", "web", "other"]
    app_version: str = Field(pattern=f"^{VERSION_SHAPE}$", examples=["1.4.0"])
    attestation: Annotated[str, Field(min_length=1, max_length=16_384)] | MISSING = MISSING
    """The platform's own word on the app. A signal only: it opens nothing."""


class Claim(Body):
    locator: Locator = Field(
        description="digits of the code that a call speaks or a desk shows, without the hyphen, "
        "or the token of a link",
        examples=["47219638"],
    )
    call_state: CallStateName = Field(
        description="what the handset knows of its own call; `unknown` where it may not look. "
        "A desk's code is for a handset without a call: only `none` or `unknown`"
    )


class BeforeTheCall(Body):
    """For `/v1/dial-tickets` and `/v1/keyed-codes`: one of the businesses and its purposes."""

    business: str = Field(
        pattern=r"^\+[1-9][0-9]{6,14}$",
        description="the number (E.164) that will be called",
        examples=["+81312345678"],
    )
    purpose: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$", examples=["account"])
    call_state: CallStateName = Field(
        description="what the handset knows of its own call. A dial ticket is for a handset "
        "without one: only `none` or `unknown`"
    )


class OwnCall(Body):
    """What the handset knows of the call that it placed. Durations until this request was sent,
    because no two clocks agree."""

    call_state: CallStateName
    begun_ms_ago: int = Field(ge=0, le=MOST_MILLISECONDS)
    connected_ms_ago: Annotated[int, Field(ge=0, le=MOST_MILLISECONDS)] | MISSING = Field(
        default=MISSING, description="absent while it rings"
    )
    other_calls: bool = Field(description="whether there was any other call before or beside it")


class Confirm(Body):
    answer: Literal["i_called", "they_called", "no_call"] = Field(
        description=(
            "「いま、この会社と電話中ですか。どちらからかけましたか。」 自分がかけた / "
            "かかってきた / 電話していない. One that declines is sent only after it was asked again"
        )
    )


class Choose(Body):
    round: int = Field(ge=1, le=9)
    choice: str = Field(pattern=r"^[0-9]{2}$", examples=["46"])


class Progress(Body):
    hint: Literal["awaiting_pin", "awaiting_card"]


class Prove(Body):
    """What the card gave, as base64url without padding."""

    certificate: str = Field(
        pattern=r"^[A-Za-z0-9_-]+$", min_length=2, max_length=MOST_CERTIFICATE_CHARACTERS
    )
    signature: str = Field(
        pattern=r"^[A-Za-z0-9_-]+$", min_length=2, max_length=MOST_SIGNATURE_CHARACTERS
    )
    card_kind: Literal["card", "android", "iphone", "unknown"]


class Cancel(Body):
    reason: Literal[
        "user_cancelled", "pin_blocked", "pin_last_try", "card_without_pin", "app_unsupported"
    ]


class Repudiate(Body):
    """An empty object: the address says which verdict, the request proof who."""


class NoQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wait(BaseModel):
    """Long polling: the answer comes when the pairing has changed, at the latest after `wait`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wait: Annotated[int, Field(ge=0, le=25, description="seconds")] = 0
    since: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | MISSING = MISSING
    """The `hint` last seen: a change in between is answered at once."""
