"""What a route answers: declared for the OpenAPI document, and written as JSON."""

from collections.abc import Awaitable, Callable, Iterable
from functools import wraps
from typing import Final, ParamSpec, TypeAlias

from pydantic import MISSING, BaseModel, Field
from quart import Response
from quart_schema import document_querystring, document_request, document_response
from quart_schema.documentation import document_headers

from companion_app_api.v1.requests import VERSION_SHAPE
from identity.pairing.outcomes import COMPLETE, PENDING, Hint
from identity.pairing.refusals import Code

P = ParamSpec("P")
View: TypeAlias = Callable[P, Awaitable[Response]]

CODES_ATTRIBUTE: Final = "_kazasu_codes"

ALWAYS: Final = (
    "request_proof_invalid",
    "unknown_installation",
    Code.APP_UNSUPPORTED.value,
    Code.SLOW_DOWN.value,
    "internal_error",
)
POSTED: Final = (
    "not_json",
    "too_deep",
    "invalid_request",
    "body_too_slow",
    "body_too_large",
    "unsupported_media_type",
)
IN_A_PAIRING: Final = (
    Code.EXPIRED_OR_UNKNOWN.value,
    Code.OUT_OF_ORDER.value,
    Code.TRY_AGAIN.value,
)
_NEVER_SAID: Final = PENDING | COMPLETE | {Hint.APP_UNSUPPORTED, Hint.REVOKED_SINCE}
ENDED: Final = tuple(hint.value for hint in Hint if hint not in _NEVER_SAID)
"""A check that has ended answers each further step with how it ended."""


class Headers(BaseModel):
    """What goes with every request beside the proof, which the security scheme describes."""

    kazasu_app: str | MISSING = Field(
        default=MISSING,
        pattern=f"^[a-z]{{1,16}}/{VERSION_SHAPE}$",
        description="platform and version of the app as it is now",
        examples=["ios/1.4.0"],
    )


def answers(
    *,
    reply: type[BaseModel],
    codes: Iterable[str],
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
) -> Callable[[Callable[P, Awaitable[BaseModel]]], View[P]]:
    """A 200 with `reply`, and one problem+json answer for each status of `codes`."""

    def mark(view: Callable[P, Awaitable[BaseModel]]) -> View[P]:
        @wraps(view)
        async def written(*args: P.args, **kwargs: P.kwargs) -> Response:
            said = await view(*args, **kwargs)
            return Response(said.model_dump_json(), content_type="application/json")

        setattr(written, CODES_ATTRIBUTE, tuple(codes))
        document_response(reply)(written)
        document_headers(Headers)(written)
        if body is not None:
            document_request(body)(written)
        if query is not None:
            document_querystring(query)(written)
        return written

    return mark
