"""The carrier's side of a number: its account, and where its calls go.

Asks Twilio and the public address, so it runs only when it is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2

from bilingual.text import Bilingual
from ivr.carriers.twilio.number.setup import (
    Address,
    Addresses,
    CarrierUnreachable,
    CredentialsRefused,
    NumberAtCarrier,
    NumberSetup,
    NumberUnknown,
    SetupRefused,
    ours,
)
from ivr.carriers.twilio.sdk import sdk_client
from ivr.carriers.twilio.twiml import PREFIX, DocumentSettings
from kazasu.doctor import way_back
from kazasu.doctor.findings import Finding, good, problem
from kazasu.settings.model import Settings

_WITHIN: Final = 10.0
_IN_STEP: Final = 5.0
NOT_HAD: Final = (NumberUnknown, CredentialsRefused, SetupRefused, CarrierUnreachable)
NAMES: Final = {
    "voice": Bilingual(en="voice", ja="着信"),
    "fallback": Bilingual(en="fallback", ja="フォールバック"),
    "status": Bilingual(en="status callback", ja="状態通知"),
}
OURS: Final = Bilingual(
    en="voice, fallback and status callback are ours",
    ja="着信、フォールバック、状態通知はこのサービスのものです",
)
BEFORE: Final = Bilingual(
    en="voice, fallback and status callback are those from before",
    ja="着信、フォールバック、状態通知は元のものです",
)
SET_UP: Final = Bilingual(
    en="run: kazasu twilio setup", ja="kazasu twilio setup を実行してください"
)
AGAIN: Final = Bilingual(
    en="run the same command again", ja="同じコマンドをもう一度実行してください"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCarrier:
    """The number as Twilio has it, and what is to say of it and of the account."""

    number: NumberAtCarrier
    findings: tuple[Finding, ...]


def fallback_url(settings: Settings) -> str:
    """Where `kazasu fallback` is reached: as set, or beside the service behind the same proxy."""
    return settings.fallback_url or f"{settings.public_base_url}{PREFIX}/fallback"


def wanted(settings: Settings) -> Addresses:
    return ours(DocumentSettings(public_base=settings.public_base_url), fallback_url(settings))


def http_client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(timeout=_WITHIN, trust_env=False, follow_redirects=False)


def number_setup(settings: Settings, http: httpx2.AsyncClient) -> NumberSetup:
    return NumberSetup(
        sdk_client(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            api_key=settings.twilio_key_pair(),
            api_base=settings.twilio_api_base,
            http=http,
        )
    )


async def twilio(settings: Settings) -> list[Finding]:
    """For `doctor`: what Twilio does not tell is a finding like the others."""
    if not settings.twilio_number:
        says = Bilingual(en="TWILIO_NUMBER is not set", ja="TWILIO_NUMBER がありません")
        do = Bilingual(en="set it to your number", ja="あなたの番号を設定してください")
        return [problem("Twilio number", says, do)]
    async with http_client() as http:
        try:
            return await looked(settings, http)
        except NOT_HAD as error:
            back = await way_back.way_back(settings, http, fallback_url(settings))
            return [not_had(error), *back, *way_back.voices(settings)]


async def looked(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    """Everything, for a number that has been set up. Raises one of NOT_HAD."""
    seen = await at_carrier(settings, http)
    return [
        *seen.findings,
        *differences(seen.number.addresses, wanted(settings)),
        *await way_back.way_back(settings, http, fallback_url(settings)),
        *way_back.voices(settings),
    ]


async def at_carrier(settings: Settings, http: httpx2.AsyncClient) -> AtCarrier:
    """Account and number, and whether calls to it can come to us at all. Raises NOT_HAD."""
    setup, apart = number_setup(settings, http), list[timedelta]()

    async def note(answer: httpx2.Response) -> None:
        with suppress(KeyError, ValueError):
            apart.append(datetime.now(UTC) - parsedate_to_datetime(answer.headers["date"]))

    http.event_hooks["response"].append(note)
    try:
        number = await setup.find(settings.twilio_number)
        kind = await setup.account_kind()
    finally:
        http.event_hooks["response"].remove(note)
    return AtCarrier(number=number, findings=(*_account(kind), *_number(number), *clock(apart[:1])))


def not_had(error: Exception) -> Finding:
    """Why Twilio did not do as asked, and what to do about it."""
    match error:
        case NumberUnknown():
            says = Bilingual(
                en=f"the account has no number {error}",
                ja=f"このアカウントに番号 {error} はありません",
            )
            do = Bilingual(
                en="name one of the account's numbers, or correct TWILIO_ACCOUNT_SID",
                ja="アカウントの番号を指定するか、TWILIO_ACCOUNT_SID を直してください",
            )
        case CredentialsRefused():
            says = Bilingual(
                en=f"Twilio does not accept the account's credentials (error {error})",
                ja=f"Twilio がアカウントの認証情報を受け入れません(エラー {error})",
            )
            do = Bilingual(
                en="correct TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, or the pair TWILIO_API_KEY",
                ja="TWILIO_ACCOUNT_SID と TWILIO_AUTH_TOKEN、または TWILIO_API_KEY の組を"
                "直してください",
            )
        case SetupRefused():
            says = Bilingual(
                en=f"Twilio refused (error {error})", ja=f"Twilio が断りました(エラー {error})"
            )
            do = Bilingual(
                en=f"see twilio.com/docs/api/errors/{error}",
                ja=f"twilio.com/docs/api/errors/{error} を見てください",
            )
        case _:
            says = Bilingual(
                en=f"Twilio did not answer ({error})", ja=f"Twilio から応答がありません({error})"
            )
            do = Bilingual(
                en="check the way out and TWILIO_API_BASE, then run again",
                ja="外への経路と TWILIO_API_BASE を確かめ、もう一度実行してください",
            )
    return problem("Twilio", says, do)


def _account(kind: str) -> Iterator[Finding]:
    if kind == "Trial":
        yield Finding(
            part="Twilio account",
            state="warning",
            says=Bilingual(
                en="a trial account: callers hear Twilio's own words first, only verified numbers "
                "can be rung, and calls are few and short",
                ja="試用アカウントです。発信者は先に Twilio の案内を聞き、鳴らせるのは"
                "確認済みの番号だけで、通話の数と長さも限られます",
            ),
            do=Bilingual(
                en="upgrade it before callers use the number",
                ja="この番号を使い始める前に、有料アカウントにしてください",
            ),
        )
    elif kind:
        says = Bilingual(
            en=f"{kind}, its credentials are good", ja=f"{kind}、認証情報は正しく使えます"
        )
        yield good("Twilio account", says)


def clock(apart: Sequence[timedelta]) -> Iterator[Finding]:
    """Ours beside Twilio's, which is shown in whole seconds; an answer may have no date."""
    for each in apart:
        seconds = abs(each.total_seconds())
        if seconds > _IN_STEP:
            says = Bilingual(
                en=f"this machine's clock is {seconds:.0f} s from Twilio's",
                ja=f"このマシンの時計が Twilio と {seconds:.0f} 秒ずれています",
            )
            do = Bilingual(
                en="set the clock (NTP): codes and certificates live by it",
                ja="時計を合わせてください(NTP)。コードと証明書の期限に関わります",
            )
            yield problem("clock", says, do)
        else:
            says = Bilingual(en="in step with Twilio's", ja="Twilio の時計と合っています")
            yield good("clock", says)


def _number(number: NumberAtCarrier) -> Iterator[Finding]:
    if not number.can_voice:
        says = Bilingual(
            en=f"{number.number} has no voice", ja=f"{number.number} は音声通話を受けられません"
        )
        do = Bilingual(
            en="take a number with voice: this one gets no calls",
            ja="音声通話のできる番号にしてください",
        )
        yield problem("Twilio number", says, do)
    elif number.taken_by:
        says = Bilingual(
            en=f"calls to {number.number} go to {number.taken_by}, and not to its addresses",
            ja=f"{number.number} への通話は {number.taken_by} に回り、アドレスには届きません",
        )
        do = Bilingual(
            en="take the trunk, application or fax away from the number in Twilio's console",
            ja="Twilio の管理画面で、番号から trunk、application、fax を外してください",
        )
        yield problem("Twilio number", says, do)
    else:
        name = f"{number.number} ({number.sid})"
        yield good(
            "Twilio number", Bilingual(en=f"{name} gets calls", ja=f"{name} は通話を受けられます")
        )


def differences(
    seen: Addresses, should: Addresses, *, same: Bilingual = OURS, do: Bilingual = SET_UP
) -> list[Finding]:
    """Twilio's view beside what it should be."""
    found = [
        problem(
            "Twilio addresses",
            Bilingual(
                en=f"{NAMES[name].en} is {shown(is_now)} and should be {shown(should_be)}",
                ja=f"{NAMES[name].ja}が {shown(is_now)} です。{shown(should_be)} のはずです",
            ),
            do,
        )
        for name, is_now, should_be in changes(seen, should)
    ]
    return found or [good("Twilio addresses", same)]


def changes(old: Addresses, new: Addresses) -> list[tuple[str, Address, Address]]:
    """(field, old, new) of what differs."""
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in NAMES)
    return [(name, before, after) for name, before, after in pairs if before != after]


def shown(address: Address) -> str:
    return f"{address.method} {address.url}" if address.url else "none"
