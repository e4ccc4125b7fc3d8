"""Which lookups are answered by tables and which are asked of the business's own system."""

import base64

import httpx2

from identity.pairing.policy import PairingPolicy
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side, sealing, stores
from stand_ins.business_system.door import Row, business_app
from tests.kazasu.deployment import Deployment

KEY = bytes(range(24, 56))
CASE = {"due": "2026-12-10", "fee": 0}
TABLES = {
    "open_case": [Row(args={"contract": "c-0001"}, fields=CASE)],
    "customer": [],
}


async def test_a_lookup_without_a_table_is_asked(deployment: Deployment) -> None:
    (deployment.folder / "data" / "lookups" / "open_case.csv").unlink()
    settings = load(
        **deployment.variables,
        KAZASU_LOOKUPS_URL="https://crm.example.jp/lookups/",
        KAZASU_LOOKUPS_KEY=f"whsec_{base64.b64encode(KEY).decode()}",
    )
    site = flows.site(settings)
    tenant = identity_side.tenant_of(settings, site.business)
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )
    now = identity_side.clock
    app = business_app(TABLES, KEY, lambda: now().timestamp())
    transport = httpx2.ASGITransport(app)  # type: ignore[arg-type]  # two spellings of ASGI
    try:
        async with httpx2.AsyncClient(transport=transport) as http:
            library = flows.library(settings, tenant, kept)
            lookups = flows.lookups(settings, library, site, http)
            asked = await lookups.look_up(tenant.id, "open_case", {"contract": "c-0001"})
            assert (asked.outcome, asked.fields) == ("found", CASE)
            # In the shipped table; the system would say `none`.
            known = await lookups.look_up(tenant.id, "customer", {"number": "10000001"})
            assert known.outcome == "found"
            only_tables = flows.lookups(settings, library, site)
            missing = await only_tables.look_up(tenant.id, "open_case", {"contract": "c-0001"})
            assert missing.outcome == "error"
    finally:
        await kept.close()
