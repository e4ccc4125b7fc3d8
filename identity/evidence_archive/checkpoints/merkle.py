"""Merkle trees over row hashes, pure: the hashing of RFC 6962 (2.1), with SHA-256.

A leaf is hashed behind a zero byte and a node behind a one, so that none can stand for the other.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

EMPTY = hashlib.sha256().digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step from a leaf up to the root: the neighbour's hash, and on which side it stands."""

    sibling: bytes
    on_the_left: bool


def leaf(row_hash: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + row_hash).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(row_hashes: Sequence[bytes]) -> bytes:
    """32 bytes; of no rows, the hash of nothing."""
    if not row_hashes:
        return EMPTY
    level = [leaf(one) for one in row_hashes]
    while len(level) > 1:
        pairs = [node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        # An odd one out goes up as it is: the same tree as RFC 6962's split at a power of two.
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]


def path(row_hashes: Sequence[bytes], place: int) -> tuple[Step, ...]:
    """From the leaf at `place` (from 0) to the root. IndexError outside."""
    if not 0 <= place < len(row_hashes):
        raise IndexError(place)
    steps: list[Step] = []
    level, at = [leaf(one) for one in row_hashes], place
    while len(level) > 1:
        beside = at ^ 1
        if beside < len(level):
            steps.append(Step(sibling=level[beside], on_the_left=beside < at))
        pairs = [node(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = pairs + (level[-1:] if len(level) % 2 else [])
        at //= 2
    return tuple(steps)


def climb(row_hash: bytes, steps: Sequence[Step]) -> bytes:
    """The root that a path leads to."""
    at = leaf(row_hash)
    for step in steps:
        at = node(step.sibling, at) if step.on_the_left else node(at, step.sibling)
    return at
