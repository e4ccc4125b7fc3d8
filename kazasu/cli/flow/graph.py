"""`kazasu flow graph`: the flow as a picture, for a page (Mermaid) or by itself (SVG)."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from identity.tenants.model import Tenant
from ivr.flow_library.drawing.counting import counts
from ivr.flow_library.drawing.graph import Panel, panels
from ivr.flow_library.drawing.mermaid import mermaid
from ivr.flow_library.drawing.svg import svg
from kazasu.cli.flow.deployment import demo_settings
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import main_flow
from kazasu.cli.flow.words import said
from kazasu.cli.opened import with_stores
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.settings.model import Settings
from kazasu.wiring.flow_files.opened_folder import open_folder
from kazasu.wiring.stores import Stores

_MOST: Final = 10_000  # calls that are counted, the latest


def graph(
    *, file: str, as_svg: bool, counted: bool, to: str, data: str, as_json: bool, lang: str
) -> int:
    """1 when the flow has errors, 2 for a path that is no main flow, 3 without the database."""
    spoken = language(lang)
    place = main_flow(file)
    if place is None:
        say(said("not_main", spoken, file=file))
        return 2
    with complain():
        folder, flow_id = place
        draft = open_folder(folder).draft(flow_id)
        flow = draft.flow
        if flow is None:
            for finding in draft.findings:
                say(finding.render(spoken))
            return 1
        if not counted:
            return _write(panels(flow), to, as_svg=as_svg, as_json=as_json)

    async def work(settings: Settings, tenant: Tenant, kept: Stores) -> int:
        logs = await kept.call_logs.of_flow(tenant.id, flow.main.id, _MOST)
        drawn = panels(flow, counts(flow, (log.entries for log in logs)))
        return _write(drawn, to, as_svg=as_svg, as_json=as_json)

    return with_stores(work, demo_settings(data, folder))


def _write(drawn: Sequence[Panel], to: str, *, as_svg: bool, as_json: bool) -> int:
    if as_json:
        text = json.dumps([asdict(one) for one in drawn], ensure_ascii=False, indent=2) + "\n"
    else:
        text = svg(drawn) if as_svg else mermaid(drawn)
    if to:
        Path(to).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0
