"""`kazasu flow watch FILE`: findings, tests, picture and schemas, anew whenever a file is saved."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from ivr.flow_library.drawing.graph import panels
from ivr.flow_library.drawing.svg import svg
from ivr.flow_library.folder import flow_folder
from kazasu.cli.flow.language import language
from kazasu.cli.flow.named_flows import main_flow, problems, with_tests
from kazasu.cli.flow.schema import write_schemas
from kazasu.cli.flow.words import said
from kazasu.deployment_errors import complain
from kazasu.error_lines import say
from kazasu.wiring.flow_files.opened_folder import open_folder

DRAWN: Final = ".drawn"
SCHEMAS: Final = ".schemas"
_EVERY: Final = 0.3  # seconds: files are looked at as the service looks at them, by their marks


def watch(*, file: str, once: bool, lang: str) -> int:
    """Until Ctrl-C. With `once` a single look: 1 when something is wrong; 2 for wrong use."""
    spoken = language(lang)
    place = main_flow(file)
    if place is None:
        say(said("not_main", spoken, file=file))
        return 2
    folder, flow_id = place
    with complain():
        if once:
            return 0 if look(folder, flow_id, spoken) else 1
        _, changed = flow_folder(folder)
        try:
            for _ in saved(changed, lambda: time.sleep(_EVERY)):
                print(f"{datetime.now().astimezone():%H:%M:%S} {file}", flush=True)
                look(folder, flow_id, spoken)
        except KeyboardInterrupt:
            return 0
    return 2


def saved(changed: Callable[[], object], pause: Callable[[], None]) -> Iterator[None]:
    """Once at the beginning, then whenever the mark is another one."""
    mark: object = None
    first = True
    while True:
        now = changed()
        if first or now != mark:
            first, mark = False, now
            yield
        pause()


def look(folder: Path, flow_id: str, spoken: str) -> bool:
    """One round; False when something is wrong. The picture stays the last good one then."""
    opened = open_folder(folder)
    draft = opened.draft(flow_id)
    for finding in draft.findings:
        print(f"  {finding.render(spoken)}")
    if draft.flow is None:
        print(f"  {said('last_good', spoken)}", flush=True)
        return False
    lines = list(problems(with_tests(opened, draft), spoken))
    for line in lines:
        print(f"  {line}")
    picture = folder / DRAWN / f"{flow_id}.svg"
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(svg(panels(draft.flow)), encoding="utf-8")
    write_schemas(folder, folder / SCHEMAS)
    words = said("tests_fail_here" if lines else "all_good", spoken, picture=picture)
    print(f"  {words}", flush=True)
    return not lines
