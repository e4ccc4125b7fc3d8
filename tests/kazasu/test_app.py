"""The application around the doors: an error that reaches none of them, and kept headers."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from quart import Blueprint, Response, request

from ivr.flow_library.recordings import looked_at
from kazasu import app as application
from kazasu.wiring.flow_files.recordings import Recordings

CANARY = "+819012345678"


class _NoCarrier:
    async def answer(self, _raw: object) -> object:
        raise RuntimeError(f"while working on {CANARY}")


async def _nothing() -> None:
    return None


def _app(
    tmp_path: Path, *problems: str, secure: bool = True, marks: Recordings | None = None
) -> Any:
    page = Blueprint("page", __name__)

    @page.get("/page")
    async def shown() -> Response:
        return Response(
            "", headers={"Content-Security-Policy": "frame-ancestors https://a.example"}
        )

    @page.post("/echo")
    async def echo() -> str:
        return str(len(await request.data))

    async def ready() -> tuple[str, ...]:
        return problems

    carrier: Any = _NoCarrier()
    return application.create(
        application.Doors(
            carrier=carrier,
            blueprints=(page,),
            flows=tmp_path,
            marks=(marks or Recordings(tmp_path)).marks,
            ready=ready,
            on_start=_nothing,
            on_stop=_nothing,
            secure=secure,
        )
    )


def _client(app: Any) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url="https://id.example.jp")


async def test_what_breaks_says_nothing_to_who_asked_and_no_value_to_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hooks: None
) -> None:
    from kazasu import logs

    logs.set_up(json=True)
    async with _client(_app(tmp_path)) as http:
        answer = await http.post("/carriers/twilio/voice", data={"From": CANARY})
    assert (answer.status_code, answer.text) == (500, "500 Internal Server Error\n")
    assert answer.headers["cache-control"] == "no-store"
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["error"]) == ("request_failed", "RuntimeError")
    assert line["route"] == "/carriers/twilio/<page>"
    assert CANARY not in json.dumps(line)


async def test_a_page_keeps_its_own_policy_and_who_may_frame_it(tmp_path: Path) -> None:
    async with _client(_app(tmp_path)) as http:
        page, other = await http.get("/page"), await http.get("/livez")
    assert page.headers["content-security-policy"] == "frame-ancestors https://a.example"
    assert "x-frame-options" not in page.headers
    assert other.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("secure", [True, False])
async def test_only_https_asks_for_https(tmp_path: Path, secure: bool) -> None:
    async with _client(_app(tmp_path, secure=secure)) as http:
        headers = (await http.get("/livez")).headers
    assert ("strict-transport-security" in headers) is secure


async def test_reasons_make_it_not_ready(tmp_path: Path) -> None:
    async with _client(_app(tmp_path, "stopping", "no_readable_flow")) as http:
        answer = await http.get("/readyz", headers={"Host": "localhost:8080"})
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "problems": ["stopping", "no_readable_flow"]}


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        pytest.param("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, id="through a proxy here"),
        pytest.param("127.0.0.1", {"Via": "1.1 Caddy"}, id="through another proxy here"),
        pytest.param("::1", {"Forwarded": "for=192.0.2.1"}, id="through one of IPv6"),
        pytest.param("127.0.0.1", {"X-Forwarded-Proto": "https"}, id="through a terse one"),
        pytest.param("127.0.0.1", {"X-Real-IP": "192.0.2.1"}, id="through one of nginx"),
        pytest.param("127.0.0.1", {"Host": "id.example.jp"}, id="through one that says nothing"),
        pytest.param("127.0.0.1", {"Host": "[::1"}, id="to no host"),
        pytest.param("172.18.0.5", {}, id="of another machine"),
    ],
)
async def test_what_is_wrong_is_told_on_this_machine_only(
    tmp_path: Path, peer: str, headers: dict[str, str]
) -> None:
    app = _app(tmp_path, "stopping")
    transport = httpx2.ASGITransport(app=app, client=(peer, 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        answer = await http.get("/readyz", headers=headers)
    assert (answer.status_code, answer.json()) == (503, {"ready": False})


async def test_recordings_are_files_of_one_folder_and_may_be_cached(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "tone.wav").write_bytes(b"RIFF")
    (tmp_path / "site.yaml").write_text(CANARY, encoding="utf-8")
    async with _client(_app(tmp_path)) as http:
        tone = await http.get("/audio/tone.wav")
        outside = [await http.get(f"/audio/{up}/site.yaml") for up in ("%2e%2e", "..%2f.")]
        marks = (looked_at(b"RIFF").mark, looked_at(b"RIFX").mark)
        this, other = [await http.get(f"/audio/tone.wav?v={mark}") for mark in marks]
    assert (tone.status_code, tone.headers["cache-control"]) == (200, "public, max-age=3600")
    assert [answer.status_code for answer in outside] == [404] * 2
    assert this.headers["cache-control"] == "public, max-age=31536000, immutable"
    # Replaced since the document was drawn: it is heard, and nobody keeps it under that address.
    assert (other.content, other.headers["cache-control"]) == (b"RIFF", "no-store")


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413)])
async def test_bodies_are_capped(tmp_path: Path, size: int, status: int) -> None:
    async with _client(_app(tmp_path)) as http:
        assert (await http.post("/echo", content=b"x" * size)).status_code == status


@pytest.mark.parametrize(
    "name",
    [
        "%2e/tone.wav",  # the client of this test would put it right, others do not
        "%2e/%2e/tone.wav",
        "sub/%2e%2e/tone.wav",
        ".hidden/tone.wav",
        ".tone.wav",
        "sub",
        "sub/",
        "tone.wav%00",
        "tone.wav/",
        "%2e%2e%2faudio/tone.wav",
        "a" * 300,
        "/".join(["a" * 250] * 20),
        "%ED%A0%80.wav",
    ],
)
async def test_a_recording_has_one_address(tmp_path: Path, name: str) -> None:
    """Each other spelling would be looked at and remembered as a file of its own; what is hidden
    in the folder is nobody's. None of them is an error of ours."""
    recordings = Recordings(tmp_path)
    for path in ("tone.wav", "sub/tone.wav", ".hidden/tone.wav", ".tone.wav"):
        file = tmp_path / "audio" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"RIFF")
    async with _client(_app(tmp_path, marks=recordings)) as http:
        request = http.build_request("GET", "/audio/x")
        request.url = request.url.copy_with(raw_path=f"/audio/{name}?v=0123".encode())
        answer = await http.send(request)
    assert answer.status_code == 404, (answer.status_code, answer.text)
    assert recordings._known == {}
