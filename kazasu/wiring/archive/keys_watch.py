"""Whether the key file of the archive can be read, and holds every key that rows still need.

Looked at while the service runs, a little at a time: it verifies callers all the same, but what
was recorded under a key that is gone can be shown to nobody.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from identity.tenants.model import Tenant
from kazasu.wiring.archive import keys
from stores.sql.archive import key_ids
from stores.sql.database import Database

LOOKS_EVERY: Final = 5.0
UNREADABLE: Final = "evidence_keys_unreadable"
MISSING: Final = "evidence_key_missing"


class KeysWatch:
    """`path` is None where there is no key file: then rows need the key of SECRET_KEY alone."""

    def __init__(self, path: Path | None, database: Database, tenant: Tenant) -> None:
        self._path = path
        self._database = database
        self._tenant = tenant
        self._after = 0
        self._seen: set[str] = set()
        self._needed: frozenset[str] = frozenset()
        self._dropped: frozenset[str] = frozenset()

    @property
    def in_the_middle(self) -> bool:
        """Rows are left that this round has not looked at."""
        return self._after > 0

    async def turn(self) -> None:
        """Some rows more; behind the last of them from the first again."""
        found = await key_ids.look(self._database, self._tenant.id, self._after)
        self._seen.update(found.ids)
        self._after, self._dropped = found.after, found.dropped
        if not found.after:
            self._needed, self._seen = frozenset(self._seen), set()

    def missing(self) -> Sequence[str]:
        """Ids of keys that rows need, as far as they were looked at, and that are nowhere.
        OSError, ValueError when the file cannot be read."""
        there = set(keys.read(self._path).keys) if self._path is not None else set()
        there |= self._dropped | {self._tenant.keys.content_key_id}
        return sorted((self._needed | self._seen) - there)

    def problems(self) -> Sequence[str]:
        try:
            return [MISSING] if self.missing() else []
        except (OSError, ValueError):
            return [UNREADABLE]
