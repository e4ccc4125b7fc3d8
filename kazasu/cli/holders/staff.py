"""Operators at a desk: who gives a command on holders, and who approves it."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from door_frame.staff import OPERATOR
from door_frame.staff_login import right_password
from identity.tenants.model import Tenant
from kazasu.wiring.stores import Stores

SignIn: TypeAlias = Callable[[str, str], Awaitable[bool]]
"""Login and password -> whether that is an operator of ours."""


def of(kept: Stores, tenant: Tenant) -> SignIn:
    async def sign_in(login: str, password: str) -> bool:
        account = await kept.staff.by_login(tenant.id, login)
        if account is None or not account.serves_as(OPERATOR):
            return False
        return right_password(account, password)

    return sign_in
