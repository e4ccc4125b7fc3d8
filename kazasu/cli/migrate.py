"""`kazasu migrate`."""

from kazasu.deployment_errors import complain
from kazasu.settings import load
from stores.sql.migrations import migrate as migrations


def migrate() -> int:
    """3 when the database cannot be reached, or is of a newer version."""
    with complain():
        settings = load()
        if settings.database().startswith("sqlite"):
            settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        migrations.upgrade(settings.database())
        print(f"database is at {migrations.head()}")
        return 0
    return 2
