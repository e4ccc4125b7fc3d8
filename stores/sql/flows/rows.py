"""Values of the flow library as rows: each field by its name, a tuple as a JSON list."""

from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Row

from ivr.flow_library.model import Move, Proposal, Publication

Kept = TypeVar("Kept", Move, Proposal, Publication)


def columns(one: Move | Proposal | Publication) -> dict[str, Any]:
    """What to insert, beside the tenant."""
    values = {field.name: getattr(one, field.name) for field in fields(one)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def read(kind: type[Kept], row: Row[Any]) -> Kept:
    found = {field.name: getattr(row, field.name) for field in fields(kind)}
    values: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in found.items()}
    return kind(**values)
