"""The page behind the link of a text message, and the files that let the app open it itself."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from quart import Quart

from companion_app_api.link_page import door
from companion_app_api.link_page.settings import LinkSettings
from door_frame.files import PageResponse
from door_frame.page import LANGUAGES, Texts

PRINT = ":".join(["AB"] * 32)
PLAIN = LinkSettings(business="カザス & 保険", number="03-1234-5678")
FULL = LinkSettings(
    business="カザス保険",
    number="03-1234-5678",
    app_urls={"ios": 'https://apps.example/"><script>', "android": "https://play.example/a"},
    ios_apps=("ABCDE12345.jp.example.app",),
    android_apps={"jp.example.app": (PRINT,)},
)


def _client(settings: LinkSettings) -> httpx2.AsyncClient:
    app = Quart("links", static_folder=None)
    app.response_class = PageResponse
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.register_blueprint(door.create(settings))
    transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]  # two spellings of ASGI
    return httpx2.AsyncClient(transport=transport, base_url="https://id.kazasu.test")


async def test_the_page_is_the_same_however_often_it_is_opened() -> None:
    async with _client(PLAIN) as http:
        first = await http.get("/l")
        for _ in range(3):
            assert (await http.get("/l", headers={"User-Agent": "preview"})).content == (
                first.content
            )
        head = await http.head("/l")
        other = await http.post("/l", content=b"token")
    assert first.status_code == head.status_code == httpx2.codes.OK
    assert head.content == b""
    assert other.status_code == httpx2.codes.METHOD_NOT_ALLOWED
    assert "カザス &amp; 保険" in first.text
    assert "暗証番号を電話やこのページでお聞きすることは、絶対にありません" in first.text
    assert "Nobody will ever ask for your PIN" in first.text
    assert "<ul>" not in first.text  # nothing is set: no store is named


async def test_nothing_on_the_page_can_send_anything() -> None:
    async with _client(FULL) as http:
        page = await http.get("/l")
        style = await http.get("/l/link.css")
    assert style.status_code == httpx2.codes.OK
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<(script|form|img|iframe|input|meta http)", page.text)
    assert re.findall(r'href="([^"]*)"', page.text) == [
        "/l/link.css",
        *(["https://apps.example/&#34;&gt;&lt;script&gt;", "https://play.example/a"] * 2),
    ]


@pytest.mark.parametrize(
    "path", ["/.well-known/apple-app-site-association", "/.well-known/assetlinks.json"]
)
async def test_what_is_not_set_is_not_there(path: str) -> None:
    async with _client(PLAIN) as http:
        assert (await http.get(path)).status_code == httpx2.codes.NOT_FOUND


async def test_the_telephones_learn_which_app_may_open_the_link() -> None:
    async with _client(FULL) as http:
        apple = await http.get("/.well-known/apple-app-site-association")
        android = await http.get("/.well-known/assetlinks.json")
    assert apple.headers["Content-Type"] == android.headers["Content-Type"] == "application/json"
    assert apple.json() == {
        "applinks": {
            "details": [{"appIDs": ["ABCDE12345.jp.example.app"], "components": [{"/": "/l"}]}]
        }
    }
    assert android.json() == [
        {
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {
                "namespace": "android_app",
                "package_name": "jp.example.app",
                "sha256_cert_fingerprints": [PRINT],
            },
        }
    ]


async def test_both_languages_say_the_same_things() -> None:
    def keys(words: dict[str, Any], place: str = "") -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, value in words.items():
            if isinstance(value, dict):
                found |= keys(value, f"{place}{name}.")
            else:
                found[place + name] = set(re.findall(r"\{\w+\}", value))
        return found

    texts = Texts(Path(door.__file__).parent / "texts")
    japanese, english = (keys(dict(texts.all(one))) for one in LANGUAGES)
    assert japanese == english
    async with _client(FULL) as http:
        page = (await http.get("/l")).text
    assert (page.count("<h1>"), page.count('<html lang="ja">')) == (1, 1)
    assert page.index("iPhoneのアプリを入れる") < page.index('<section lang="en">')
    assert page.index('<section lang="en">') < page.index("iPhone: get the app")
    assert "{" not in page
