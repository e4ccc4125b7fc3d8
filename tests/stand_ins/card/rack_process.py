"""The rack as a real process on loopback."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.stand_ins.card.synthetic import document

ORIGIN = "http://127.0.0.1:18080"


@dataclass(slots=True, kw_only=True)
class RackProcess:
    base: str
    token: str
    token_file: Path
    process: "subprocess.Popen[str]"
    folder: Path
    client: httpx2.Client = field(default_factory=lambda: httpx2.Client(trust_env=False))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """A request of the demo page; `headers` replace (empty: leave out) the right ones."""
        right = {"Origin": ORIGIN, "Authorization": f"Bearer {self.token}"}
        chosen = right | {name.replace("_", "-"): value for name, value in headers.items()}
        content = None
        if method == "POST":
            chosen = {"Content-Type": "application/json"} | chosen
            content = json.dumps({} if body is None else body)
        kept = {name: value for name, value in chosen.items() if value}
        return self.client.request(method, self.base + path, content=content, headers=kept)


def write_cards(folder: Path, *documents: dict[str, Any]) -> None:
    for card in documents:
        (folder / f"{card['name']}.json").write_text(json.dumps(card))


@contextmanager
def running_rack(folder: Path, *extra: str) -> Iterator[RackProcess]:
    token_file = folder / "token"
    command = [sys.executable, "-m", "stand_ins.card", "--cards", str(folder)]
    command += ["--origin", ORIGIN, "--token-file", str(token_file), *extra]
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own module, fixed arguments
            command, stdout=subprocess.PIPE, stderr=errors, text=True
        )
    try:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        assert said == {"event": "listening", "port": said["port"]}
        rack = RackProcess(
            base=f"http://127.0.0.1:{said['port']}",
            token=token_file.read_text(),
            token_file=token_file,
            process=process,
            folder=folder,
        )
        with rack.client:
            yield rack
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def good_cards() -> list[dict[str, Any]]:
    slow = document(name="slow-tap", options={"signature_delay_ms": 60_000})
    return [document(), document(name="valid-sign"), slow]
