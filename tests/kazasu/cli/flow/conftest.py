import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-simulated", action="store_true", help="rewrite golden sessions")
