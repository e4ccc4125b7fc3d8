"""A few hundred inputs for each entry, the same ones every time; `make fuzz` goes on from there."""

import pytest

from tests.fuzz.entries import ENTRIES, Believed, Entry
from tests.fuzz.mutating import inputs


@pytest.mark.parametrize("name", ENTRIES)
def test_no_input_of_the_smoke_run_is_a_fault(name: str) -> None:
    entry = ENTRIES[name]
    for data in inputs(entry.seeds(), 400, seed=7):
        entry.run(data)


def test_the_same_seed_draws_the_same() -> None:
    seeds = [b"0123456789", b"abcdefghij"]
    assert list(inputs(seeds, 50, seed=3)) == list(inputs(seeds, 50, seed=3))
    assert len(set(inputs(seeds, 50, seed=3))) > 40


@pytest.mark.parametrize("name", ["certificate", "revocation_list"])
def test_an_entry_tells_what_is_believed_from_what_was_made(name: str) -> None:
    """Were a forged input accepted, the entry would say so: a seed that is hidden from it does."""
    entry = ENTRIES[name]
    good = entry.seeds()[0]
    entry.run(good)
    with pytest.raises(Believed):
        _forgetful(entry, good)


def _forgetful(entry: Entry, good: bytes) -> None:
    class Unknown(bytes):
        """The same octets, which compare as unlike any that were made."""

        __hash__ = bytes.__hash__

        def __eq__(self, other: object) -> bool:
            return False

    entry.run(Unknown(good))
