"""Which installation is speaking: registration, and the proof that goes with every request."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from identity.installations.limits import InstallationLimits
from identity.installations.model import Installation
from identity.installations.ports import Installations, SeenProofs
from identity.installations.refusals import Code, Refusal
from identity.installations.request_proof import NotAProof, ReadProof, Request, check, read

# Longer than the 120 s in which a proof can be used at all, so that none is good twice.
JTI_KEPT_SECONDS: Final = 180


class RequestProofs:
    """Checks proofs against registered keys; the time is the server's own."""

    def __init__(
        self,
        installations: Installations,
        seen: SeenProofs,
        limits: InstallationLimits,
        now: Callable[[], datetime],
    ) -> None:
        self._installations = installations
        self._seen = seen
        self._limits = limits
        self._now = now

    async def verify(
        self, token: str, *, method: str, url: str, body: bytes
    ) -> Installation | Refusal:
        """The registered installation that made this very request, once.

        `url` is the configured origin with the raw path and query. Refusals:
        `request_proof_invalid` with `rule`, `unknown_installation`, `slow_down`.
        """
        try:
            proof = read(token, introduces=False)
            installation = await self._installations.by_id(proof.kid)
            if installation is None:
                return Refusal(code=Code.UNKNOWN_INSTALLATION.value)
            request = Request(method=method, url=url, body=body)
            check(proof, installation.public_jwk, request, self._now())
            too_often = await self._limits.request(installation.id)
            if too_often is not None:
                return too_often
            await self._once(proof)
        except NotAProof as broken:
            return _invalid(broken)
        return installation

    async def register(
        self,
        token: str,
        *,
        method: str,
        url: str,
        body: bytes,
        platform: str,
        app_version: str,
        address: str,
    ) -> Installation | Refusal:
        """Make the key inside the proof known. Again: the first registration stands.

        `address` is the sender's, for counting only. Refusals: `request_proof_invalid` with
        `rule`, `slow_down`.
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
            request = Request(method=method, url=url, body=body)
            check(proof, newcomer.public_jwk, request, self._now())
            if await self._installations.by_id(newcomer.id) is None:
                too_many = await self._limits.newcomer(address)
                if too_many is not None:
                    return too_many
            await self._once(proof)
        except NotAProof as broken:
            return _invalid(broken)
        return await self._installations.register(newcomer)

    async def _once(self, proof: ReadProof) -> None:
        """NotAProof unless it comes for the first time."""
        if not await self._seen.first_time(proof.kid, proof.jti, seconds=JTI_KEPT_SECONDS):
            raise NotAProof("repeated")


def _invalid(broken: NotAProof) -> Refusal:
    return Refusal(code=Code.REQUEST_PROOF_INVALID.value, facts={"rule": broken.rule})
