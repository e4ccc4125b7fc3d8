"""The way from the carrier to us: through the public address, signed, and what is said there."""

from typing import Final
from urllib.parse import urlsplit

import httpx2

from bilingual.text import Bilingual
from ivr.carriers.twilio.number import round_trip
from ivr.carriers.twilio.number.round_trip import Trip, Trouble
from ivr.carriers.twilio.voices import JAPANESE, speaks
from kazasu.doctor.findings import Finding, Part, good, problem
from kazasu.settings.model import Settings
from kazasu.wiring import flows


async def way_back(
    settings: Settings, http: httpx2.AsyncClient, fallback_url: str
) -> list[Finding]:
    """The signed round trip through the public address, and the fallback's document."""
    found = await webhooks(settings, http)
    away = await round_trip.fallback(http, fallback_url)
    found.append(_trip("fallback", fallback_url, away) or _fallback(settings, fallback_url))
    where = Bilingual(en=f"the document at {fallback_url}", ja=f"{fallback_url} の文書")
    found += _spoken(away.voices, where)
    return found


async def webhooks(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    """Signed requests come in, all others do not."""
    base = settings.public_base_url
    trip = await round_trip.door(
        http,
        base,
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
    )
    says = Bilingual(
        en=f"{base} lets signed requests in and no others",
        ja=f"{base} は署名のある要求だけを受け入れます",
    )
    return [_trip("webhooks", base, trip) or good("webhooks", says)]


def _fallback(settings: Settings, url: str) -> Finding:
    if urlsplit(url).netloc == urlsplit(settings.public_base_url).netloc:
        return Finding(
            part="fallback",
            state="warning",
            says=Bilingual(
                en=f"{url} answers, and lies behind the same proxy as the service",
                ja=f"{url} は応答しますが、サービスと同じプロキシの後ろにあります",
            ),
            do=Bilingual(
                en="run `kazasu fallback` on other infrastructure too, and set KAZASU_FALLBACK_URL",
                ja="`kazasu fallback` を別の設備でも動かし、KAZASU_FALLBACK_URL を設定してください",
            ),
        )
    says = Bilingual(en=f"{url} answers with a document", ja=f"{url} は文書を返します")
    return good("fallback", says)


TROUBLES: Final[dict[Trouble, tuple[Bilingual, Bilingual]]] = {
    Trouble.UNREACHABLE: (
        Bilingual(en="{url} cannot be reached ({fact})", ja="{url} に届きません({fact})"),
        Bilingual(
            en="start it; check DNS, TLS and the proxy in front of it",
            ja="起動し、DNS、TLS、手前のプロキシを確かめてください",
        ),
    ),
    Trouble.REDIRECTED: (
        Bilingual(
            en="{url} answers with a redirect ({fact})", ja="{url} が別の場所へ転送します({fact})"
        ),
        Bilingual(
            en="name the final address, https included: a redirect loses what was signed",
            ja="転送先のアドレスを https から書いてください。転送されると署名が合いません",
        ),
    ),
    Trouble.ODD_STATUS: (
        Bilingual(
            en="{url} answers {fact}, and not as kazasu does",
            ja="{url} の応答 {fact} は kazasu のものではありません",
        ),
        Bilingual(
            en="check where the proxy sends this path, and the log of what runs there",
            ja="プロキシがこのパスをどこへ送るかと、送り先のログを確かめてください",
        ),
    ),
    Trouble.SIGNED_REFUSED: (
        Bilingual(
            en="{url} refuses what is signed with TWILIO_AUTH_TOKEN",
            ja="{url} が TWILIO_AUTH_TOKEN での署名を受け入れません",
        ),
        Bilingual(
            en="give the service this very PUBLIC_BASE_URL, token and account; its proxy must "
            "leave path, query and body as they come",
            ja="サービスにも同じ PUBLIC_BASE_URL、トークン、アカウントを設定してください。"
            "プロキシはパス、クエリ、本文を変えてはなりません",
        ),
    ),
    Trouble.QUERY_CHANGED: (
        Bilingual(
            en="{url} gets another query than was sent: something in front of it spells it anew",
            ja="{url} に届くクエリが送ったものと違います。手前の何かが書き換えています",
        ),
        Bilingual(
            en="let the proxy pass the raw request line on (docs/twilio.md shows how)",
            ja="プロキシが要求の行をそのまま渡すようにしてください(docs/twilio.ja.md に例)",
        ),
    ),
    Trouble.FORGED_ACCEPTED: (
        Bilingual(
            en="{url} answers {fact} to a request that nobody signed",
            ja="{url} が署名のない要求に {fact} と答えます",
        ),
        Bilingual(
            en="something else than kazasu answers there: correct the proxy before any call comes",
            ja="kazasu でないものが答えています。通話が来る前にプロキシを直してください",
        ),
    ),
    Trouble.NOT_A_DOCUMENT: (
        Bilingual(
            en="{url} answers with no TwiML ({fact})",
            ja="{url} の応答は TwiML ではありません({fact})",
        ),
        Bilingual(
            en="send this address to `kazasu fallback`, and nothing in between",
            ja="このアドレスを、間に何も挟まず `kazasu fallback` へ送ってください",
        ),
    ),
    Trouble.NOBODY_DIALLED: (
        Bilingual(
            en="the document at {url} rings nobody", ja="{url} の文書はどこにも電話をつなぎません"
        ),
        Bilingual(
            en="put a <Dial> of the general desk into it, as `kazasu fallback` does",
            ja="`kazasu fallback` のように、総合窓口への <Dial> を入れてください",
        ),
    ),
}


def _trip(part: Part, url: str, trip: Trip) -> Finding | None:
    if trip.trouble is None:
        return None
    says, do = TROUBLES[trip.trouble]
    facts = {"url": url, "fact": trip.fact}
    return problem(part, says.filled(ja=facts, en=facts), do)


def voices(settings: Settings) -> list[Finding]:
    """Every voice that a flow names can speak its language."""
    used, folder = flows.voices(settings.flows_dir), settings.flows_dir
    where = Bilingual(en=f"a flow in {folder}", ja=f"{folder} のフロー")
    says = Bilingual(
        en=f"{len(used)} voices in the flows, each for its language",
        ja=f"フローの音声 {len(used)} 個は、どれもその言語を話せます",
    )
    return _spoken(used, where) or [good("voices", says)]


def _spoken(pairs: tuple[tuple[str, str], ...], where: Bilingual) -> list[Finding]:
    such = f"{JAPANESE} such as Polly.Kazuha-Neural"
    return [
        problem(
            "voices",
            Bilingual(
                en=f"{where.en} says {language} with {voice}, which does not speak it",
                ja=f"{where.ja}が {language} に使う {voice} は、その言語を話せません",
            ),
            Bilingual(
                en=f"take a voice of {such if language == JAPANESE else language}",
                ja=f"{language} の音声にしてください"
                + ("(例: Polly.Kazuha-Neural)" if language == JAPANESE else ""),
            ),
        )
        for voice, language in dict.fromkeys(pairs)
        if not speaks(voice, language)
    ]
