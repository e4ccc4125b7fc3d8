"""The commands `kazasu holders ...`."""

from typing import Annotated

import typer

from kazasu.cli.loading import run
from kazasu.cli.options import Json

holders = typer.Typer(no_args_is_help=True, help="Contract holders.")
COMMANDS = "kazasu.cli.holders.commands"
Contract = Annotated[str, typer.Argument(help="The contract; else --phone.")]
Phone = Annotated[str, typer.Option(help="The contract with this telephone number.")]


@holders.command("import")
def holders_import(file: str) -> None:
    """Import a CSV file, all rows or none: contract_ref,display_name,phones and, where wished,
    person_id,birth_date,address,former_addresses."""
    run("kazasu.cli.holders.importing", "import_file", file=file)


@holders.command("enroll")
def holders_enroll(contract: Contract = "", phone: Phone = "") -> None:
    """Tie a person to a contract by a tap with the signature certificate.

    An operator signs in and gets a code; the customer taps with it, in the app or by `kazasu card
    tap` at a reader. Name, birth date and address are compared with the contract. Where the texts
    do not decide it, a second operator approves, now or within a week.
    """
    run(COMMANDS, "enroll", contract=contract, phone=phone)


@holders.command("check")
def holders_check(
    contract: Annotated[
        str, typer.Argument(help="The contract that has to be the customer's, if any.")
    ] = "",
    phone: Phone = "",
    sign: Annotated[
        bool, typer.Option("--sign", help="By the signature certificate; else authentication.")
    ] = False,
    purpose: Annotated[
        str, typer.Option(help="What for: a name among the site's purposes.", show_default=False)
    ] = "",
) -> None:
    """Check who somebody at a desk is, without a call: an operator signs in and gets a code."""
    run(COMMANDS, "check", contract=contract, phone=phone, sign=sign, purpose=purpose)


@holders.command("approve")
def holders_approve(
    enrolment: Annotated[str, typer.Argument(help="Which one; else all that wait.")] = "",
    decline: Annotated[bool, typer.Option("--decline", help="Decline it instead.")] = False,
    json: Json = False,
) -> None:
    """Enrolments that wait for a second person: list them, approve one, decline one.

    Who began an enrolment does not approve it. Revocation and the contract are looked at again.
    """
    run(COMMANDS, "approve", enrolment=enrolment, decline=decline, as_json=json)


@holders.command("link")
def holders_link(contract: str, person: str) -> None:
    """Give a contract to a person who is enrolled for another one: two operators sign in."""
    run(COMMANDS, "link", contract=contract, person=person)


@holders.command("unlink")
def holders_unlink(contract: str) -> None:
    """Undo a wrong tie: the contract is nobody's again. Two operators sign in."""
    run(COMMANDS, "unlink", contract=contract)


@holders.command("lift")
def holders_lift(
    contract: Annotated[str, typer.Argument(help="The contract; else --person.")] = "",
    person: Annotated[
        str, typer.Option(help="The person's id, as evidence has it.", show_default=False)
    ] = "",
) -> None:
    """Let a card prove again that is held because its holder said "that wasn't me": two operators
    sign in. Else it is held for a day."""
    run(COMMANDS, "lift", contract=contract, person=person)


@holders.command("show")
def holders_show(contract: str, json: Json = False) -> None:
    """Whether somebody is enrolled for a contract. Shows no name, number or address."""
    run("kazasu.cli.holders.showing", "show", contract=contract, as_json=json)
