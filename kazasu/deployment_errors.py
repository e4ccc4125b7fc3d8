"""What a command with database and roots can run into, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from bilingual.text import Bilingual
from identity.jpki.anchors import UnusableAnchor
from identity.jpki.signed_attributes import UnusableContentType
from kazasu.error_lines import complain_of_settings, say
from stores.sql.migrations.version import NewerSchema


@contextmanager
def complain() -> Iterator[None]:
    """Words and an exit status: 2 for wrong use, 3 for what cannot be reached."""
    try:
        with complain_of_settings():
            yield
    except UnusableAnchor as bad:
        why = unusable_root(bad)
        say(Bilingual(en=f"TRUST_ANCHORS_DIR: {why.en}", ja=f"TRUST_ANCHORS_DIR: {why.ja}"))
        raise SystemExit(2) from None
    except UnusableContentType as bad:
        say(unusable_content_type(bad))
        raise SystemExit(2) from None
    except SQLAlchemyError as error:
        say(f"DATABASE_URL: the database cannot be used ({type(error).__name__}). Does it run?")
        raise SystemExit(3) from None
    except NewerSchema:
        say("DATABASE_URL: the database is of a newer version of kazasu; run that one")
        raise SystemExit(3) from None


_ROOTS = {
    "anchor_missing": Bilingual(
        en="there is no {purpose}-*.cer (DER)", ja="{purpose}-*.cer(DER 形式)がありません"
    ),
    "anchor_duplicate": Bilingual(
        en="the same {purpose} root lies there twice",
        ja="同じ {purpose} のルート証明書が二つあります",
    ),
    "anchor_unreadable": Bilingual(
        en="one of {purpose}-*.cer is no certificate in DER ({because})",
        ja="{purpose}-*.cer の一つが DER 形式の証明書ではありません({because})",
    ),
    "anchor_wrong_environment": Bilingual(
        en="one of {purpose}-*.cer is of {organisation}, and this profile loads {environment} "
        "roots only (KAZASU_PROFILE)",
        ja="{purpose}-*.cer の一つは {organisation} のもので、このプロファイルが読み込むのは "
        "{environment} 用のルートだけです(KAZASU_PROFILE)",
    ),
    "anchor_wrong_purpose": Bilingual(
        en="one of {purpose}-*.cer is for another purpose ({unit})",
        ja="{purpose}-*.cer の一つは別の用途({unit})のものです",
    ),
}
_NOT_PINNED = Bilingual(
    en="one of {purpose}-*.cer cannot be pinned ({code})",
    ja="{purpose}-*.cer の一つを固定できません({code})",
)


def unusable_root(bad: UnusableAnchor) -> Bilingual:
    """Which root, and why it is not loaded."""
    facts = {**bad.facts, "code": bad.code}
    return _ROOTS.get(bad.code, _NOT_PINNED).filled(ja=facts, en=facts)


def unusable_content_type(bad: UnusableContentType) -> Bilingual:
    return Bilingual(
        en=f"KAZASU_PROFILE: {bad} is an object identifier for documentation, which no real card "
        "may sign. Production needs a build with a number of its own "
        "(identity/jpki/signed_attributes)",
        ja=f"KAZASU_PROFILE: {bad} は文書用のオブジェクト識別子で、実物のカードに署名させては"
        "なりません。本番には専用の番号を持つビルドが要ります(identity/jpki/signed_attributes)",
    )
