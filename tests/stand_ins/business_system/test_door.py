"""The business's system believes only what was signed with its key, lately, and once."""

import base64
import hmac
import json

import httpx2
import pytest

from stand_ins.business_system.door import BadTables, Row, business_app, read_tables
from stand_ins.business_system.signatures import key_of, refusal

# The vector that the Standard Webhooks libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
CONTENT = b'{"test": 2432232314}'
AT = 1614265330
ROWS = {
    "open_case": [
        Row(args={"contract": "c-1"}, fields={"fee": 0}),
        Row(args={"contract": "c-2"}, fields={"fee": 1}),
        Row(args={"contract": "c-2"}, fields={"fee": 2}),
    ]
}


@pytest.mark.parametrize(
    ("changes", "now", "why"),
    [
        ({}, AT, None),
        ({}, AT + 300, None),
        ({}, AT - 300, None),
        ({}, AT + 301, "stale"),
        ({}, AT - 301, "stale"),
        ({"webhook-id": "msg_other"}, AT, "forged"),
        ({"webhook-timestamp": "1614265331"}, AT, "forged"),
        ({"webhook-timestamp": "soon"}, AT, "unsigned"),
        ({"webhook-signature": ""}, AT, "unsigned"),
        ({"webhook-signature": "v1,AAAA"}, AT, "forged"),
        ({"webhook-signature": VECTOR["webhook-signature"].replace("v1", "v1a")}, AT, "forged"),
        ({"webhook-signature": "v1,no*base64 " + VECTOR["webhook-signature"]}, AT, None),
    ],
)
def test_what_is_believed(changes: dict[str, str], now: int, why: str | None) -> None:
    assert refusal(key_of(SECRET), VECTOR | changes, CONTENT, now) == why


def test_another_content_or_key_is_forged() -> None:
    assert refusal(key_of(SECRET), VECTOR, CONTENT + b" ", AT) == "forged"
    assert refusal(bytes(24), VECTOR, CONTENT, AT) == "forged"


@pytest.mark.parametrize("secret", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_no*base64"])
def test_a_key_of_another_form_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"whsec_|base64"):
        key_of(secret)


async def ask(http: httpx2.AsyncClient, name: str, lookup: str, contract: str, mark: str) -> object:
    content = json.dumps({"lookup": lookup, "args": {"contract": contract}}).encode()
    made = hmac.digest(key_of(SECRET), f"{mark}.{AT}.".encode() + content, "sha256")
    headers = {
        "webhook-id": mark,
        "webhook-timestamp": str(AT),
        "webhook-signature": f"v1,{base64.b64encode(made).decode()}",
    }
    answer = await http.post(f"http://business/lookups/{name}", content=content, headers=headers)
    return answer.status_code, answer.json()


async def test_every_answer() -> None:
    app = business_app(ROWS, key_of(SECRET), lambda: AT)
    transport = httpx2.ASGITransport(app)  # type: ignore[arg-type]  # two spellings of ASGI
    async with httpx2.AsyncClient(transport=transport) as http:
        one, none, two = [
            await ask(http, "open_case", "open_case", contract, contract)
            for contract in ("c-1", "c-9", "c-2")
        ]
        assert one == (200, {"outcome": "found", "fields": {"fee": 0}})
        assert none == (200, {"outcome": "none"})
        assert two == (200, {"outcome": "multiple"})
        again = await ask(http, "open_case", "open_case", "c-1", "c-1")
        assert again == (409, {"error": "replayed"})
        unknown = (404, {"error": "unknown_lookup"})
        assert await ask(http, "secrets", "secrets", "c-1", "x") == unknown
        assert await ask(http, "open_case", "other", "c-1", "y") == unknown
        refused = await http.post("http://business/lookups/open_case", content=b"{}")
        assert (refused.status_code, refused.json()) == (401, {"error": "unsigned"})


@pytest.mark.parametrize("text", ["", "[]", '{"a": [{}]}', '{"a": 1}'])
def test_tables_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(BadTables):
        read_tables(text)
