"""`python -m kazasu.demo.service`: the service as it is, with the demo's pages beside it."""

import sys

from kazasu import logs
from kazasu.said import complain
from kazasu.server import run_service
from kazasu.settings import load
from kazasu.wiring import service


def main() -> int:
    with complain():
        settings = load()
        logs.set_up(json=False)
        return run_service(settings, lambda: service.build(settings), announce=True)
    return 2


if __name__ == "__main__":
    sys.exit(main())
