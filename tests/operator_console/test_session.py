"""Cookies, CSRF, Origin, headers and limits at the door."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.operator_console.stage import PASSWORD, Page, Stage

ACTIONS: dict[str, dict[str, Any]] = {
    "api/presence": {"presence": "available"},
    "api/answer": {"token": "x"},
    "api/decline": {"token": "x"},
    "api/wrap-up-done": {},
    "api/reveal": {"token": "x"},
    "api/card-attributes": {"token": "x"},
    "api/check": {"token": "x", "mode": "spoken_code", "reason": "first_check"},
    "api/check-stop": {"token": "x"},
    "api/check-say": {"token": "x"},
    "api/callback-claim": {"callback": "x"},
    "api/callback-give-back": {"callback": "x"},
    "api/callback-close": {"callback": "x"},
    "api/callback-ring": {"callback": "x"},
    "api/desk-begin": {
        "kind": "business",
        "contract": "",
        "phone": "",
        "level": "id_card_auth",
        "purpose": "",
        "key": "key-00000001",
    },
    "api/desk-stop": {"pairing": "x"},
    "api/desk-card-attributes": {"pairing": "x"},
    "api/approval-approve": {"id": "x", "password": PASSWORD},
    "api/approval-decline": {"id": "x", "password": PASSWORD},
    "api/approval-card-attributes": {"id": "x"},
    "api/activity": {},
    "logout": {},
}


async def code(answer: Any) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    return answer.status_code, json.loads(await answer.get_data())["code"]


def test_every_action_is_in_the_table() -> None:
    """A new action is tried below without anybody remembering to."""
    routes = Stage().app.url_map.iter_rules()
    posts = {
        str(rule).removeprefix("/operator/") for rule in routes if "POST" in (rule.methods or ())
    }
    assert posts == {*ACTIONS, "login"}


@pytest.mark.parametrize("path", ACTIONS)
async def test_actions_want_session_token_and_origin(path: str) -> None:
    stage = Stage()
    page = await stage.signed_in()
    body = ACTIONS[path]
    for token in ("", "wrong", (await stage.signed_in("taro")).csrf):
        refused = await page.post(path, body, X_CSRF_Token=token)
        assert await code(refused) == (403, "csrf")
    for origin in ("http://elsewhere.example", "http://localhost:81", "https://localhost", "null"):
        refused = await page.post(path, body, Origin=origin)
        assert await code(refused) == (403, "foreign_origin")
    assert (await page.post(path, body)).status_code in (200, 204, 404, 409)
    stranger = Page(stage.app.test_client(), stage.origin, page.csrf)
    assert await code(await stranger.post(path, body)) == (401, "signed_out")


@pytest.mark.parametrize(
    "path",
    [
        "api/state",
        "api/pop/x",
        "api/callbacks",
        "api/callback/x",
        "api/desk",
        "api/desk/x",
        "api/approval/x",
        "events",
    ],
)
async def test_reads_want_a_session(path: str) -> None:
    stage = Stage()
    stranger = Page(stage.app.test_client(), stage.origin)
    assert await code(await stranger.get(path)) == (401, "signed_out")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://elsewhere.example", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
async def test_a_login_form_is_our_own(headers: dict[str, str], status: int) -> None:
    stage = Stage()
    page = Page(stage.app.test_client(), stage.origin)
    answer = await page.sign_in("hanako", PASSWORD, **headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://127.0.0.1:8080", "kazasu={}; HttpOnly; Max-Age=43200; Path=/; SameSite=Lax"),
        (
            "https://phone.example",
            "__Host-kazasu={}; HttpOnly; Max-Age=43200; Path=/; SameSite=Lax; Secure",
        ),
    ],
)
async def test_the_cookie_follows_the_public_address(origin: str, expected: str) -> None:
    page = Page(Stage(origin=origin).app.test_client(), origin)
    answer = await page.sign_in("hanako", PASSWORD)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    name, *rest = cookie.split("; ")
    value = name.split("=", 1)[1]
    parts = sorted(part for part in rest if not part.startswith("Expires="))
    assert "; ".join([name, *parts]) == expected.format(value)
    assert ("Strict-Transport-Security" in answer.headers) is origin.startswith("https")


async def test_wrong_and_too_many() -> None:
    page = Page(Stage().app.test_client(), "http://localhost")
    for _ in range(10):
        wrong = await page.sign_in("hanako", "not the password")
        assert (wrong.status_code, wrong.headers.getlist("Set-Cookie")) == (401, [])
        assert "ログイン名またはパスワードが違います" in await wrong.get_data(as_text=True)
    limited = await page.sign_in("hanako", PASSWORD)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "900")


async def test_a_new_sign_in_ends_what_the_browser_had() -> None:
    stage = Stage()
    page = await stage.signed_in()
    before = page.cookie()
    await page.sign_in("taro", PASSWORD)
    assert await stage.login.who(before) is None
    assert len(stage.sessions.kept) == 1


async def test_signing_out_ends_the_session_and_the_cookie() -> None:
    stage = Stage()
    page = await stage.signed_in()
    answer = await page.post("logout")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert stage.sessions.kept == {}
    assert (await page.get("")).headers["Location"] == "/operator/login"


async def test_looking_is_no_sign_of_life_but_acting_is() -> None:
    stage = Stage()
    page = await stage.signed_in()
    stage.clock.at += timedelta(minutes=14)
    assert (await page.get("api/state")).status_code == 200
    alive = await page.post("api/activity")
    assert (await alive.get_json())["ends_at"] == "2026-11-24T01:29:00.000Z"
    stage.clock.at += timedelta(minutes=14)
    assert (await page.get("api/state")).status_code == 200
    stage.clock.at += timedelta(minutes=1)
    assert (await page.get("api/state")).status_code == 401


@pytest.mark.parametrize("path", ["", "login", "api/state", "static/console.js", "texts/ja.json"])
@pytest.mark.parametrize("ancestor", ["", "http://localhost"])
async def test_headers_of_every_answer(path: str, ancestor: str) -> None:
    stage = Stage(frame_ancestor=ancestor)
    page = await stage.signed_in()
    answer = await page.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert "unsafe" not in policy
    assert policy.endswith(f"frame-ancestors {ancestor or chr(39) + 'none' + chr(39)}")
    assert ("X-Frame-Options" in answer.headers) is (not ancestor)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == (
        "no-cache" if path.startswith("static") else "no-store"
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"presence": "on_call"}, 400),
        ({"presence": "available", "more": 1}, 400),
        ({}, 400),
        ({"presence": ["available"]}, 400),
    ],
)
async def test_a_body_is_what_the_action_takes(body: dict[str, Any], status: int) -> None:
    page = await Stage().signed_in()
    assert await code(await page.post("api/presence", body)) == (status, "invalid_request")


@pytest.mark.parametrize("token", ["", "a\x00b", "x" * 201, "日本", "a b", "x\n"])
async def test_what_cannot_name_a_call_reaches_no_store(token: str) -> None:
    page = await Stage().signed_in()
    assert await code(await page.post("api/answer", {"token": token})) == (400, "invalid_request")


async def test_what_is_no_login_form_is_refused() -> None:
    stage = Stage()
    page = Page(stage.app.test_client(), stage.origin)
    for body, status in ((b"&".join(b"a=%d" % n for n in range(9)), 400), (b"x" * 4097, 413)):
        answer = await page.client.post(
            "/operator/login", data=body, headers={"Origin": stage.origin}
        )
        assert answer.status_code == status
    assert (await page.sign_in("a\x00b", PASSWORD)).status_code == 401


async def test_what_is_not_there_is_a_problem() -> None:
    page = await Stage().signed_in()
    assert await code(await page.get("texts/de.json")) == (404, "no_such_language")
    assert (await page.get("static/../door.py")).status_code == 404
    assert (await page.get("api/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("query", "cookie", "language"),
    [("", "", "ja"), ("?lang=en", "", "en"), ("", "en", "en"), ("?lang=xx", "<x>", "ja")],
)
async def test_pages_are_japanese_unless_chosen(query: str, cookie: str, language: str) -> None:
    client = Stage().app.test_client()
    answer = await client.get(
        f"/operator/login{query}", headers={"Cookie": f"kazasu-language={cookie}"}
    )
    assert f'<html lang="{language}">' in await answer.get_data(as_text=True)
    assert ("Set-Cookie" in answer.headers) is (query == "?lang=en")
