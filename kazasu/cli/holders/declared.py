"""The commands `kazasu holders ...`."""

from typing import Annotated

import typer

from kazasu.cli.loading import run
from kazasu.cli.options import DeskKey, Json, Reader, Wait

holders = typer.Typer(no_args_is_help=True, help="Contract holders.")


@holders.command("import")
def holders_import(file: str) -> None:
    """Import a CSV file, all rows or none: contract_ref,display_name,phones and, where wished,
    person_id,birth_date,address,former_addresses."""
    run("kazasu.cli.holders.importing", "import_file", file=file)


@holders.command("enroll")
def holders_enroll(
    contract: Annotated[str, typer.Argument(help="The contract; else --phone.")] = "",
    phone: Annotated[str, typer.Option(help="The contract with this telephone number.")] = "",
    reader: Reader = "",
    device_key: DeskKey = "",
    wait: Wait = 60,
) -> None:
    """Tie a person to a contract by a tap with the signature certificate, at a desk.

    Name, birth date and address of the certificate are compared with the contract. Where the texts
    do not decide it, a second operator has to approve.
    """
    run(
        "kazasu.cli.holders.enrolling",
        "enroll",
        contract=contract,
        phone=phone,
        reader=reader,
        device_key=device_key,
        wait=wait,
    )


@holders.command("link")
def holders_link(contract: str, person: str) -> None:
    """Give a contract to a person who is enrolled for another one: two operators sign in."""
    run("kazasu.cli.holders.enrolling", "link", contract=contract, person=person)


@holders.command("show")
def holders_show(contract: str, json: Json = False) -> None:
    """Whether somebody is enrolled for a contract. Shows no name, number or address."""
    run("kazasu.cli.holders.showing", "show", contract=contract, as_json=json)
