"""Operators at a desk: who gives a command on holders, and who approves it."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from door_frame.staff_login import right_password
from identity.tenants.model import Tenant
from kazasu.cli.staff import account_of
from kazasu.wiring.stores import Stores

SignIn: TypeAlias = Callable[[str, str], Awaitable[bool]]
"""Login and password -> whether that is an operator of ours."""
_OPERATOR: Final = "operator"


def of(kept: Stores, tenant: Tenant) -> SignIn:
    async def sign_in(login: str, password: str) -> bool:
        account = await account_of(kept, tenant, login, _OPERATOR)
        return account is not None and right_password(account, password)

    return sign_in
