"""TwiML text to elements, refusing what no document of ours may hold."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from stand_ins.carrier.webhooks import problems
from stand_ins.carrier.webhooks.problems import WebhookProblem

XML_TYPES = ("text/xml", "application/xml", "text/html")


class _NoDoctype(TreeBuilder):
    """Without a document type there are no entities to expand."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise WebhookProblem(problems.UNPARSEABLE, "a document type is not accepted")


def parse(text: str) -> list[Element]:
    """The verbs of one document. Raises WebhookProblem (12100, 12200)."""
    parser = XMLParser(target=_NoDoctype())  # noqa: S314 - document types are refused above
    try:
        parser.feed(text.lstrip())
        root = parser.close()
    except ParseError as error:
        raise WebhookProblem(problems.UNPARSEABLE, str(error)) from error
    if root.tag != "Response":
        raise WebhookProblem(problems.NOT_THE_SCHEMA, "the root element is not Response")
    return list(root)


def check_content_type(content_type: str) -> None:
    """Raises WebhookProblem 12300 for anything but XML."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in XML_TYPES:
        raise WebhookProblem(problems.CONTENT_TYPE, kind or "none given")


def outline(verbs: list[Element]) -> str:
    """The document in one line: `Say, Gather(Say, Pause)`."""
    return ", ".join(v.tag + (f"({outline(list(v))})" if len(v) else "") for v in verbs) or "empty"
