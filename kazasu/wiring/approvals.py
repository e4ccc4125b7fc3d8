"""Who decides the enrolments that wait: operators with an account in use."""

from door_frame.staff import OPERATOR, StaffAccounts
from identity.contract_holders.approving import Approving
from identity.contract_holders.service import ContractHolders
from identity.evidence_archive.recording import Recorder
from identity.tenants.model import TenantId
from identity.verification.ports import RevocationSource
from kazasu.wiring.stores import Stores


class OperatorsDecide:
    """The port `Staff` of contract_holders."""

    def __init__(self, accounts: StaffAccounts) -> None:
        self._accounts = accounts

    async def may_decide(self, tenant: TenantId, login: str) -> bool:
        account = await self._accounts.by_login(tenant, login)
        return account is not None and account.serves_as(OPERATOR)


def approving_of(
    stores: Stores, persons: ContractHolders, revocation: RevocationSource, recorder: Recorder
) -> Approving:
    staff = OperatorsDecide(stores.staff)
    return Approving(stores.holders, persons, stores.enrolments, revocation, staff, recorder)
