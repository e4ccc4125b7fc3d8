"""What the phone side is built from, beside the stores; and the call's name outside of it."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx2

from identity.tenants.model import Tenant
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.advancing import Trace
from ivr.live_calls.ports import Lookups
from ivr.queues.ports import QueueNews
from kazasu.settings.model import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneParts:
    settings: Settings
    library: FlowLibrary
    lookups: Lookups
    http: httpx2.AsyncClient
    news: QueueNews
    now: Callable[[], datetime]
    trace: Trace | None = None


def call_ref_of(tenant: Tenant) -> Callable[[str], str]:
    """HMAC-SHA-256 under the tenant's key, first 128 bits, base64url."""

    def ref(carrier_call_id: str) -> str:
        mark = hmac.digest(tenant.keys.call_ref, carrier_call_id.encode(), "sha256")[:16]
        return base64.urlsafe_b64encode(mark).rstrip(b"=").decode()

    return ref
