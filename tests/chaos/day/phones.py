"""The residents' smartphones, which the service knows from before this day: there is a limit to how
many new ones may come from one address."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Final

import httpx2

from identity.installations.model import Installation
from tests.chaos.people.notebook import Notebook
from tests.chaos.people.smartphone import Smartphone
from tests.chaos.run import FRIENDS, card_of
from tests.chaos.town.household import Household
from tests.chaos.town.town import Town

Phones = Mapping[str, tuple[Smartphone, ...]]
_CLOCKS: Final = (*(0.0,) * 11, 600.0)
"""Seconds by which they are wrong."""


async def bought(
    town: Town, home: Household, notes: Notebook, http: httpx2.AsyncClient, random: Random
) -> Phones:
    """By the resident's number: their own, and those of friends."""
    phones = {
        who.number: tuple(
            Smartphone(
                http,
                notes,
                origin=town.base,
                card=card_of(town, who),
                clock_off=random.choice(_CLOCKS),
            )
            for _ in range(1 + FRIENDS)
        )
        for who in town.people.callers
    }
    kept = home.stores()
    try:
        for one in (phone for each in phones.values() for phone in each):
            installed = Installation(
                id=one.installation,
                public_jwk=one.key.public_jwk,
                platform="other",
                app_version="1.0.0",
                registered_at=datetime.now(UTC),
            )
            await kept.installations.register(installed)
    finally:
        await kept.close()
    return phones
