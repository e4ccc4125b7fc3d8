"""One pcscd for all of them."""

import os
from collections.abc import Iterator

import pytest

from tests import pcsc


@pytest.fixture(scope="session")
def reader() -> Iterator[pcsc.VirtualReader]:
    """Also for the PC/SC library of this process, which asks for the address once."""
    for running in pcsc.running_reader():
        os.environ[pcsc.SOCKET_VARIABLE] = str(running.address)
        yield running
        del os.environ[pcsc.SOCKET_VARIABLE]
