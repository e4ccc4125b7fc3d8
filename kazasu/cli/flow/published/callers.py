"""Who else calls the sub-flows of a flow that is being published: no change breaks them silently.

Each main flow is published with its own copy of its sub-flows. The calls of the others go on with
the copy they have, until they are published themselves: then a change that they do not stand would
come to light, at a time when nobody thinks of it any more.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.flow_library.model import LIVE, Alias
from kazasu.cli.flow.named_flows import problems, with_tests
from kazasu.wiring.flow_files.opened_folder import Draft, OpenedFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Another main flow of the folder. `shared`: the sub-flows that both call. `problem` is the
    first thing that keeps it from being published, "" when nothing does."""

    flow_id: str
    shared: tuple[str, ...]
    version: str
    problem: str

    @property
    def row(self) -> Mapping[str, str]:
        """As sentences and JSON tell of it."""
        return {"flow": self.flow_id, "shared": ", ".join(self.shared), "problem": self.problem}

    def behind(self, aliases: Collection[Alias]) -> bool:
        """Whether its calls have another version than its files."""
        mine = [one for one in aliases if (one.flow_id, one.name) == (self.flow_id, LIVE)]
        return any(one.version not in ("", self.version) for one in mine)


def callers(opened: OpenedFolder, draft: Draft, spoken: str) -> Sequence[Caller]:
    """Of the folder as it is now."""
    return tuple(_callers(opened, draft, spoken))


def _callers(opened: OpenedFolder, draft: Draft, spoken: str) -> Iterator[Caller]:
    mine = _subflows(draft)
    for flow_id in opened.flow_ids if mine else ():
        if flow_id == draft.flow_id:
            continue
        other = opened.draft(flow_id)
        if shared := tuple(sorted(mine & _subflows(other))):
            yield Caller(
                flow_id=flow_id,
                shared=shared,
                version=other.flow.version if other.flow is not None else "",
                problem=next(problems(with_tests(opened, other), spoken), ""),
            )


def _subflows(draft: Draft) -> frozenset[str]:
    return frozenset(draft.whole.bodies) - {draft.flow_id} if draft.whole else frozenset()
