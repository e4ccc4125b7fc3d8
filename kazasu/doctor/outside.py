"""What the carrier and the apps reach: this service, through whatever stands in front of it."""

import httpx2

from kazasu.doctor.findings import Finding
from kazasu.settings import Settings

_PROBLEM_AT_MOST = 200


async def public_url(settings: Settings) -> list[Finding]:
    live = f"{settings.public_base_url}/livez"
    try:
        async with httpx2.AsyncClient(timeout=5.0, trust_env=False) as client:
            alive = await client.get(live)
            if alive.status_code != 200 or alive.json() != {"status": "alive"}:
                return [_problem(f"{live} answers {alive.status_code}, and not as kazasu does")]
            ready = (await client.get(f"{settings.public_base_url}/readyz")).json()
    except (httpx2.HTTPError, ValueError) as error:
        return [_problem(f"{live}: {type(error).__name__}")]
    if ready.get("ready") is not True:
        codes = ready.get("problems") or await _told_here(settings)
        why = ", ".join(map(str, codes))[:_PROBLEM_AT_MOST]
        return [
            Finding(
                part="public URL",
                state="warning",
                says=f"{settings.public_base_url} answers and is not ready" + (why and f": {why}"),
                do="see the other findings, and the service's log",
            )
        ]
    return [Finding(part="public URL", state="ok", says=f"{settings.public_base_url} is ready")]


async def _told_here(settings: Settings) -> list[str]:
    """A proxy hears no reasons. The service itself tells them, where it runs on this machine."""
    host = "[::1]" if ":" in settings.listen_host else "127.0.0.1"
    try:
        async with httpx2.AsyncClient(timeout=2.0, trust_env=False) as client:
            answer = await client.get(f"http://{host}:{settings.listen_port}/readyz")
            return list(answer.json().get("problems", ()))
    except (httpx2.HTTPError, ValueError, AttributeError, TypeError):
        return []


def _problem(says: str) -> Finding:
    do = "start the service (kazasu serve); check proxy, DNS and TLS in front of it"
    return Finding(part="public URL", state="problem", says=says, do=do)
