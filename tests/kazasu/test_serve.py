"""`kazasu serve` as a process: what it refuses to start with, how it answers, how it ends."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from tests.kazasu.deployment import AUTH_TOKEN, SECRET_KEY, Deployment, copied, refresh
from tests.kazasu.running import Running, client, running

PRODUCTION = {
    "KAZASU_PROFILE": "production",
    "PUBLIC_BASE_URL": "https://id.example.jp",
    "TWILIO_API_BASE": "https://api.twilio.com",
}
Break = Callable[[Deployment], dict[str, str]]


def _synthetic_roots_in_production(_: Deployment) -> dict[str, str]:
    return PRODUCTION


def _real_roots_in_the_demo(there: Deployment) -> dict[str, str]:
    return {"TRUST_ANCHORS_DIR": str(there.folder / "real")}


def _documentation_number(there: Deployment) -> dict[str, str]:
    return PRODUCTION | {"TRUST_ANCHORS_DIR": str(there.folder / "real")}


def _http_in_production(there: Deployment) -> dict[str, str]:
    return PRODUCTION | {"PUBLIC_BASE_URL": "http://id.example.jp"}


def _no_roots(there: Deployment) -> dict[str, str]:
    return {"TRUST_ANCHORS_DIR": str(there.folder / "nowhere")}


def _no_database(there: Deployment) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{there.folder / 'new.db'}"}


def _no_database_server(_: Deployment) -> dict[str, str]:
    return {"DATABASE_URL": "postgresql://kazasu:geheim@127.0.0.1:1/kazasu"}


def _another_file(there: Deployment) -> dict[str, str]:
    (there.folder / "data" / "kazasu.db").write_bytes(b"this is no database " * 400)
    return {}


def _broken_site(there: Deployment) -> dict[str, str]:
    site = there.flows / "site.yaml"
    site.write_text(
        site.read_text(encoding="utf-8").replace("verified: {}", "verified: 3"), "utf-8"
    )
    return {}


def _no_site(there: Deployment) -> dict[str, str]:
    (there.flows / "site.yaml").unlink()
    return {}


def _site_in_another_encoding(there: Deployment) -> dict[str, str]:
    site = there.flows / "site.yaml"
    site.write_bytes(site.read_text(encoding="utf-8").encode("shift_jis", "ignore"))
    return {}


@pytest.mark.parametrize(
    ("make", "status", "says"),
    [
        (_synthetic_roots_in_production, 2, ["TRUST_ANCHORS_DIR: ", "JPKI-SYNTHETIC", "auth-*"]),
        (_real_roots_in_the_demo, 2, ["TRUST_ANCHORS_DIR: ", " JPKI, ", "synthetic"]),
        (_documentation_number, 2, ["1.3.6.1.4.1.32473", "documentation"]),
        (_http_in_production, 2, ["PUBLIC_BASE_URL must be https"]),
        (_no_roots, 2, ["TRUST_ANCHORS_DIR: there is no auth-*.cer"]),
        (_no_database, 3, ["DATABASE_URL: ", "no tables", "Run: kazasu migrate"]),
        (_no_database_server, 3, ["DATABASE_URL: ", "cannot be used"]),
        (_another_file, 3, ["DATABASE_URL: ", "cannot be used"]),
        (_broken_site, 2, ["site.yaml:9:"]),
        (_no_site, 2, ["site.yaml: cannot be read"]),
        (_site_in_another_encoding, 2, ["site.yaml:2:", "UTF-8"]),
    ],
)
def test_it_does_not_start_and_says_why(
    deployment: Deployment, hooks: None, make: Break, status: int, says: list[str]
) -> None:
    done = deployment.call("serve", **make(deployment))
    assert done.exit_code == status, done.stderr
    assert all(word in done.stderr for word in says), done.stderr
    assert "Traceback" not in done.stderr
    assert all(secret not in done.stderr for secret in (SECRET_KEY, AUTH_TOKEN, "geheim"))
    assert done.stdout == ""


def test_as_a_process_too(deployment: Deployment) -> None:
    done = deployment.run("serve", **_synthetic_roots_in_production(deployment))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("kazasu: TRUST_ANCHORS_DIR: ")
    assert done.stderr.count("\n") == 1


def test_a_taken_address_is_named(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = deployment.run("serve", KAZASU_LISTEN_PORT=str(port))
    assert done.returncode == 2
    assert (
        done.stderr == f"kazasu: 127.0.0.1:{port}: cannot be listened on (Address already in use)\n"
    )


@pytest.fixture(scope="module")
def served(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One good service for the tests that only ask."""
    here = copied(template, tmp_path_factory.mktemp("served"))
    with running(here, "serve") as process:
        yield process


@pytest.fixture
def http(served: Running) -> Iterator[httpx2.Client]:
    with client(served) as made:
        yield made


def test_a_good_one_is_alive_and_ready(http: httpx2.Client) -> None:
    assert http.get("/livez").json() == {"status": "alive"}
    ready = http.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "problems": []})


@pytest.mark.parametrize(
    ("method", "path", "status", "kind", "allow"),
    [
        ("GET", "/", 404, "text/plain", None),
        ("GET", "/nowhere", 404, "text/plain", None),
        ("GET", "/demo", 404, "text/plain", None),
        ("GET", "/audio/..%2f..%2fsite.yaml", 404, "text/plain", None),
        ("GET", "/audio/../site.yaml", 404, "text/plain", None),
        ("GET", "/carriers/twilio/voice/more", 404, "text/plain", None),
        ("POST", "/livez", 405, "text/plain", "GET, HEAD"),
        ("DELETE", "/carriers/twilio/voice", 405, "text/plain", "POST"),
        ("OPTIONS", "/readyz", 405, "text/plain", "GET, HEAD"),
        ("GET", "/v1/nowhere", 404, "application/problem+json", None),
    ],
)
def test_what_is_not_there_is_answered_in_a_word(
    http: httpx2.Client, method: str, path: str, status: int, kind: str, allow: str | None
) -> None:
    answer = http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers.get("allow") == allow
    assert len(answer.content) < 200


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/nowhere", "/carriers/twilio/voice"])
def test_every_answer_carries_the_headers(http: httpx2.Client, path: str) -> None:
    headers = http.get(path).headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "strict-transport-security" not in headers  # the demo profile speaks http


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_the_cap_is_refused(http: httpx2.Client, declared: bool) -> None:
    body = b"x" * (256 * 1024 + 1)
    chunks = body if declared else (body[i : i + 65536] for i in range(0, len(body), 65536))
    answer = http.post("/carriers/twilio/voice", content=chunks)
    assert answer.status_code == 413
    assert answer.text == "413 Request Entity Too Large\n"


def test_it_ends_with_0_while_streams_and_requests_are_open(deployment: Deployment) -> None:
    with running(deployment, "serve") as process:
        host, port = process.base.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as half:
            half.sendall(
                b"POST /carriers/twilio/voice HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n"
            )
            assert process.stop() == 0
        assert "Traceback" not in process.log.read_text(encoding="utf-8")


def test_it_is_not_ready_when_nobody_can_be_verified(deployment: Deployment) -> None:
    refresh(deployment.folder / "pki", datetime.now(UTC) - timedelta(days=3))
    with running(deployment, "serve") as process, client(process) as http:
        answer = http.get("/readyz")
        assert http.get("/livez").status_code == 200
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "problems": ["no_fresh_revocation_list_auth", "no_fresh_revocation_list_sign"],
    }


def test_a_second_one_does_not_start_beside_it(deployment: Deployment) -> None:
    """Without Redis; and a third starts at once after kill -9, as if nothing had been there."""
    with running(deployment, "serve") as first:
        second = deployment.run("serve", KAZASU_LISTEN_PORT="0")
        assert (second.returncode, second.stdout) == (2, "")
        said = second.stderr.splitlines()[-1]
        assert said.startswith(
            "kazasu: DATABASE_URL: another process serves this deployment already (process "
            f"{first.process.pid} on "
        )
        assert said.endswith("stop that one, or set REDIS_URL for all of them")
        first.process.kill()
        first.process.wait()
    with running(deployment, "serve") as third, client(third) as http:
        assert http.get("/readyz").status_code == 200
