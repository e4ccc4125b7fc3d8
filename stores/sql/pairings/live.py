"""Verdicts that count for their calls now, and the certificate behind each, sealed."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, Final

import structlog
from sqlalchemy import ColumnElement, Row, and_, select

from identity.jpki.anchors import Purpose
from identity.pairing.model import CallRef, Pairing, PairingId, PersonId
from identity.pairing.ports import LiveVerdict
from identity.tenants.model import TenantId
from identity.verification.model import LinkageKey
from identity.verification.ports import RevocationSubject
from stores.sql.database import Database
from stores.sql.schema.columns import clock
from stores.sql.schema.identity_side import live_verdicts, pairings
from stores.sql.sealing import SealBroken, Sealer

_log = structlog.get_logger()
_OF_PAIRING: Final = and_(
    pairings.c.tenant_id == live_verdicts.c.tenant_id, pairings.c.id == live_verdicts.c.pairing_id
)


def sealed(sealer: Sealer, of: Pairing, certificate: RevocationSubject) -> bytes:
    """Issuer's key, serial and list of a certificate, bound to its pairing."""
    content = {
        "purpose": certificate.purpose.value,
        "issuer": certificate.certificate.issuer_key_sha256.hex(),
        "serial": f"{certificate.certificate.serial:x}",
        "points": sorted(b64encode(point).decode() for point in certificate.distribution_points),
    }
    return sealer.seal(of.tenant, _place(of.id), content)


class SqlLiveVerdicts:
    """The port `LiveVerdicts`."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def of_call(self, tenant: TenantId, call_ref: CallRef) -> Sequence[LiveVerdict]:
        return await self._some(tenant, live_verdicts.c.call_ref == call_ref, at_most=None)

    async def after(
        self, tenant: TenantId, person: PersonId, *, at_most: int
    ) -> Sequence[LiveVerdict]:
        return await self._some(tenant, live_verdicts.c.person_id > person, at_most=at_most)

    async def _some(
        self, tenant: TenantId, which: ColumnElement[bool], *, at_most: int | None
    ) -> Sequence[LiveVerdict]:
        wanted = (
            select(live_verdicts, pairings.c.recheck)
            .join(pairings, _OF_PAIRING)
            .where(live_verdicts.c.tenant_id == tenant, live_verdicts.c.until > clock(), which)
            .order_by(live_verdicts.c.person_id)
            .limit(at_most)
        )
        async with self._database.read() as connection:
            return [self._live(row) for row in await connection.execute(wanted)]

    def _live(self, row: Row[Any]) -> LiveVerdict:
        return LiveVerdict(
            pairing=PairingId(row.pairing_id),
            person=PersonId(row.person_id),
            certificate=self._certificate(row),
            said=row.recheck["revocation"]["status"] if row.recheck else "",
        )

    def _certificate(self, row: Row[Any]) -> RevocationSubject | None:
        """None, and a line in the log, of what does not open; it keeps no other from its answer."""
        if row.private is None:
            return None
        try:
            return _read(self._sealer.unseal(row.tenant_id, _place(row.pairing_id), row.private))
        except (SealBroken, ValueError, KeyError, TypeError) as error:
            _log.error("live_verdict_unreadable", call_ref=row.call_ref, error=type(error).__name__)
            return None


def _read(content: dict[str, Any]) -> RevocationSubject:
    return RevocationSubject(
        purpose=Purpose(content["purpose"]),
        certificate=LinkageKey(
            issuer_key_sha256=bytes.fromhex(content["issuer"]), serial=int(content["serial"], 16)
        ),
        distribution_points=frozenset(b64decode(point) for point in content["points"]),
    )


def _place(pairing_id: str) -> tuple[str, ...]:
    return ("live_verdicts", "private", pairing_id)
