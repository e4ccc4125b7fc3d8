"""`kazasu holders show`: whether somebody is enrolled for a contract, or waits to be; no name, no
address."""

import json

from identity.pairing.model import PersonId
from identity.tenants.model import Tenant
from kazasu.cli.opened import with_stores
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring.stores import Stores


def show(*, contract: str, as_json: bool) -> int:
    """1 when there is no such contract."""

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        holder = await kept.holders.by_contract(tenant.id, contract)
        if holder is None:
            say(f"{contract}: no such contract")
            return 1
        others = await kept.holders.of_person(tenant.id, holder.person)
        waiting = await kept.enrolments.waiting(tenant.id)
        facts = {
            "contract": holder.contract_ref,
            "enrolled": bool(holder.person),
            "person": holder.person,
            "changed_since_enrolment": bool(holder.person) and holder.to_confirm,
            "contracts_of_the_person": [other.contract_ref for other in others],
            "phones": len(holder.phones),
            "can_be_compared": bool(holder.birth_date and holder.address),
            "card_held": bool(await kept.card_holds.held(tenant.id, PersonId(holder.person))),
            "waiting": [wait.id for wait in waiting if wait.contract == contract],
        }
        if as_json:
            print(json.dumps(facts, ensure_ascii=False, indent=2))
        else:
            for name, value in facts.items():
                print(f"{name:<24} {', '.join(value) if isinstance(value, list) else value}")
        return 0

    return with_stores(work)
