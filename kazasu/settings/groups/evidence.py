"""Settings of the evidence archive: who stamps it, where copies go, how long contents are kept."""

import re
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from identity.evidence_archive.retention.rules import DEFAULT, parse
from kazasu.settings.named import named
from kazasu.settings.values import address

_OID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]*)){2,}", re.ASCII)


class EvidenceSettings(BaseSettings):
    time_stamp_urls: Annotated[tuple[str, ...], NoDecode] = named(
        "KAZASU_TIME_STAMP_URLS", default=()
    )
    time_stamp_roots_dir: Path | None = named("KAZASU_TIME_STAMP_ROOTS_DIR", default=None)
    time_stamp_policies: Annotated[tuple[str, ...], NoDecode] = named(
        "KAZASU_TIME_STAMP_POLICIES", default=()
    )
    evidence_copies_dir: Path | None = named("KAZASU_EVIDENCE_COPIES_DIR", default=None)
    evidence_keep: str = named("KAZASU_EVIDENCE_KEEP", default=DEFAULT)
    evidence_keys_file: Path | None = named("KAZASU_EVIDENCE_KEYS_FILE", default=None)

    @field_validator("time_stamp_urls", "time_stamp_policies", mode="before")
    @classmethod
    def _with_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("time_stamp_urls")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Also without TLS: the answer is signed, and what is asked is a hash."""
        return tuple(address(one) for one in value)

    @field_validator("time_stamp_policies")
    @classmethod
    def _oids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _OID.fullmatch(one) for one in value):
            raise ValueError("must be object identifiers such as 1.2.3.4, with commas between")
        return value

    @field_validator("evidence_keep")
    @classmethod
    def _rules(cls, value: str) -> str:
        parse(value)
        return value

    @model_validator(mode="after")
    def _roots_of_authorities(self) -> Self:
        if self.time_stamp_urls and self.time_stamp_roots_dir is None:
            raise ValueError("KAZASU_TIME_STAMP_URLS needs KAZASU_TIME_STAMP_ROOTS_DIR")
        return self
