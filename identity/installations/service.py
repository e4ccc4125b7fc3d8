"""Which installation is speaking: registration, and the proof that goes with every request."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from identity.installations.model import Installation
from identity.installations.ports import Installations, SeenProofs
from identity.installations.refusals import Code, Refusal
from identity.installations.request_proof import NotAProof, ReadProof, Request, check, read

# Longer than the 120 s in which a proof can be used at all, so that none is good twice.
JTI_KEPT_SECONDS: Final = 180


class RequestProofs:
    """Checks proofs against registered keys; the time is the server's own."""

    def __init__(
        self, installations: Installations, seen: SeenProofs, now: Callable[[], datetime]
    ) -> None:
        self._installations = installations
        self._seen = seen
        self._now = now

    async def verify(
        self, token: str, *, method: str, url: str, body: bytes
    ) -> Installation | Refusal:
        """The registered installation that made this very request, once.

        `url` is the configured origin with the raw path and query. Refusals:
        `request_proof_invalid` with `rule`, `unknown_installation`.
        """
        try:
            proof = read(token, introduces=False)
            installation = await self._installations.by_id(proof.kid)
            if installation is None:
                return Refusal(code=Code.UNKNOWN_INSTALLATION.value)
            request = Request(method=method, url=url, body=body)
            await self._accept(proof, installation, request)
        except NotAProof as broken:
            return _invalid(broken)
        return installation

    async def register(
        self, token: str, *, method: str, url: str, body: bytes, platform: str, app_version: str
    ) -> Installation | Refusal:
        """Make the key inside the proof known. Again: the first registration stands.

        Refusal: `request_proof_invalid` with `rule`.
        """
        try:
            proof = read(token, introduces=True)
            assert proof.jwk is not None  # `read` has seen to it
            newcomer = Installation(
                id=proof.kid,
                public_jwk=proof.jwk,
                platform=platform,
                app_version=app_version,
                registered_at=self._now(),
            )
            await self._accept(proof, newcomer, Request(method=method, url=url, body=body))
        except NotAProof as broken:
            return _invalid(broken)
        return await self._installations.register(newcomer)

    async def _accept(self, proof: ReadProof, who: Installation, request: Request) -> None:
        """NotAProof unless it is theirs, fits, is fresh, and comes for the first time."""
        check(proof, who.public_jwk, request, self._now())
        if not await self._seen.first_time(who.id, proof.jti, seconds=JTI_KEPT_SECONDS):
            raise NotAProof("repeated")


def _invalid(broken: NotAProof) -> Refusal:
    return Refusal(code=Code.REQUEST_PROOF_INVALID.value, facts={"rule": broken.rule})
