"""`kazasu doctor`: look at every part, say what is wrong and what to do. Changes nothing."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx2
from sqlalchemy.exc import SQLAlchemyError

from identity.jpki.anchors import Purpose, UnusableAnchor
from identity.pairing.policy import PairingPolicy
from kazasu.settings import BadSettings, Settings, load
from kazasu.wiring import flows, identity_side, stores
from stores.sql.migrations import migrate

_SOON: Final = timedelta(days=60)
_SKEW: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`state` is ok, warning or problem; `do` says what to do about it."""

    part: str
    state: str
    says: str
    do: str = ""


def doctor(*, as_json: bool) -> int:
    """0 when nothing is a problem, 1 when something is, 2 when the settings cannot be read."""
    try:
        settings = load()
    except BadSettings as bad:
        found = [Finding(part="settings", state="problem", says=p) for p in bad.problems]
        _print(found, as_json=as_json)
        return 2
    found = [
        Finding(part="settings", state="ok", says=f"profile {settings.profile.value}"),
        *_database(settings),
        *_roots(settings),
        *_flows(settings),
        *asyncio.run(_public_url(settings)),
    ]
    _print(found, as_json=as_json)
    return 1 if any(f.state == "problem" for f in found) else 0


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        current, head = migrate.current(settings.database()), migrate.head(settings.database())
    except (SQLAlchemyError, OSError) as error:
        yield Finding(
            part="database",
            state="problem",
            says=f"cannot be reached ({type(error).__name__})",
            do="check DATABASE_URL and that the server runs",
        )
        return
    if current != head:
        yield Finding(
            part="database",
            state="problem",
            says=f"schema {current or 'none'}, this version needs {head}",
            do="run: kazasu migrate",
        )
        return
    skew = asyncio.run(_skew(settings))
    late = abs(skew) > _SKEW
    yield Finding(
        part="database",
        state="problem" if late else "ok",
        says=f"schema {head}, clocks {abs(skew).total_seconds():.1f} s apart",
        do="set this machine's clock (NTP)" if late else "",
    )


async def _skew(settings: Settings) -> timedelta:
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    kept = stores.build(
        settings.database(),
        tenant,
        identity_side.session_key(settings),
        result_lives=PairingPolicy().result_lives,
    )
    try:
        return await kept.database.now() - datetime.now(UTC)
    finally:
        await kept.close()


def _roots(settings: Settings) -> Iterator[Finding]:
    try:
        anchors = identity_side.anchors_of(settings)
    except (UnusableAnchor, OSError) as error:
        says = error.code if isinstance(error, UnusableAnchor) else str(error.strerror)
        yield Finding(
            part="roots",
            state="problem",
            says=says,
            do=f"put the DER roots auth-*.cer and sign-*.cer into {settings.trust_anchors_dir}",
        )
        return
    now = datetime.now(UTC)
    for purpose in Purpose:
        for anchor in anchors.of(purpose):
            ends = anchor.certificate.not_after
            soon = ends - now < _SOON
            yield Finding(
                part="roots",
                state="warning" if soon else "ok",
                says=f"{purpose.value} {anchor.key_sha256.hex()[:8]} until {ends:%Y-%m-%d}",
                do="fetch the next generation from the authority" if soon else "",
            )
    lists = sum(1 for _ in settings.crl_dir.glob("*.crl"))
    yield Finding(
        part="revocation",
        state="ok" if lists else "problem",
        says=f"{lists} lists",
        do="" if lists else f"put fresh lists into {settings.crl_dir}: nobody can be verified",
    )


def _flows(settings: Settings) -> Iterator[Finding]:
    from kazasu.cli.flow import checked  # late: reading flows is slow, and settings come first

    try:
        found = checked(settings.flows_dir, None)
    except OSError as error:
        yield Finding(part="flows", state="problem", says=f"{error.filename}: {error.strerror}")
        return
    for finding in found:
        state = "problem" if finding.severity == "E" else "warning"
        yield Finding(part="flows", state=state, says=finding.render("en"))
    if not found:
        yield Finding(part="flows", state="ok", says=f"{settings.flows_dir} reads clean")


async def _public_url(settings: Settings) -> list[Finding]:
    """What callers' carrier and apps reach: this service, through whatever stands in front."""
    url = f"{settings.public_base_url}/livez"
    try:
        async with httpx2.AsyncClient(timeout=5.0, trust_env=False) as client:
            answer = await client.get(url)
        good = answer.status_code == 200 and answer.json() == {"status": "alive"}
        says = f"{url} answers {answer.status_code}"
    except (httpx2.HTTPError, ValueError) as error:
        good, says = False, f"{url}: {type(error).__name__}"
    do = "" if good else "start the service; check proxy, DNS and TLS in front of it"
    return [Finding(part="public URL", state="ok" if good else "problem", says=says, do=do)]


_MARKS: Final = {"ok": "✔", "warning": "!", "problem": "✘"}


def _print(found: list[Finding], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(f) for f in found], ensure_ascii=False, indent=2))
        return
    for f in found:
        print(f"{_MARKS[f.state]} {f.part}: {f.says}" + (f"\n    → {f.do}" if f.do else ""))
