"""The four schemas as documents, from one description."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_schemas.described import Names, Schema
from ivr.flow_schemas.flow import flow
from ivr.flow_schemas.prompts import prompts
from ivr.flow_schemas.site import site
from ivr.flow_schemas.tests import tests_file

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
TITLES: Final = {
    "site": "ivr-site/1",
    "flow": "ivr-flow/1",
    "prompts": "ivr-prompts/1",
    "tests": "ivr-tests/1",
}


def schemas(names: Names) -> Mapping[str, Schema]:
    """By site, flow, prompts, tests: the kinds of files of a flows folder."""
    found = {
        "site": site(names),
        "flow": flow(names),
        "prompts": prompts(),
        "tests": tests_file(names),
    }
    return {
        name: {"$schema": DRAFT, "title": TITLES[name], **schema} for name, schema in found.items()
    }
