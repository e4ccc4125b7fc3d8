"""The schemas tried with the YAML language server of editors, over its own protocol.

    npm install --prefix /some/folder yaml-language-server
    python -m tests.editors.language_server \
        /some/folder/node_modules/yaml-language-server/bin/yaml-language-server

No part of `make test`: the server is no package of the system. 0 when all is as it should be.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kazasu.cli.flow.schema import schema

HEAD: Final = (
    "# yaml-language-server: $schema={schema}\n"
    "schema: ivr-flow/1\nid: x\ntitle: x\nstart: a\nnodes:\n"
)
CURSOR: Final = "@"
SETTINGS: Final[Mapping[str, Any]] = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemas": {},
        "schemaStore": {"enable": False},
    }
}
COMPLETIONS: Final = (
    ("node kinds", "  a:\n    @", ("say", "gather", "verify_identity", "hangup")),
    ("what stands beside a kind", "  a:\n    say: greeting\n    @", ("next", "note")),
    ("prompt ids", "  a:\n    say: @", ("greeting", "verify.code")),
    ("prompt ids in a field", "  a:\n    gather:\n      prompt: @", ("menu.main",)),
    ("queues", "  a:\n    route:\n      queue: @", ("verified", "general", "safety")),
    ("exits of a route", "  a:\n    route: {queue: general}\n    outcomes:\n      @",
     ("connected", "abandoned", "full", "timeout", "error", "left")),
    ("exits of a check", "  a:\n    verify_identity: {}\n    outcomes:\n      @",
     ("verified", "pin_blocked", "no_ticket", "other")),
)  # fmt: skip
MISTAKES: Final = (
    ("  a: {sya: greeting, next: b}\n", 6, "sya is not allowed"),
    ("  a: {say: greeting}\n", 6, 'Missing property "next"'),
    ("  a: {say: greeting, next: b, outcomes: {x: b}}\n", 6, "outcomes is not allowed"),
)


class Server:
    """One process; requests one after the other."""

    def __init__(self, path: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # the server named on the command line
            ["node", path, "--stdio"],  # noqa: S607  # Node of the system
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._last = 0
        self.problems: dict[str, list[Any]] = {}
        self.ask("initialize", processId=None, rootUri=None, capabilities={
            "textDocument": {"completion": {}, "hover": {"contentFormat": ["markdown"]}},
            "workspace": {"configuration": True},
        })  # fmt: skip
        self._send(method="initialized", params={})
        self._send(method="workspace/didChangeConfiguration", params={"settings": SETTINGS})

    def ask(self, method: str, **params: Any) -> Any:
        self._last += 1
        self._send(id=self._last, method=method, params=params)
        while True:
            message = self._receive()
            if message.get("id") == self._last and "method" not in message:
                return message.get("result")
            self._other(message)

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})

    def problems_of(self, uri: str) -> list[Any]:
        while uri not in self.problems:
            self._other(self._receive())
        return self.problems[uri]

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _other(self, message: Mapping[str, Any]) -> None:
        if message.get("method") == "textDocument/publishDiagnostics":
            self.problems[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif message.get("method") == "workspace/configuration":
            wanted = (item.get("section") for item in message["params"]["items"])
            self._send(id=message["id"], result=[SETTINGS.get(name, {}) for name in wanted])
        elif "id" in message and "method" in message:
            self._send(id=message["id"], result=None)

    def _send(self, **message: Any) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        if not length:
            raise EOFError("the server has ended")
        return json.loads(self._process.stdout.read(length))


def main(path: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        flows = str(Path(__file__).parents[2] / "flows")
        schema(name="", folder=flows, to=folder, check="", as_json=False, lang="en")
        head = HEAD.format(schema=(Path(folder) / "flow.schema.json").as_uri())
        server = Server(path)
        try:
            good = [_completes(server, head, *case) for case in COMPLETIONS]
            good += [_finds(server, head, n, *case) for n, case in enumerate(MISTAKES)]
            good.append(_hovers(server, head))
        finally:
            server.close()
    return 0 if all(good) else 1


def _completes(server: Server, head: str, what: str, text: str, wanted: tuple[str, ...]) -> bool:
    before = head + text.partition(CURSOR)[0]
    uri = f"file:///{what.replace(' ', '-')}.yaml"
    server.open(uri, before)
    place = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
    found = server.ask("textDocument/completion", textDocument={"uri": uri}, position=place)
    labels = [item["label"] for item in found["items"]]
    return _told(set(wanted) <= set(labels), f"completion of {what}", ", ".join(labels[:8]))


def _finds(server: Server, head: str, n: int, text: str, line: int, wanted: str) -> bool:
    uri = f"file:///mistake-{n}.yaml"
    server.open(uri, head + text)
    found = [
        one["message"] for one in server.problems_of(uri) if one["range"]["start"]["line"] == line
    ]
    return _told(any(wanted in one for one in found), f"error: {wanted}", "; ".join(found))


def _hovers(server: Server, head: str) -> bool:
    server.open("file:///hover.yaml", f"{head}  a:\n    say: greeting\n    next: b\n")
    place = {"line": 7, "character": 5}
    there = {"uri": "file:///hover.yaml"}
    found = server.ask("textDocument/hover", textDocument=there, position=place)
    text = found["contents"]["value"]
    return _told("プロンプトを言う" in text and "Say a prompt" in text, "hover in both", "")


def _told(good: bool, what: str, shown: str) -> bool:  # said in the same breath
    print(f"{'ok  ' if good else 'FAIL'} {what}: {shown}")  # noqa: T201  # a command's own words
    return good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
