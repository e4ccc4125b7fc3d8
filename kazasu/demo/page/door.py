"""The demo's pages under `/demo`. Mounted by the demo's own process, by nothing else.

They hand out the tokens of carrier and cards and the demo operator's password, so every answer
here is for one host name and for pages of one origin: another site that rebinds its name to
loopback, or asks across origins, gets nothing. No request here changes anything.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from quart import Blueprint, Response, jsonify, redirect, request, send_from_directory
from werkzeug.wrappers import Response as PlainResponse

from companion_app.phone_page.location import static_folder
from door_frame.event_stream import Following, last_event_id, stream
from kazasu.demo import place as places
from kazasu.demo.page.news import CHANNEL, DemoNews
from kazasu.demo.place import PAGE_OPERATOR, Place

_STATIC: Final = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Origins of the service itself, the carrier and the card rack; the flows folder."""

    base: str
    carrier: str
    cards: str
    flows: Path


def create(place: Place, parts: Parts, news: DemoNews) -> Blueprint:
    door = Blueprint("demo", __name__, url_prefix="/demo")
    _guard(door, parts)
    _pages(door)
    _configs(door, place, parts)

    @door.get("/events")
    async def events() -> Response:
        async def still() -> bool:
            return True

        return stream(
            news.feed,
            Following(
                channel=CHANNEL,
                after=last_event_id(request) or request.args.get("after"),
                shown=lambda item: item.data,
                still=still,
            ),
        )

    return door


def _guard(door: Blueprint, parts: Parts) -> None:
    host = urlsplit(parts.base).netloc

    @door.before_request
    async def only_our_own_pages() -> Response | None:
        foreign = request.headers.get("Origin", parts.base) != parts.base
        # A link or a typed address may open the page itself; nothing else is for others.
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        opened = request.headers.get("Sec-Fetch-Dest") == "document"
        if request.host != host or foreign or (site not in ("same-origin", "none") and not opened):
            return Response("not for this host or origin\n", status=403, content_type="text/plain")
        return None

    @door.after_request
    async def headers(answer: Response) -> Response:
        phone = request.path.startswith("/demo/phone/")
        connect = parts.cards if phone else parts.carrier
        ancestor = parts.base if phone else "'none'"
        answer.headers["Content-Security-Policy"] = "; ".join(
            (
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self'",
                f"connect-src 'self' {connect}",
                "frame-src 'self'",
                "form-action 'none'",
                "base-uri 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types 'none'",
                f"frame-ancestors {ancestor}",
            )
        )
        return answer


def _pages(door: Blueprint) -> None:
    @door.get("")
    async def page() -> Response:
        return await send_from_directory(_STATIC, "index.html")

    @door.get("/")
    async def with_slash() -> PlainResponse:
        return redirect("/demo", 301)

    @door.get("/static/<path:name>")
    async def static(name: str) -> Response:
        return await send_from_directory(_STATIC, name)

    @door.get("/phone/")
    async def phone() -> Response:
        return await send_from_directory(static_folder(), "index.html")

    @door.get("/phone/<path:name>")
    async def phone_file(name: str) -> Response:
        return await send_from_directory(static_folder(), name)


def _configs(door: Blueprint, place: Place, parts: Parts) -> None:
    @door.get("/config.json")
    async def config() -> Response:
        """What the page needs: where the carrier is, who is who, and which file holds the words."""
        return jsonify(
            carrier={"base": parts.carrier, "token": _token(place.carrier_token)},
            caller=places.CALLER,
            dialled=places.DIALLED,
            operator={"login": PAGE_OPERATOR.login, "password": place.password(PAGE_OPERATOR)},
            words=str(parts.flows / "prompts" / "main.yaml"),
        )

    @door.get("/phone/config.json")
    async def phone_config() -> Response:
        body = {"api_base": "", "card_base": parts.cards, "card_token": _token(place.card_token)}
        return Response(json.dumps(body), content_type="application/json")


def _token(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()
