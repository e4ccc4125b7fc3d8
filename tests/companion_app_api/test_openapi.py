"""The document says what the door does: every call, every code, and no place for a PIN."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from companion_app_api.v1 import replies, requests
from companion_app_api.v1.problems import KINDS, NO_SUCH_CALL, problem
from identity.pairing.outcomes import Hint
from identity.pairing.refusals import Code
from tests.companion_app_api.stage import ORIGIN, Stage

# Said by the phone side only.
NOT_ON_THIS_DOOR = {
    Code.NO_SUCH_CONTRACT,
    Code.NO_OPEN_PAIRING,
    Code.EXTENDED_BEFORE,
    Code.NO_TICKET,
}
SECRETS = re.compile(r"\bpin\b|(?<![a-z])pin_|_pin(?![a-z])|password|secret|my_?number|暗証", re.I)
# Words for a state of the card, not places for a PIN.
HINTS = {hint.value for hint in Hint}


async def _document(stage: Stage) -> dict[str, Any]:
    async with stage.http() as http:
        answer = await http.get(f"{ORIGIN}/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def _names(node: object) -> Iterator[str]:
    """Every name of a field or parameter in a schema, however deep."""
    if isinstance(node, dict):
        yield from node.get("properties", {})
        if "in" in node and "name" in node:
            yield node["name"]
        for child in node.values():
            yield from _names(child)
    elif isinstance(node, list):
        for child in node:
            yield from _names(child)


async def test_every_call_is_described(stage: Stage) -> None:
    document = await _document(stage)
    assert document["openapi"].startswith("3.1")
    assert {(path, *operations) for path, operations in document["paths"].items()} == {
        ("/v1/installations", "post"),
        ("/v1/history", "get"),
        ("/v1/businesses", "get"),
        ("/v1/dial-tickets", "post"),
        ("/v1/keyed-codes", "post"),
        ("/v1/pairings/{pairing}/call", "post"),
        ("/v1/pairings/claim", "post"),
        ("/v1/pairings/{pairing}", "get"),
        ("/v1/pairings/{pairing}/cancel", "post"),
        ("/v1/pairings/{pairing}/choose", "post"),
        ("/v1/pairings/{pairing}/confirm", "post"),
        ("/v1/pairings/{pairing}/progress", "post"),
        ("/v1/pairings/{pairing}/proof", "post"),
        ("/v1/pairings/{pairing}/repudiate", "post"),
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["security"] == [{"request_proof": []}]
            assert operation["summary"]
            assert {"200", "401", "426", "500"} <= operation["responses"].keys()


async def test_every_problem_is_declared(stage: Stage) -> None:
    document = await _document(stage)
    declared = {
        (int(status), code)
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if "application/problem+json" in response["content"]
        for code in re.findall(r"`([a-z_]+)`", response["description"])
    } - {(status, "code") for status in range(600)}
    assert {(kind.status, code) for code, kind in KINDS.items()} - declared == {
        (KINDS[NO_SUCH_CALL].status, NO_SUCH_CALL)
    }


def test_every_code_of_the_heart_has_a_problem() -> None:
    for code in set(Code) - NOT_ON_THIS_DOOR:
        assert problem(code.value).detail
    for hint in Hint:
        assert problem(hint.value).status in (422, 426, 500)


async def test_no_field_is_a_place_for_a_pin_or_a_my_number(stage: Stage) -> None:
    names = set(_names(await _document(stage)))
    assert {"certificate", "signature", "locator"} <= names
    assert not {name for name in names if SECRETS.search(name)}


def test_no_model_has_a_place_for_one_either() -> None:
    models = [
        found
        for module in (requests, replies)
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, BaseModel)
    ]
    assert len(models) > 15
    for model in models:
        assert not [name for name in model.model_fields if SECRETS.search(name)]


async def test_requests_refuse_and_replies_tolerate_unknown_fields(stage: Stage) -> None:
    document = await _document(stage)
    for operations in document["paths"].values():
        for operation in operations.values():
            reply = operation["responses"]["200"]["content"]["application/json"]["schema"]
            assert "additionalProperties" not in reply
            if "requestBody" in operation:
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                assert body["additionalProperties"] is False
                assert "null" not in str(body)


async def test_the_document_names_nobody_elses_server(stage: Stage) -> None:
    text = str(await _document(stage))
    assert set(re.findall(r"https?://[^/'\" ]+", text)) == {ORIGIN}
