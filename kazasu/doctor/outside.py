"""What the carrier and the apps reach: this service, through whatever stands in front of it."""

import httpx2

from bilingual.text import Bilingual
from kazasu.doctor.findings import Finding, good, problem
from kazasu.settings.model import Settings

_PROBLEM_AT_MOST = 200


async def public_url(settings: Settings) -> list[Finding]:
    live = f"{settings.public_base_url}/livez"
    try:
        async with httpx2.AsyncClient(timeout=5.0, trust_env=False) as client:
            alive = await client.get(live)
            if alive.status_code != 200 or alive.json() != {"status": "alive"}:
                status = alive.status_code
                return [
                    _problem(
                        en=f"{live} answers {status}, and not as kazasu does",
                        ja=f"{live} の応答 {status} は kazasu のものではありません",
                    )
                ]
            ready = (await client.get(f"{settings.public_base_url}/readyz")).json()
    except (httpx2.HTTPError, ValueError) as error:
        kind = type(error).__name__
        return [
            _problem(
                en=f"{live} does not answer ({kind})", ja=f"{live} から応答がありません({kind})"
            )
        ]
    if ready.get("ready") is not True:
        codes = ready.get("problems") or await _told_here(settings)
        why = ", ".join(map(str, codes))[:_PROBLEM_AT_MOST]
        url = settings.public_base_url
        return [
            Finding(
                part="public URL",
                state="warning",
                says=Bilingual(
                    en=f"{url} answers and is not ready" + (why and f": {why}"),
                    ja=f"{url} は応答しますが、準備ができていません" + (why and f": {why}"),
                ),
                do=Bilingual(
                    en="see the other findings, and the service's log; docs/operations.md explains "
                    "each reason",
                    ja="ほかの結果とサービスのログを見てください。理由の説明は "
                    "docs/operations.ja.md にあります",
                ),
            )
        ]
    url = settings.public_base_url
    return [good("public URL", Bilingual(en=f"{url} is ready", ja=f"{url} は準備ができています"))]


async def _told_here(settings: Settings) -> list[str]:
    """A proxy hears no reasons. The service itself tells them, where it runs on this machine."""
    host = "[::1]" if ":" in settings.listen_host else "127.0.0.1"
    try:
        async with httpx2.AsyncClient(timeout=2.0, trust_env=False) as client:
            answer = await client.get(f"http://{host}:{settings.listen_port}/readyz")
            return list(answer.json().get("problems", ()))
    except (httpx2.HTTPError, ValueError, AttributeError, TypeError):
        return []


def _problem(*, en: str, ja: str) -> Finding:
    do = Bilingual(
        en="start the service (kazasu serve); check proxy, DNS and TLS in front of it",
        ja="サービスを起動し(kazasu serve)、手前のプロキシ、DNS、TLS を確かめてください",
    )
    return problem("public URL", Bilingual(en=en, ja=ja), do)
