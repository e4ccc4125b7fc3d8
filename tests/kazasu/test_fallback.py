"""`kazasu fallback`: whatever is asked, with nothing else running, the same document."""

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kazasu.deployment import Deployment
from tests.kazasu.running import Running, client, running

_NUMBER = "+81312340009"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """Nothing set but the number; settings of the service that are broken do no harm."""
    return Deployment(
        folder=tmp_path_factory.mktemp("fallback"),
        variables={
            "KAZASU_FALLBACK_NUMBER": _NUMBER,
            "SECRET_KEY": "broken",
            "DATABASE_URL": "nowhere",
            "KAZASU_SECRETS_DIR": "/nowhere",
        },
    )


@pytest.fixture(scope="module")
def fallback(bare: Deployment) -> Iterator[Running]:
    with running(bare, "fallback", "--port", "0") as process:
        yield process


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/carriers/twilio/voice?a=b", "/%ff%00/../x", "//"])
@pytest.mark.parametrize(
    "body", [b"", b"ErrorCode=11200&CallSid=CA1", b"\xff\x00&&=%%%", b"x" * 300_000]
)
def test_the_answer_is_always_the_same(
    fallback: Running, method: str, path: str, body: bytes
) -> None:
    with client(fallback) as http:
        answer = http.request(method, path, content=body)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert "<Dial" in answer.text
    assert _NUMBER in answer.text


def test_a_head_has_no_body(fallback: Running) -> None:
    with client(fallback) as http:
        answer = http.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_body_that_never_comes_keeps_nobody(fallback: Running) -> None:
    host, port = fallback.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n")
        assert slow.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_the_error_is_noted_and_nothing_else(bare: Deployment) -> None:
    with running(bare, "fallback", "--port", "0") as process:
        with client(process) as http:
            http.post("/", data={"ErrorCode": "11205", "From": "+819012345678"})
            http.post("/", data={"ErrorCode": "+819012345678"})
            http.post("/?From=%2B819012345678", data={"ErrorCode": "1" * 40})
        assert process.stop(signal.SIGINT) == 0
        lines = process.lines()
    assert [line["code"] for line in lines if line["event"] == "fallback_asked"] == [
        "11205",
        "",
        "",
    ]
    assert "9012345678" not in json.dumps(lines)


def test_without_a_number_it_says_so(tmp_path: Path) -> None:
    done = Deployment(folder=tmp_path).run("fallback", "--port", "0")
    assert done.returncode == 2
    assert done.stderr.startswith("kazasu: KAZASU_FALLBACK_NUMBER: is not set")


def test_a_port_that_is_taken_is_named(bare: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = bare.run("fallback", "--port", str(port))
    assert done.returncode == 2
    assert f"127.0.0.1:{port}: cannot be listened on" in done.stderr
