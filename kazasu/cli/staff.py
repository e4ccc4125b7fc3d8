"""Staff at the command line: who may give a command, by account and role."""

from door_frame.staff import StaffAccount
from identity.tenants.model import Tenant
from kazasu.wiring.stores import Stores


async def account_of(kept: Stores, tenant: Tenant, login: str, role: str) -> StaffAccount | None:
    """None for a login that nobody has, a closed account, and one without this role."""
    account = await kept.staff.by_login(tenant.id, login)
    if account is None or account.disabled or role not in account.roles:
        return None
    return account
