"""The page of all rules, `docs/lint-rules.md`, in either language."""

from typing import Final

from ivr.flow_linter.catalogue import RULES
from ivr.flow_linter.rule import Rule, Words

_HEAD: Final = {
    "en": """# Lint rules

[日本語](lint-rules.ja.md)

`kazasu flow lint` checks flows by these rules. An error (E) keeps a flow from being published, and
a saved file from being served. A warning (W) does neither; it is accepted by a comment at the end
of its line, with the reason: `# allow P006 four desks, as agreed`. An error is never accepted.

What stands in braces is filled in where the rule is told. This page is written from the rules
themselves, and a test holds it to them.
""",
    "ja": """# フローの検査規則

[English](lint-rules.md)

`kazasu flow lint` はこの規則でフローを検査します。エラー (E) があるフローは公開できず、
保存しても通話には使われません。警告 (W) はどちらも妨げません。
行の終わりに理由を添えて `# allow P006 合意により窓口は四つ` と書くと、その行の警告を許可できます。
エラーは許可できません。

かっこ { } の中には、指摘のときに実際の値が入ります。
このページは規則そのものから書き出したもので、テストが両者の一致を確かめています。
""",
}
_COLUMNS: Final = {
    "en": "| what it says | what to do |",
    "ja": "| 指摘 | 直し方 |",
}
_FAMILIES: Final = {
    "F": ("Form", "書式"),
    "G": ("Paths", "道すじ"),
    "O": ("Outcomes and identity checks", "出口と本人確認"),
    "E": ("Expressions", "式"),
    "P": ("Prompts", "プロンプト"),
    "T": ("The carrier", "電話会社"),
    "H": ("Hours, people and time", "営業時間、担当者、時間"),
    "S": ("Secrets and personal data", "秘密と個人情報"),
    "X": ("Tests", "テスト"),
    "A": ("Accepted warnings", "許可した警告"),
}


def rules_page(language: str) -> str:
    """Markdown; `language` is `en` or `ja`."""
    parts = [_HEAD[language]]
    family = ""
    for rule in RULES:
        if rule.code[0] != family:
            family = rule.code[0]
            parts.append(f"## {_FAMILIES[family][language == 'ja']}\n")
        parts.append(_section(rule, language))
    return "\n".join(parts)


def _section(rule: Rule, language: str) -> str:
    lines = [f"### {rule.code} {rule.severity.value}", "", rule.title.of(language), ""]
    lines += [_COLUMNS[language], "| --- | --- |"]
    lines += [_row(words, language) for words in rule.cases.values()]
    return "\n".join(lines) + "\n"


def _row(words: Words, language: str) -> str:
    return f"| {_cell(words.message.of(language))} | {_cell(words.hint.of(language))} |"


def _cell(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}").replace("|", "\\|")
