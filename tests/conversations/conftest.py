"""`pytest tests/conversations --update` rewrites what the golden conversations expect."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite golden conversations")
