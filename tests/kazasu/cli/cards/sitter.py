"""Whoever sits where a card reader is, and has nothing to say but one PIN."""


class Sitter:
    def __init__(self, secret: str = "") -> None:
        self._secret = secret
        self.said: list[str] = []

    def visible(self, question: str) -> str:
        raise AssertionError("nothing is typed visibly")

    def unseen(self, question: str) -> str:
        return self._secret

    def say(self, line: str) -> None:
        self.said.extend(line.splitlines())
