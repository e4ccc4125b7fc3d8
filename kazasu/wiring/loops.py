"""What a process of the service does again and again, beside answering."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from kazasu.settings.model import Settings
from kazasu.wiring import subscriptions
from kazasu.wiring.archive import keeping
from kazasu.wiring.archive.keys_watch import LOOKS_EVERY as LOOKS_AT_KEYS_EVERY
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.side import PhoneSide
from kazasu.wiring.processes.standstill import LOOKS_EVERY, Standstill
from kazasu.wiring.stores import Stores
from kazasu.wiring.subscriptions import Subscriber
from kazasu.worker import Loop

_OUTBOX_EVERY = 1.0
_EXPIRY_EVERY = 1.0
_OFFERS_EVERY = 0.5
_REVOCATION_EVERY = 1.0
_LOST_ENDS_EVERY = 10.0
_SWEEP_EVERY = 60.0
_EXPIRE_AT_ONCE = 200
_KEEP_CALLBACKS = timedelta(days=1)
_KEEP_MESSAGES = timedelta(days=2)  # their budget looks back one


def build(
    settings: Settings,
    kept: Stores,
    identity: IdentitySide,
    phone: PhoneSide,
    wake: asyncio.Event,
    heard: Sequence[Subscriber],
) -> Sequence[Loop]:
    """`wake` asks for the outbox before its time; `heard` are told what it holds, in this order."""

    async def outbox() -> None:
        await subscriptions.deliver(kept.outbox, heard)

    async def expiry() -> None:
        await identity.overdue.settle(_EXPIRE_AT_ONCE)

    async def offers() -> None:
        await phone.offering.tick(identity.tenant.id)
        await phone.callbacks.ringing.tick(identity.tenant.id)

    async def sweep() -> None:
        await phone.sweep.turn()
        now = identity.deployment.now()
        await kept.callbacks.drop_done(now - _KEEP_CALLBACKS)
        await kept.sent_messages.drop_before(now - _KEEP_MESSAGES)
        await kept.forgetting.turn()

    async def lost_ends() -> None:
        await phone.lost_ends.turn()

    archive = keeping.build(
        settings, kept.database, identity.tenant, identity.recorder, identity.deployment.now
    )
    return (
        *_standstill(kept, identity, phone),
        Loop(name="outbox", every=_OUTBOX_EVERY, turn=outbox, wake=wake),
        Loop(name="expiry", every=_EXPIRY_EVERY, turn=expiry),
        Loop(name="offers", every=_OFFERS_EVERY, turn=offers),
        Loop(name="revocation", every=_REVOCATION_EVERY, turn=identity.rechecking.look),
        Loop(name="lost_ends", every=_LOST_ENDS_EVERY, turn=lost_ends),
        Loop(name="sweep", every=_SWEEP_EVERY, turn=sweep),
        Loop(name="evidence_keys", every=LOOKS_AT_KEYS_EVERY, turn=identity.evidence_keys.turn),
        *archive.loops(),
    )


def _standstill(kept: Stores, identity: IdentitySide, phone: PhoneSide) -> Sequence[Loop]:
    async def another_name() -> None:
        await kept.sessions.begin_anew(identity.tenant.id)

    standstill = Standstill(asyncio.get_running_loop().time, another_name)
    phone.calls.at_fallback.watch(standstill.failed)
    return (Loop(name="standstill", every=LOOKS_EVERY, turn=standstill.turn, wake=standstill.wake),)
