"""`kazasu migrate`."""

from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.environment import load
from stores.sql.migrations import migrate as migrations
from stores.sql.migrations import roles


def migrate(*, grant_to: str = "") -> int:
    """2 for a role that cannot be held, 3 when the database cannot be reached, or is of a newer
    version."""
    with complain():
        settings = load()
        if settings.database().startswith("sqlite"):
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        migrations.upgrade(settings.database())
        print(f"database is at {migrations.head()}")
        if not grant_to:
            return 0
        try:
            roles.grant(settings.database(), grant_to)
        except roles.NotForThisRole as refused:
            say(str(refused))
            return 2
        print(f"{grant_to} may append to the archive, and not change it")
        return 0
    return 2
