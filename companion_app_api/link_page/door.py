"""`/l` and the files by which a telephone knows that the app may open such links itself.

GET and HEAD only, the same answer whatever was asked before: previews, scanners and impatient
fingers may open the link as often as they like.
"""

from pathlib import Path
from typing import Final

from quart import Blueprint, Response, jsonify, send_from_directory

from companion_app_api.link_page.page import link_page
from companion_app_api.link_page.settings import LinkSettings

PATH: Final = "/l"
_STATIC: Final = Path(__file__).parent / "static"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def create(settings: LinkSettings) -> Blueprint:
    """Mounted without a prefix. Associations that nothing is set for are not found (404)."""
    door = Blueprint("link_page", __name__)
    words = link_page(settings)

    @door.get(PATH)
    async def page() -> Response:
        return Response(words, content_type="text/html; charset=utf-8")

    @door.get(f"{PATH}/link.css")
    async def style() -> Response:
        return await send_from_directory(_STATIC, "link.css")

    _associations(door, settings)

    @door.after_request
    async def headers(answer: Response) -> Response:
        answer.headers.update(_HEADERS)
        return answer

    return door


def _associations(door: Blueprint, settings: LinkSettings) -> None:
    if settings.ios_apps:

        @door.get("/.well-known/apple-app-site-association")
        async def universal_links() -> Response:
            """Apple: the fragment is not part of what is matched; the path alone is ours."""
            details = [{"appIDs": list(settings.ios_apps), "components": [{"/": PATH}]}]
            return jsonify(applinks={"details": details})

    if settings.android_apps:

        @door.get("/.well-known/assetlinks.json")
        async def app_links() -> Response:
            """Google Digital Asset Links: which packages, signed by whom."""
            return jsonify(
                [
                    {
                        "relation": ["delegate_permission/common.handle_all_urls"],
                        "target": {
                            "namespace": "android_app",
                            "package_name": package,
                            "sha256_cert_fingerprints": list(fingerprints),
                        },
                    }
                    for package, fingerprints in settings.android_apps.items()
                ]
            )
