"""`kazasu serve`."""

import sys

from kazasu import logs
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.server import run_service
from kazasu.settings.environment import load
from kazasu.wiring import readiness, service


def serve() -> int:
    """2 for settings, roots or flows that cannot be used; 3 for a database not ready."""
    with complain():
        settings = load()
        if problem := readiness.not_migrated(settings):
            say(problem)
            return 3
        logs.set_up_process(json=not sys.stderr.isatty())
        return run_service(settings, lambda: service.build(settings))
    return 2
