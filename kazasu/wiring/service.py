"""The whole service, built once inside its event loop. What is wrong is said before it starts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import httpx2
from quart import Blueprint, Quart

from companion_app_api.v1.changes import Changes
from identity.pairing.policy import PairingPolicy
from identity.tenants.model import Tenant
from ivr.flow_library.service import FlowLibrary
from ivr.live_calls.advancing import Trace
from kazasu import app as application
from kazasu.settings.model import Settings
from kazasu.settings.values import Profile
from kazasu.wiring import (
    doors,
    flows,
    identity_side,
    readiness,
    sealing,
    stores,
    subscriptions,
    watching,
)
from kazasu.wiring.archive import keeping
from kazasu.wiring.identity_side import IdentitySide
from kazasu.wiring.phone.parts import PhoneParts
from kazasu.wiring.phone.side import PhoneSide, build_phone_side
from kazasu.wiring.processes import sharing
from kazasu.wiring.processes.bells import Bells
from kazasu.wiring.processes.sharing import Beside, RedisParts
from kazasu.wiring.processes.standstill import LOOKS_EVERY, Standstill
from kazasu.wiring.recordings import Recordings
from kazasu.wiring.stores import Stores
from kazasu.wiring.subscriptions import PhoneSideHears, Subscriber
from kazasu.wiring.watching import Watch
from kazasu.worker import Loop, Worker
from operator_console.feed import ConsoleNews

_OUTBOX_EVERY = 1.0
_EXPIRY_EVERY = 1.0
_OFFERS_EVERY = 0.5
_LOST_ENDS_EVERY = 10.0
_SWEEP_EVERY = 60.0
_EXPIRE_AT_ONCE = 200
_KEEP_CALLBACKS = timedelta(days=1)
_KEEP_MESSAGES = timedelta(days=2)  # their budget looks back one


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a profile adds beside the product: pages, and who else hears news and steps."""

    blueprints: Sequence[Blueprint] = ()
    subscribers: Sequence[Subscriber] = ()
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    app: Quart
    close_streams: Callable[[], Awaitable[None]]
    leave: Callable[[], None]
    stores: Stores
    identity: IdentitySide
    phone: PhoneSide
    library: FlowLibrary


async def build(settings: Settings, extras: Extras | None = None) -> Service:
    """BadSettings, UnusableAnchor or a database error when it cannot be built."""
    extras = extras or Extras()
    policy = PairingPolicy(keyed_code=settings.keyed_codes)
    wake, changes = asyncio.Event(), Changes()
    site = flows.site(settings)
    tenant = identity_side.tenant_of(settings, site.business)
    kept = _stores(settings, tenant, policy, wake)
    beside = sharing.beside(settings, tenant, kept.database, kept.shared)
    watch = watching.build(settings, kept)
    businesses = identity_side.businesses_of(site, tenant)
    identity = identity_side.build(settings, tenant, kept, policy=policy, businesses=businesses)
    library = flows.library(settings, tenant, kept)
    screens = ConsoleNews(kept.feed)
    business = watch.business_client() if settings.lookups_url else None
    parts = PhoneParts(
        settings=settings,
        library=library,
        lookups=flows.lookups(settings, library, site, business),
        http=watch.client(),
        news=screens,
        now=identity.deployment.now,
        trace=watch.steps(extras.trace),
    )
    phone = build_phone_side(parts, identity, kept)
    bells = Bells(kept.feed if kept.shared else None, changes.told)
    heard = (_pairings_heard(phone, kept, screens), bells.ring, watch.journeys.pairing)
    loops = _loops(settings, kept, identity, phone, wake, (*heard, *extras.subscribers))
    stopping = asyncio.Event()
    ready = readiness.checks(library, kept, identity, stopping, beside.problems)
    worker = Worker((*beside.loops(), *bells.loops(), *loops, watch.look(kept, identity, ready)))
    app = application.create(
        application.Doors(
            carrier=phone.door,
            blueprints=(
                doors.companion(settings, identity, kept, changes),
                doors.links(settings, identity),
                doors.console(settings, identity, phone, kept),
                *extras.blueprints,
            ),
            flows=settings.flows_dir,
            marks=Recordings(settings.flows_dir).marks,
            ready=ready,
            on_start=worker.begin,
            on_stop=_stop(worker, phone, identity, (parts.http, business), kept, watch, beside),
            secure=settings.profile is Profile.PRODUCTION,
            observed=watch.around,
        )
    )
    watch.routes.update(application.routes(app, phone.door))
    await _begin(beside, kept, identity)
    return Service(
        app=app,
        close_streams=_close_streams(stopping, changes, kept),
        leave=stopping.set,
        stores=kept,
        identity=identity,
        phone=phone,
        library=library,
    )


async def _begin(beside: Beside, kept: Stores, identity: IdentitySide) -> None:
    """The last of all: whatever else is wrong was said before anybody is kept from serving."""
    try:
        with suppress(TimeoutError):  # too slow to tell the time now: the next look will
            await identity.clock.apart()
        await beside.begin()
    except BaseException:
        await beside.end()
        await kept.close()
        raise


def _close_streams(
    stopping: asyncio.Event, changes: Changes, kept: Stores
) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        stopping.set()
        changes.close()
        await kept.feed.close()

    return close


def _stores(
    settings: Settings, tenant: Tenant, policy: PairingPolicy, wake: asyncio.Event
) -> Stores:
    keys, redis = sealing.keys_of(settings), None
    if settings.redis_url:
        redis = RedisParts(
            url=settings.redis_url,
            call_seconds=settings.redis_timeout_ms / 1000,
            news=keys.news(),
            counters=keys.counters(),
        )
    return stores.build(
        settings.database(),
        tenant,
        keys,
        result_lives=policy.result_lives,
        wake=wake.set,
        redis=redis,
    )


def _stop(
    worker: Worker,
    phone: PhoneSide,
    identity: IdentitySide,
    clients: Sequence[httpx2.AsyncClient | None],
    kept: Stores,
    watch: Watch,
    beside: Beside,
) -> Callable[[], Awaitable[None]]:
    async def stop() -> None:
        await worker.stop()
        await phone.background.close()
        for client in clients:
            if client is not None:
                await client.aclose()
        await asyncio.to_thread(identity.apart.close)
        await beside.end()
        await kept.close()
        watch.close()

    return stop


def _pairings_heard(phone: PhoneSide, kept: Stores, screens: ConsoleNews) -> Subscriber:
    hears = PhoneSideHears(
        tenant=phone.news.tenant, calls=phone.calls, waiting=kept.waiting, screens=screens
    )
    return subscriptions.of_pairings(phone.news, hears)


def _loops(
    settings: Settings,
    kept: Stores,
    identity: IdentitySide,
    phone: PhoneSide,
    wake: asyncio.Event,
    heard: Sequence[Subscriber],
) -> Sequence[Loop]:
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

    async def another_name() -> None:
        await kept.sessions.begin_anew(identity.tenant.id)

    standstill = Standstill(asyncio.get_running_loop().time, another_name)
    phone.calls.at_fallback.watch(standstill.failed)
    return (
        Loop(name="standstill", every=LOOKS_EVERY, turn=standstill.turn, wake=standstill.wake),
        Loop(name="outbox", every=_OUTBOX_EVERY, turn=outbox, wake=wake),
        Loop(name="expiry", every=_EXPIRY_EVERY, turn=expiry),
        Loop(name="offers", every=_OFFERS_EVERY, turn=offers),
        Loop(name="lost_ends", every=_LOST_ENDS_EVERY, turn=lost_ends),
        Loop(name="sweep", every=_SWEEP_EVERY, turn=sweep),
        *keeping.build(
            settings, kept.database, identity.tenant, identity.recorder, identity.deployment.now
        ).loops(),
    )
