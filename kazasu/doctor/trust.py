"""The roots that are pinned, and whether revocation can be told today."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from identity.authorities.crl_files import CrlFiles, ListsHealth
from identity.jpki.anchors import Environment, Purpose, TrustAnchors, UnusableAnchor
from identity.jpki.signed_attributes import UnusableContentType, check_usable
from kazasu.deployment_errors import unusable_content_type, unusable_root
from kazasu.doctor.findings import Finding
from kazasu.settings import Settings
from kazasu.wiring import identity_side

_SOON: Final = timedelta(days=60)


async def roots_and_lists(settings: Settings) -> list[Finding]:
    try:
        anchors = identity_side.anchors_of(settings)
    except (UnusableAnchor, OSError) as error:
        says = unusable_root(error) if isinstance(error, UnusableAnchor) else str(error.strerror)
        do = f"put the DER roots auth-*.cer and sign-*.cer into {settings.trust_anchors_dir}"
        return [Finding(part="roots", state="problem", says=says, do=do)]
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
        yield Finding(
            part="content type",
            state="problem",
            says=unusable_content_type(bad),
            do="use the demo profile until there is such a build",
        )


def _roots(anchors: TrustAnchors, now: datetime) -> Iterator[Finding]:
    """Generations overlap: the end of one matters when no other is there to follow it."""
    for purpose in Purpose:
        last = max(anchor.certificate.not_after for anchor in anchors.of(purpose))
        for anchor in anchors.of(purpose):
            ends = anchor.certificate.not_after
            state, do = "ok", ""
            if last - now < _SOON:
                state = "problem" if last < now else "warning"
                do = f"fetch the next {purpose.value} root from the authority"
            over = ", over" if ends < now else ""
            yield Finding(
                part="roots",
                state="problem" if state == "problem" else "warning" if do else "ok",
                says=f"{purpose.value} {anchor.key_sha256.hex()[:8]} until {ends:%Y-%m-%d}{over}",
                do=do,
            )


def _lists(settings: Settings, anchors: TrustAnchors, health: ListsHealth) -> Iterator[Finding]:
    lacking = health.lacking()
    do = (
        f"put fresh lists into {settings.crl_dir}, each by renaming it into place; one counts for "
        f"{settings.crl_max_age_hours} hours at most"
    )
    for of in health.roots:
        whole = 0 < of.lists == of.fresh
        newest = f", newest of {of.newest:%Y-%m-%d %H:%M} UTC" if of.newest else ""
        yield Finding(
            part="revocation",
            state="problem" if of.purpose in lacking else "ok" if whole else "warning",
            says=f"{of.purpose.value} {of.key_sha256.hex()[:8]}: {of.fresh} of {of.lists} lists "
            f"fresh{newest}",
            do="" if whole else do,
        )
    for name, code in sorted(health.unusable.items()):
        yield Finding(
            part="revocation",
            state="warning",
            says=f"{name}: no list of a pinned root ({code.value})",
            do=f"replace or remove {settings.crl_dir / name}",
        )
