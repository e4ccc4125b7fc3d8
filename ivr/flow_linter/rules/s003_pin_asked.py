"""S003: nobody is asked for a PIN, password or My Number by telephone, by keys or speech."""

import re
import unicodedata
from collections.abc import Iterator

from bilingual.text import Bilingual
from ivr.flow_engine.definition import Gather
from ivr.flow_engine.source.draft import PromptUse
from ivr.flow_engine.source.findings import Found, found
from ivr.flow_linter.analysis.spoken import said, uses
from ivr.flow_linter.rule import Needs, Rule, Severity, Subject, Words

_SECRET = re.compile(
    r"暗証番号|パスワード|個人番号|マイナンバー(?!カード)|(?<![a-z])pin(?![a-z])"
    r"|password|passcode|my[ _]?number(?![ _]?card)",
    re.IGNORECASE,
)


def check(flow: Subject) -> Iterator[Found]:
    for _, _, use in uses(flow.whole):
        if not _takes_input(use):
            continue
        for language, text, _ in said(flow.whole, use.prompt):
            if _asks(f"{text.say} {text.text} {text.slow}"):
                at = flow.whole.prompts.places[use.prompt, language]
                yield found(at, "S003", name=use.prompt)


def _names(flow: Subject) -> Iterator[Found]:
    """Names of variables, and notes and names of gathers, tell what a designer means to ask."""
    for draft in flow.whole.bodies.values():
        for name in (*draft.body.variables, *draft.body.inputs):
            if _asks(name.replace("_", " ")):
                yield found(draft.table.at, "S003", name=name)
        for node in draft.nodes.values():
            note = draft.body.nodes[node.id].note if node.id in draft.body.nodes else ""
            words = f"{note} {node.id.replace('_', ' ')}"
            if isinstance(node.kind, Gather) and _asks(words):
                yield found(node.at, "S003", name=node.id)


def _takes_input(use: PromptUse) -> bool:
    """Where keys or speech are taken right after the words."""
    if use.role in ("gather", "retry") or use.role.startswith("mode:"):
        return True
    return use.role.startswith("hold:") and use.role != "hold:awaiting_pin"


def _asks(text: str) -> bool:
    """Full-width and half-width forms are the same words to a caller."""
    return _SECRET.search(unicodedata.normalize("NFKC", text)) is not None


RULE = Rule(
    code="S003",
    severity=Severity.ERROR,
    title=Bilingual(
        ja="**暗証番号、パスワード、マイナンバーを尋ねる** (入力のプロンプト、メモ、変数。待ち"
        "の案内で暗証番号に触れてよいのは `awaiting_pin` だけ)",
        en="**PIN, password or My Number asked** by keypad or speech (gather prompt, note or "
        "variable; hold prompts may name the PIN only under `awaiting_pin`)",
    ),
    cases={
        "": Words(
            message=Bilingual(
                ja="暗証番号、パスワード、個人番号を尋ねているようです: {name}。",
                en="the caller seems to be asked for a PIN, password or My Number: {name}.",
            ),
            hint=Bilingual(
                ja="電話では決して尋ねません。暗証番号はアプリだけに入れます。",
                en="Never ask for them on the phone; the PIN belongs into the app only.",
            ),
        ),
    },
    checks={Needs.FILES: check, Needs.PARTS: _names},
)
