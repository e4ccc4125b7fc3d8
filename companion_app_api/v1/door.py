"""How every call comes in: caps, media type, request proof, strict JSON, fields; in this order.

Nobody unknown gets a body parsed, and nothing unchecked reaches a verb.
"""

import re
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from quart import request

from companion_app_api.v1.device_proof import DeviceProof
from companion_app_api.v1.problems import INVALID_REQUEST, problem, refused
from companion_app_api.v1.requests import Register
from companion_app_api.v1.settings import DoorSettings
from door_frame.client_address import client_address
from door_frame.json_body import must_be_json, raw_body, strict_object
from door_frame.problem_json import Refused
from identity.installations.model import Installation
from identity.pairing.model import PairingId
from identity.pairing.refusals import Code, refuse

BodyT = TypeVar("BodyT", bound=BaseModel)
_PAIRING: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Door:
    def __init__(self, proof: DeviceProof, settings: DoorSettings) -> None:
        self._proof = proof
        self.settings = settings

    async def posted(self, model: type[BodyT]) -> tuple[Installation, BodyT]:
        """The speaker and the checked body of this POST, or `Refused`."""
        content = await _json_content()
        speaker = await self._proof.speaker(request, content)
        return speaker, _checked(model, strict_object(content))

    async def introduced(self) -> Installation:
        content = await _json_content()
        said = _checked(Register, strict_object(content))
        return await self._proof.newcomer(request, content, said, address=self.address())

    async def asked(self, model: type[BodyT]) -> tuple[Installation, BodyT]:
        """The speaker and the checked query of this GET. A GET has no body."""
        speaker = await self._proof.speaker(request, await raw_body(request, at_most=0))
        return speaker, _checked_query(model)

    def address(self) -> str:
        return client_address(request, trusted_proxies=self.settings.trusted_proxies)


def pairing_id(written: str) -> PairingId:
    """What no pairing can be called is as unknown as any other; no store is asked for it."""
    if not _PAIRING.fullmatch(written):
        raise refused(refuse(Code.EXPIRED_OR_UNKNOWN))
    return PairingId(written)


async def _json_content() -> bytes:
    must_be_json(request)
    return await raw_body(request)


def _checked(model: type[BodyT], fields: dict[str, object]) -> BodyT:
    try:
        return model.model_validate(fields)
    except ValidationError as invalid:
        raise _invalid(invalid, model) from None


def _checked_query(model: type[BodyT]) -> BodyT:
    given = request.args.to_dict(flat=False)
    if any(len(values) > 1 for values in given.values()):
        raise Refused(problem(INVALID_REQUEST))
    try:
        return model.model_validate({name: values[0] for name, values in given.items()})
    except ValidationError as invalid:
        raise _invalid(invalid, model) from None


def _invalid(invalid: ValidationError, model: type[BaseModel]) -> Refused:
    """Names the field where it is one of ours; a name from outside is not repeated."""
    place = invalid.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
    if place and place[0] in model.model_fields:
        return Refused(problem(INVALID_REQUEST, field=str(place[0])))
    return Refused(problem(INVALID_REQUEST))
