"""A private PostgreSQL for tests: own data folder, own socket folder, no network.

As root it runs as the user `postgres`, because initdb refuses root. Missing binaries fail the
tests with the command that installs them.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import URL, NullPool, create_engine, make_url, text

INSTALL = "apt-get install --yes --no-install-recommends postgresql"
ACCOUNT = "postgres"


class PostgresMissing(Exception):
    pass


def binaries() -> Path:
    """The folder of initdb and postgres, newest version first (Debian keeps them off PATH)."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parent.parent.name),
    )
    if not versions:
        raise PostgresMissing(f"PostgreSQL is needed for the tests and not installed: {INSTALL}")
    return versions[-1].parent


class Cluster:
    """One server. `database(name)` makes a database, from `template` when given."""

    def __init__(self) -> None:
        self._bin = binaries()
        self.folder = Path(mkdtemp(prefix="kazasu-pg-", dir="/tmp"))  # a socket path is short
        self._user = ACCOUNT if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(self.folder, self._user)
        self._numbers = itertools.count(1)

    def start(self) -> None:
        data = str(self.folder / "data")
        # The superuser is `postgres` for everybody; trust is safe on a socket in a private folder.
        self._run("initdb", "-D", data, "-U", ACCOUNT, "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=200"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", data, "-w", "-t", "30", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def database(self, *, template: str = "template0") -> str:
        """The URL of a new database of its own name."""
        name = f"t{next(self._numbers)}"
        self._admin(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self._admin(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def dump(self, url: str) -> str:
        """All tables as text, for looking for what must not be there."""
        name = str(make_url(url).database)
        return self._run("pg_dump", "-h", str(self.folder), "-U", ACCOUNT, name)

    def _url(self, name: str) -> URL:
        return URL.create(
            "postgresql", username=ACCOUNT, database=name, query={"host": str(self.folder)}
        )

    def _admin(self, statement: str) -> None:
        engine = create_engine(
            self._url("postgres").set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        with engine.connect() as connection:
            connection.execute(text(statement))

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", self._user, "--", *command]
        done = subprocess.run(  # noqa: S603 - our own words
            command, cwd=self.folder, check=True, text=True, stdout=subprocess.PIPE
        )
        return done.stdout


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    server = Cluster()
    try:
        server.start()
        yield server
    finally:
        server.stop()
