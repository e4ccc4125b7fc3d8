"""`kazasu holders link|unlink|lift`: by the word of two, without a card."""

from dataclasses import replace
from datetime import timedelta

from identity.pairing.model import PersonId
from tests.identity.pairing.world import CARD, TENANT
from tests.kazasu.cli.holders.office import HANAKO, Office, Sitter, text


async def test_a_further_contract_by_the_word_of_two() -> None:
    office = Office()
    await office.world.hold(CARD, "p-9", "K-9")
    for logins, done in (((), False), (("sato",), False), (("sato", "suzuki"), True)):
        assert await office.desk(Sitter(*logins)).link("K-1", "p-9") is done
        assert office.person == ("p-9" if done else "")
    for contract, person, last in (
        ("K-1", "p-9", text("desk.outcome.already_enrolled")),
        ("K-none", "p-9", text("problem.nobody")),
        ("K-9", "p-none", text("problem.nobody")),
    ):
        sitter = Sitter("sato", "suzuki")
        await office.desk(sitter).link(contract, person)
        assert sitter.said[-1] == last


async def test_a_wrong_tie_is_undone_by_the_word_of_two() -> None:
    office = Office()
    await office.world.hold(CARD, "p-9", "K-9")
    gone = "K-9 is no longer tied to p-9, whose cards stay theirs"
    for logins, done, last in (
        ((), False, "Stopped."),
        (("sato",), False, "Stopped."),
        (("sato", "sato"), False, "The second person has to be another one."),
        (("sato", "suzuki"), True, gone),
        (("sato", "suzuki"), False, text("problem.others_contract")),
    ):
        sitter = Sitter(*logins)
        assert await office.desk(sitter).unlink("K-9", "p-9") is done
        assert sitter.said[-1] == last


async def test_t11_a_held_card_is_let_go_by_the_word_of_two() -> None:
    office = Office(replace(HANAKO, person="p-hanako"))
    world, person = office.world, PersonId("p-hanako")
    await world.hold(CARD, person, "K-1")
    await world.card_holds.hold(TENANT.id, person, until=world.clock.at + timedelta(hours=24))
    for logins, done, last in (
        ((), False, "Stopped."),
        (("sato",), False, "Stopped."),
        (("sato", "sato"), False, "The second person has to be another one."),
        (("sato", "suzuki"), True, "The card is held no more: it proves again."),
        (("sato", "suzuki"), False, "No card of theirs is held."),
    ):
        held = bool(await world.card_holds.held(TENANT.id, person))
        sitter = Sitter(*logins)
        assert await office.desk(sitter).lift(person) is done
        assert sitter.said[-1] == last
        assert bool(await world.card_holds.held(TENANT.id, person)) is (held and not done)
    (record,) = world.card_holds.records
    assert record.header["approved_by"] == "sato, suzuki"
