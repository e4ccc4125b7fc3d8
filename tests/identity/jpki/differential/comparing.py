"""Ask all three about the same certificates and tell where they differ."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from identity.jpki.refusals import Code, Refusal
from tests.identity.jpki.differential.explained import Judge, explains
from tests.identity.jpki.differential.generated import Drawn
from tests.identity.jpki.differential.judges import certvalidator, openssl
from tests.identity.jpki.gates import judge


@dataclass(slots=True, kw_only=True)
class Compared:
    """`agreed` counts (accepted or refused); `explained` (judge, our code or "accepted", reason);
    `faults` say what nobody has explained."""

    agreed: Counter[str] = field(default_factory=Counter)
    explained: Counter[tuple[Judge, str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, judge_name: Judge, one: Drawn, code: Code | None, accepts: bool) -> None:
        if accepts is (code is None):
            self.agreed["accepted" if accepts else "refused"] += 1
            return
        reason = explains(judge_name, one, code)
        said = "accepted" if code is None else code.value
        if reason is None:
            ours = f"we say {said}, {judge_name} {'accepts' if accepts else 'refuses'}"
            self.faults.append(f"{ours}: {one.purpose} leaf, {' + '.join(one.drawn)}")
        else:
            self.explained[judge_name, said, reason] += 1


async def compare(drawn: Sequence[Drawn]) -> Compared:
    compared = Compared()
    with tempfile.TemporaryDirectory() as folder:
        accepted = openssl(drawn, Path(folder))
    for one, by_openssl in zip(drawn, accepted, strict=True):
        ours = judge(one.der, at=one.at)
        code = ours.code if isinstance(ours, Refusal) else None
        compared.add("openssl", one, code, by_openssl)
        compared.add("certvalidator", one, code, await certvalidator(one) is None)
    return compared
