"""The roots that are pinned, and whether revocation can be told today."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from bilingual.text import Bilingual
from identity.authorities.crl_files import CrlFiles, ListsHealth
from identity.jpki.anchors import Environment, Purpose, TrustAnchors, UnusableAnchor
from identity.jpki.signed_attributes import UnusableContentType, check_usable
from kazasu.deployment_errors import unusable_content_type, unusable_root
from kazasu.doctor.findings import NOTHING, Finding, problem
from kazasu.settings.model import Settings
from kazasu.wiring import identity_side

_SOON: Final = timedelta(days=60)


async def roots_and_lists(settings: Settings) -> list[Finding]:
    try:
        anchors = identity_side.anchors_of(settings)
    except (UnusableAnchor, OSError) as error:
        folder = settings.trust_anchors_dir
        unreadable = Bilingual(
            en=f"{folder} cannot be read ({error})", ja=f"{folder} を読めません({error})"
        )
        says = unusable_root(error) if isinstance(error, UnusableAnchor) else unreadable
        do = Bilingual(
            en=f"put the DER roots auth-*.cer and sign-*.cer into {folder}",
            ja=f"DER 形式のルート証明書 auth-*.cer と sign-*.cer を {folder} に置いてください",
        )
        return [problem("roots", says, do)]
    now = datetime.now(UTC)
    lists = CrlFiles(settings.crl_dir, anchors, max_age=timedelta(hours=settings.crl_max_age_hours))
    health = await lists.health(now)
    return [
        *_content_type(anchors.environment),
        *_roots(anchors, now),
        *_lists(settings, anchors, health),
    ]


def _content_type(environment: Environment) -> Iterator[Finding]:
    try:
        check_usable(environment)
    except UnusableContentType as bad:
        do = Bilingual(
            en="use the demo profile until there is such a build",
            ja="そのようなビルドができるまでは demo プロファイルを使ってください",
        )
        yield problem("content type", unusable_content_type(bad), do)


def _roots(anchors: TrustAnchors, now: datetime) -> Iterator[Finding]:
    """Generations overlap: the end of one matters when no other is there to follow it."""
    for purpose in Purpose:
        last = max(anchor.certificate.not_after for anchor in anchors.of(purpose))
        for anchor in anchors.of(purpose):
            ends = anchor.certificate.not_after
            soon = last - now < _SOON
            name = f"{purpose.value} {anchor.key_sha256.hex()[:8]}"
            over = (", over", "(期限切れ)") if ends < now else ("", "")
            do = Bilingual(
                en=f"fetch the next {purpose.value} root from the authority",
                ja=f"{purpose.value} の次のルート証明書を発行元から入手してください",
            )
            yield Finding(
                part="roots",
                state="problem" if last < now else "warning" if soon else "ok",
                says=Bilingual(
                    en=f"{name} until {ends:%Y-%m-%d}{over[0]}",
                    ja=f"{name} 有効期限 {ends:%Y-%m-%d}{over[1]}",
                ),
                do=do if soon else NOTHING,
            )


def _lists(settings: Settings, anchors: TrustAnchors, health: ListsHealth) -> Iterator[Finding]:
    lacking = health.lacking()
    hours = settings.crl_max_age_hours
    do = Bilingual(
        en=f"put fresh lists into {settings.crl_dir}, each by renaming it into place; one counts "
        f"for {hours} hours at most",
        ja=f"新しいリストを {settings.crl_dir} に、名前の変更で一つずつ置いてください。一つの"
        f"リストが使えるのは {hours} 時間までです",
    )
    for of in health.roots:
        whole = 0 < of.lists == of.fresh
        name = f"{of.purpose.value} {of.key_sha256.hex()[:8]}"
        en, ja = f"{of.fresh} of {of.lists} lists fresh", f"{of.lists} 個中 {of.fresh} 個が最新"
        if of.newest:
            en += f", newest of {of.newest:%Y-%m-%d %H:%M} UTC"
            ja += f"、最も新しいものは {of.newest:%Y-%m-%d %H:%M} UTC"
        yield Finding(
            part="revocation",
            state="problem" if of.purpose in lacking else "ok" if whole else "warning",
            says=Bilingual(en=f"{name}: {en}", ja=f"{name}: {ja}"),
            do=NOTHING if whole else do,
        )
    for name, code in sorted(health.unusable.items()):
        yield Finding(
            part="revocation",
            state="warning",
            says=Bilingual(
                en=f"{name}: no list of a pinned root ({code.value})",
                ja=f"{name}: 固定したルートの失効リストではありません({code.value})",
            ),
            do=Bilingual(
                en=f"replace or remove {settings.crl_dir / name}",
                ja=f"{settings.crl_dir / name} を差し替えるか、消してください",
            ),
        )
