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

from sqlalchemy import URL, Connection, NullPool, create_engine, inspect, make_url, text

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
    """One server with as many databases as are asked for."""

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

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{next(self._numbers)}"
        with self._connected("postgres") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return self._url(name).render_as_string(hide_password=False)

    def empty(self, url: str) -> None:
        """Delete all rows: quicker than a new database. Only a superuser gets past the triggers."""
        name = str(make_url(url).database)
        with self._connected(name) as connection:
            tables = inspect(connection).get_table_names()
            deletes = [f"DELETE FROM {t}" for t in tables if t != "alembic_version"]  # noqa: S608 - read above
            connection.execute(
                text("; ".join(["SET session_replication_role = replica", *deletes]))
            )

    def dump(self, url: str) -> str:
        """All tables as text, for looking for what must not be there."""
        name = str(make_url(url).database)
        return self._run("pg_dump", "-h", str(self.folder), "-U", ACCOUNT, name)

    def _url(self, name: str) -> URL:
        return URL.create(
            "postgresql", username=ACCOUNT, database=name, query={"host": str(self.folder)}
        )

    @contextlib.contextmanager
    def _connected(self, database: str) -> Iterator[Connection]:
        engine = create_engine(
            self._url(database).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        with engine.connect() as connection:
            yield connection

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
