"""`kazasu serve`."""

import sys

from kazasu import logs
from kazasu.said import complain
from kazasu.server import run_service
from kazasu.settings import load
from kazasu.wiring import readiness, service


def serve() -> int:
    """2 for settings, roots or flows that cannot be used; 3 for a database not ready."""
    with complain():
        settings = load()
        logs.set_up(json=not sys.stderr.isatty())
        if not readiness.migrated(settings):
            print("kazasu: the database has another schema. Run: kazasu migrate", file=sys.stderr)
            return 3
        return run_service(settings, lambda: service.build(settings))
    return 2
