"""We and two judges that share no code with us, over the same certificates.

`make judges` does the same with thousands; here are a few hundred, the same ones every time.
"""

from tests.identity.jpki.bad.issuers import ISSUERS
from tests.identity.jpki.bad.keys import KEYS
from tests.identity.jpki.bad.profile import PROFILE
from tests.identity.jpki.differential.comparing import compare
from tests.identity.jpki.differential.explained import ACCEPTED_BY_US, REFUSED_BY_US
from tests.identity.jpki.differential.generated import MISTAKES, Drawn, draw
from tests.identity.jpki.synthetic import NOW

DRAWN = list(draw(seed=2026, count=300))


async def test_every_disagreement_is_explained() -> None:
    compared = await compare(DRAWN)
    assert compared.faults == []
    # The comparison would be worth little if most certificates were refused by everybody.
    assert min(compared.agreed["accepted"], compared.agreed["refused"]) > 100
    assert {said for _, said, _ in compared.explained} >= {"accepted", "key_usage", "leaf_subject"}


async def test_every_named_mistake_is_refused_by_all_or_explained() -> None:
    bad = {**ISSUERS, **PROFILE, **KEYS}
    named = [
        Drawn(purpose="auth", at=NOW, der=make(), drawn=(name,))
        for name, (_, make) in bad.items()
        if "signature leaf" not in name and "among the attributes" not in name
    ]
    compared = await compare(named)
    assert compared.faults == []
    assert compared.agreed["accepted"] == 0


def test_all_mistakes_are_drawn() -> None:
    seen = {one.partition(":")[0] for drawn in DRAWN for one in drawn.drawn}
    assert seen == set(MISTAKES)


def test_what_others_refuse_and_we_accept_is_a_short_list() -> None:
    """Each of them would be a false acceptance if its reason did not hold."""
    assert {judge: len(reasons) for judge, reasons in ACCEPTED_BY_US.items()} == {
        "certvalidator": 0,
        "openssl": 1,
    }
    assert set(REFUSED_BY_US) == set(ACCEPTED_BY_US)
