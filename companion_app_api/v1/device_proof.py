"""Which installation is speaking: the request proof over exactly what came in.

The address in the proof is the configured origin with the raw path and query of the request;
neither `Host` nor forwarded headers have a say.
"""

import re
from typing import Final

from quart import Request

from companion_app_api.v1.problems import INVALID_REQUEST, PROOF_INVALID, problem, refused
from companion_app_api.v1.requests import VERSION_SHAPE, Register
from companion_app_api.v1.settings import DoorSettings
from door_frame.problem_json import Refused
from identity.installations.model import Installation
from identity.installations.refusals import Refusal
from identity.installations.service import RequestProofs
from identity.pairing.refusals import Code, refuse

PROOF_HEADER: Final = "Kazasu-Proof"
APP_HEADER: Final = "Kazasu-App"
LARGEST_PROOF: Final = 4096
_APP: Final = re.compile(f"(?P<platform>[a-z]{{1,16}})/(?P<version>{VERSION_SHAPE})")


class DeviceProof:
    def __init__(self, proofs: RequestProofs, settings: DoorSettings) -> None:
        self._proofs = proofs
        self._settings = settings

    async def speaker(self, request: Request, body: bytes) -> Installation:
        """The registered installation, or `Refused` with 401 or 426."""
        found = await self._proofs.verify(
            _token(request), method=request.method, url=self._url(request), body=body
        )
        if isinstance(found, Refusal):
            raise refused(found)
        platform, version = _said_version(request) or (found.platform, found.app_version)
        self._must_be_supported(platform, version)
        return found

    async def newcomer(
        self, request: Request, body: bytes, said: Register, *, address: str
    ) -> Installation:
        """Registers the key that the proof brings along; the first registration stands."""
        self._must_be_supported(said.platform, said.app_version)
        found = await self._proofs.register(
            _token(request),
            method=request.method,
            url=self._url(request),
            body=body,
            platform=said.platform,
            app_version=said.app_version,
            address=address,
        )
        if isinstance(found, Refusal):
            raise refused(found)
        return found

    def _url(self, request: Request) -> str:
        path = request.scope["raw_path"].decode("ascii", "replace")
        query = request.scope["query_string"].decode("ascii", "replace")
        return f"{self._settings.origin}{path}" + (f"?{query}" if query else "")

    def _must_be_supported(self, platform: str, version: str) -> None:
        if not self._settings.supported(platform, version):
            raise refused(
                refuse(Code.APP_UNSUPPORTED),
                update_url=self._settings.update_urls.get(platform, ""),
            )


def _token(request: Request) -> str:
    tokens = request.headers.getlist(PROOF_HEADER)
    if len(tokens) != 1 or len(tokens[0]) > LARGEST_PROOF:
        raise Refused(problem(PROOF_INVALID))
    return str(tokens[0])


def _said_version(request: Request) -> tuple[str, str] | None:
    """`Kazasu-App: platform/version`: an app may have been updated since it registered."""
    said = request.headers.get(APP_HEADER)
    if said is None:
        return None
    platform, _, version = said.partition("/")
    parts = version.split(".")
    if len(parts) > 4 or not all(
        part.isascii() and part.isdigit() and len(part) <= 5 for part in parts
    ):
        raise Refused(problem(INVALID_REQUEST, field=APP_HEADER))
    return platform, version
