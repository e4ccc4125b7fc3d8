"""The OpenAPI 3.1 document of `/v1`, from the pydantic models, with every problem declared.

quart-schema would answer bad bodies as HTML, leave errors undeclared and load its pages from a
CDN: only its document builder is used here.
"""

from collections.abc import Iterable
from typing import Any, Final, cast

from quart import Blueprint, Quart
from quart_schema import Info, QuartSchema, hide
from quart_schema.conversion import model_schema
from quart_schema.openapi import APIKeySecurityScheme, OpenAPIProvider
from werkzeug.routing import Rule

from companion_app_api.v1.answers import CODES_ATTRIBUTE
from companion_app_api.v1.device_proof import PROOF_HEADER
from companion_app_api.v1.problems import codes_by_status
from companion_app_api.v1.replies import ProblemBody
from door_frame.problem_json import MEDIA_TYPE

SCHEME: Final = "request_proof"
_ABOUT: Final = (
    "Ties one card tap to one live call. Every request carries a request proof; every POST may be "
    "repeated. A field that does not apply is absent, never null; clients accept unknown fields "
    "and hints. See docs/companion-api.md."
)
_PROOF: Final = (
    "JWT signed with the device key: typ kazasu-proof+jwt, alg ES256, kid the key's RFC 7638 "
    "thumbprint (jwk only at installations); claims htm, htu (origin, path and query), bh "
    "(SHA-256 of the raw body), iat within 60 s of the answer's Date, jti."
)


class _Provider(OpenAPIProvider):
    """Only the routes of one blueprint, and problem+json for each declared code."""

    def __init__(self, app: Quart, extension: QuartSchema, blueprint: str) -> None:
        super().__init__(app, extension)
        self._prefix = f"{blueprint}."

    def generate_rules(self) -> Iterable[Rule]:
        return sorted(
            (rule for rule in super().generate_rules() if rule.endpoint.startswith(self._prefix)),
            key=lambda rule: rule.rule,
        )

    def operation_id(self, method: str, path: str, func: Any) -> str:
        return str(func.__name__)

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        paths, components = super().build_paths(rule)
        view = self._app.view_functions[rule.endpoint]
        answers = codes_by_status(getattr(view, CODES_ATTRIBUTE, ()))
        for path in paths.values():
            for operation in path.values():
                operation["security"] = [{SCHEME: []}]
                if "requestBody" in operation:
                    operation["requestBody"]["required"] = True
                declared = {str(s): _problem(s, codes) for s, codes in answers.items()}
                given = {str(s): said for s, said in operation["responses"].items()}
                operation["responses"] = dict(sorted({**given, **declared}.items()))
        return paths, components


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    listed = ", ".join(f"`{code}`" for code in sorted(codes))
    more = " The list may grow." if status == 422 else ""
    reference = {"$ref": "#/components/schemas/ProblemBody"}
    return {
        "description": f"`code`: {listed}.{more}",
        "content": {MEDIA_TYPE: {"schema": reference}},
    }


def add_document(blueprint: Blueprint, *, origin: str) -> None:
    """`GET /v1/openapi.json`, built once at the first request. No proof is asked for it."""
    apps: list[Quart] = []
    built: list[dict[str, Any]] = []
    # Quart's `current_app` is a stand-in that the builder cannot hold a weak reference to.
    blueprint.record(lambda state: apps.append(cast(Quart, state.app)))

    @hide
    async def openapi_document() -> dict[str, Any]:
        if not built:
            built.append(_document(apps[0], blueprint.name, origin))
        return built[0]

    blueprint.add_url_rule("/openapi.json", view_func=openapi_document)


def _document(app: Quart, blueprint: str, origin: str) -> dict[str, Any]:
    app.config.setdefault("QUART_SCHEMA_CONVERSION_PREFERENCE", "pydantic")
    app.config.setdefault("QUART_SCHEMA_CONVERT_CASING", False)
    extension = QuartSchema(
        info=Info(title="Kazasu companion API", version="1", description=_ABOUT),
        servers=[{"url": origin}],
        security_schemes={SCHEME: APIKeySecurityScheme(name=PROOF_HEADER, in_="header")},
    )
    document = _Provider(app, extension, blueprint).schema()
    document["components"]["securitySchemes"][SCHEME]["description"] = _PROOF
    document["components"]["schemas"]["ProblemBody"] = model_schema(
        ProblemBody, preference="pydantic", schema_mode="serialization"
    )
    return document
