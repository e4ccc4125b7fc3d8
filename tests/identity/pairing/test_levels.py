"""The badge, row by row of the design's table, and over every combination."""

from itertools import product

import pytest

from identity.pairing.levels import Badge, BindingLevel, IdentityLevel, Knowledge, badge
from identity.pairing.outcomes import (
    AFTERWARDS,
    ALARMS,
    CANCELLED,
    COMPLETE,
    PENDING,
    Hint,
    Status,
    status_of,
)

HINTS = [hint for hint in Hint if hint not in AFTERWARDS]
AUTH, SIGN = IdentityLevel.ID_CARD_AUTH, IdentityLevel.ID_CARD_SIGN
CHOICE, DEVICE, CODE = (
    BindingLevel.BIND_CHOICE,
    BindingLevel.BIND_DEVICE,
    BindingLevel.BIND_CODE,
)
NOTHING, LINE, APP = Knowledge(), Knowledge(line_known=True), Knowledge(device_known=True)
OFF = Knowledge(line_or_device_required=False)


@pytest.mark.parametrize(
    ("hint", "identity", "binding", "knowledge", "expected"),
    [
        (Hint.VERIFIED, AUTH, CHOICE, LINE, Badge.GREEN),
        (Hint.VERIFIED, SIGN, CHOICE, LINE, Badge.GREEN),
        (Hint.VERIFIED_MULTIPLE_CONTRACTS, AUTH, CHOICE, LINE, Badge.GREEN),
        (Hint.VERIFIED, AUTH, DEVICE, LINE, Badge.GREEN),
        (Hint.VERIFIED, AUTH, DEVICE, APP, Badge.GREEN),
        (Hint.VERIFIED, AUTH, CHOICE, OFF, Badge.GREEN),
        (Hint.VERIFIED, AUTH, CHOICE, NOTHING, Badge.AMBER),
        (Hint.VERIFIED, AUTH, CHOICE, APP, Badge.AMBER),
        (Hint.VERIFIED, AUTH, DEVICE, NOTHING, Badge.AMBER),
        (Hint.VERIFIED, AUTH, CODE, LINE, Badge.AMBER),
        (Hint.VERIFIED, AUTH, CODE, OFF, Badge.AMBER),
        (Hint.VERIFIED_NO_CONTRACT, AUTH, DEVICE, LINE, Badge.AMBER),
        (Hint.LEVEL_NOT_REACHED, AUTH, CHOICE, LINE, Badge.AMBER),
        (Hint.LEVEL_NOT_REACHED, IdentityLevel.ID_NONE, CHOICE, LINE, Badge.GREY),
        (Hint.PERSON_MISMATCH, AUTH, DEVICE, LINE, Badge.GREY),
        (Hint.CERTIFICATE_REVOKED, IdentityLevel.ID_NONE, CHOICE, LINE, Badge.GREY),
        (Hint.CALLER_SKIPPED, IdentityLevel.ID_NONE, CHOICE, LINE, Badge.GREY),
        (Hint.AWAITING_CARD, IdentityLevel.ID_NONE, CHOICE, LINE, Badge.CHECKING),
        (Hint.WRONG_CHOICE, AUTH, DEVICE, LINE, Badge.RED),
    ],
)
def test_each_row(
    hint: Hint,
    identity: IdentityLevel,
    binding: BindingLevel,
    knowledge: Knowledge,
    expected: Badge,
) -> None:
    found = badge(
        status=status_of(hint),
        hint=hint,
        identity=identity,
        binding=binding,
        knowledge=knowledge,
    )
    assert found is expected


def test_what_green_never_is() -> None:
    knowledge = [
        Knowledge(line_known=a, device_known=b) for a, b in product([True, False], repeat=2)
    ]
    for hint, identity, binding, known in product(HINTS, IdentityLevel, BindingLevel, knowledge):
        found = badge(
            status=status_of(hint),
            hint=hint,
            identity=identity,
            binding=binding,
            knowledge=known,
        )
        if found is Badge.GREEN:
            assert hint in COMPLETE - {Hint.VERIFIED_NO_CONTRACT}
            assert identity >= AUTH
            assert binding >= CHOICE
            assert known.line_known or (known.device_known and binding is DEVICE)
        assert (found is Badge.RED) is (hint in ALARMS)
        assert (found is Badge.CHECKING) is (hint in PENDING)


@pytest.mark.parametrize("hint", HINTS)
def test_repudiated_is_red_whatever_it_was(hint: Hint) -> None:
    found = badge(
        status=status_of(hint),
        hint=hint,
        identity=SIGN,
        binding=DEVICE,
        knowledge=LINE,
        repudiated=True,
    )
    assert found is Badge.RED


@pytest.mark.parametrize("hint", HINTS)
def test_revoked_since_nothing_but_an_alarm_or_an_open_check_is_coloured(hint: Hint) -> None:
    found = badge(
        status=status_of(hint),
        hint=hint,
        identity=SIGN,
        binding=DEVICE,
        knowledge=LINE,
        revoked=True,
    )
    other = {Badge.RED: ALARMS, Badge.CHECKING: PENDING}
    assert found is next((shown for shown, hints in other.items() if hint in hints), Badge.GREY)


def test_every_hint_has_one_status() -> None:
    for hint in HINTS:
        groups = [hint in PENDING, hint in COMPLETE, hint in CANCELLED]
        assert sum(groups) <= 1
        assert (status_of(hint) is Status.FAILED) is (sum(groups) == 0)
    for hint in AFTERWARDS:
        with pytest.raises(ValueError, match=hint.value):
            status_of(hint)
