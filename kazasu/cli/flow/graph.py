"""`kazasu flow graph`: the flow as a picture, for a page (Mermaid) or by itself (SVG)."""

import json
from dataclasses import asdict
from pathlib import Path

from ivr.flow_library.drawing.graph import panels
from ivr.flow_library.drawing.mermaid import mermaid
from ivr.flow_library.drawing.svg import svg
from kazasu.cli.flow.deployment import main_flow
from kazasu.cli.flow.language import language
from kazasu.cli.flow.words import said
from kazasu.complaints import complain
from kazasu.said import say
from kazasu.wiring import flows


def graph(*, file: str, as_svg: bool, to: str, as_json: bool, lang: str) -> int:
    """1 when the flow has errors, 2 for a path that is no main flow."""
    spoken = language(lang)
    place = main_flow(file)
    if place is None:
        say(said("not_main", spoken, file=file))
        return 2
    with complain():
        draft = flows.draft(*place)
        if draft.flow is None:
            for finding in draft.findings:
                say(finding.render(spoken))
            return 1
        drawn = panels(draft.flow)
        if as_json:
            text = json.dumps([asdict(one) for one in drawn], ensure_ascii=False, indent=2) + "\n"
        else:
            text = svg(drawn) if as_svg else mermaid(drawn)
        if to:
            Path(to).write_text(text, encoding="utf-8")
        else:
            print(text, end="")
        return 0
    return 2
