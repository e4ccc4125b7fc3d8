"""What a look at one part of a deployment found, in Japanese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bilingual.text import Bilingual

State = Literal["ok", "warning", "problem"]
Part = Literal[
    "settings",
    "database",
    "disk",
    "redis",
    "sealing keys",
    "evidence",
    "roots",
    "content type",
    "revocation",
    "linkage",
    "flows",
    "lookups",
    "number",
    "fallback",
    "live flows",
    "voices",
    "public URL",
    "webhooks",
    "clock",
    "Twilio",
    "Twilio number",
    "Twilio account",
    "Twilio addresses",
]
PARTS_JA: Final[Mapping[Part, str]] = {
    "settings": "設定",
    "database": "データベース",
    "disk": "ディスク",
    "redis": "Redis",
    "sealing keys": "封をする鍵",
    "evidence": "証跡",
    "roots": "ルート証明書",
    "content type": "署名の種類",
    "revocation": "失効リスト",
    "linkage": "紐付け情報",
    "flows": "フロー",
    "lookups": "照会",
    "number": "電話番号",
    "fallback": "フォールバック",
    "live flows": "公開中のフロー",
    "voices": "音声",
    "public URL": "公開アドレス",
    "webhooks": "Webhook",
    "clock": "時計",
    "Twilio": "Twilio",
    "Twilio number": "Twilio の番号",
    "Twilio account": "Twilio のアカウント",
    "Twilio addresses": "Twilio のアドレス",
}
NOTHING: Final = Bilingual(ja="", en="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`do` says what to do about it; it is empty only when all is well."""

    part: Part
    state: State
    says: Bilingual
    do: Bilingual = NOTHING

    def document(self) -> dict[str, str]:
        """For programs: in English, whatever the terminal speaks."""
        return {"part": self.part, "state": self.state, "says": self.says.en, "do": self.do.en}

    def part_in(self, language: str) -> str:
        return Bilingual(ja=PARTS_JA[self.part], en=self.part).of(language)


def problem(part: Part, says: Bilingual, do: Bilingual) -> Finding:
    return Finding(part=part, state="problem", says=says, do=do)


def good(part: Part, says: Bilingual) -> Finding:
    return Finding(part=part, state="ok", says=says)
