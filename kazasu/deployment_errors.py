"""What a command with database and roots can run into, in words."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

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
        say(f"TRUST_ANCHORS_DIR: {unusable_root(bad)}")
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
    "anchor_missing": "there is no {purpose}-*.cer (DER)",
    "anchor_duplicate": "the same {purpose} root lies there twice",
    "anchor_unreadable": "one of {purpose}-*.cer is no certificate in DER ({because})",
    "anchor_wrong_environment": "one of {purpose}-*.cer is of {organisation}, and this profile "
    "loads {environment} roots only (KAZASU_PROFILE)",
    "anchor_wrong_purpose": "one of {purpose}-*.cer is for another purpose ({unit})",
}


def unusable_root(bad: UnusableAnchor) -> str:
    """Which root, and why it is not loaded."""
    words = _ROOTS.get(bad.code)
    return (
        words.format(**bad.facts)
        if words
        else f"one of {bad.facts['purpose']}-*.cer cannot be pinned ({bad.code})"
    )


def unusable_content_type(bad: UnusableContentType) -> str:
    return (
        f"KAZASU_PROFILE: {bad} is an object identifier for documentation, which no real card may "
        "sign. Production needs a build with a number of its own (identity/jpki/signed_attributes)"
    )
