"""All that `kazasu fallback` needs: it must start when nothing else does."""

from typing import Final

from pydantic_settings import BaseSettings

from kazasu.settings.named import CONFIG, named

A_NUMBER: Final = "must be a number like +81312345678"
_E164: Final = r"^\+[1-9][0-9]{6,14}$"


class FallbackSettings(BaseSettings):
    model_config = CONFIG

    fallback_number: str = named("KAZASU_FALLBACK_NUMBER", pattern=_E164, form=A_NUMBER)
    voice: str = named("KAZASU_FALLBACK_VOICE", default="Polly.Kazuha-Neural")
