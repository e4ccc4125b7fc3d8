"""Files of pages: whole, in ranges, and never left open."""

import asyncio
from pathlib import Path

import pytest
from quart import Quart, Response, send_from_directory

from door_frame.files import PageResponse, WholeFile

WORDS = b"0123456789"


@pytest.fixture
def app(tmp_path: Path) -> Quart:
    (tmp_path / "page.css").write_bytes(WORDS)
    app = Quart("files", static_folder=None)
    app.response_class = PageResponse

    @app.get("/<name>")
    async def page(name: str) -> Response:
        return await send_from_directory(tmp_path, name, conditional=True)

    return app


async def test_a_file_comes_whole_with_its_type_and_length(app: Quart) -> None:
    answer = await app.test_client().get("/page.css")
    assert (await answer.get_data(), answer.content_type) == (WORDS, "text/css; charset=utf-8")
    assert answer.headers["Content-Length"] == str(len(WORDS))


async def test_a_range_is_what_was_asked_for(app: Quart) -> None:
    answer = await app.test_client().get("/page.css", headers={"Range": "bytes=2-4"})
    assert (answer.status_code, await answer.get_data()) == (206, b"234")


async def test_what_did_not_change_is_not_sent_again(app: Quart) -> None:
    client = app.test_client()
    tag = (await client.get("/page.css")).headers["ETag"]
    answer = await client.get("/page.css", headers={"If-None-Match": tag})
    assert (answer.status_code, await answer.get_data()) == (304, b"")


async def test_an_answer_given_up_while_it_opens_leaves_no_file_open(tmp_path: Path) -> None:
    file = tmp_path / "icon.svg"
    file.write_bytes(WORDS)

    async def opened() -> None:
        async with WholeFile(file):
            await asyncio.Event().wait()

    answer = asyncio.create_task(opened())
    await asyncio.sleep(0)
    answer.cancel()
    await asyncio.gather(answer, return_exceptions=True)
    assert file not in _open_files()


def _open_files() -> list[Path]:
    return [one.resolve() for one in Path("/proc/self/fd").iterdir()]
