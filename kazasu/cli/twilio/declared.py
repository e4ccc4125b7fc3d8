"""The commands `kazasu twilio ...`: one number of the account, and where it leads."""

from typing import Annotated

import typer

from kazasu.cli.loading import run
from kazasu.cli.options import Json

twilio = typer.Typer(no_args_is_help=True, help="Point a number at this service, and back.")
Number = Annotated[str, typer.Option(help="Such as +81312345678; else TWILIO_NUMBER.")]
BaseUrl = Annotated[str, typer.Option(help="Such as https://ivr.example.jp; else PUBLIC_BASE_URL.")]
FallbackUrl = Annotated[
    str, typer.Option(help="Where `kazasu fallback` is reached; else KAZASU_FALLBACK_URL.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Look and show; change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@twilio.command("setup")
def twilio_setup(
    number: Number = "",
    base_url: BaseUrl = "",
    fallback_url: FallbackUrl = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Show old and new addresses, check the way back, ask, and change them in one request."""
    run(
        "kazasu.cli.twilio.commands",
        "setup",
        number=number,
        base_url=base_url,
        fallback_url=fallback_url,
        dry_run=dry_run,
        yes=yes,
        as_json=json,
    )


@twilio.command("undo")
def twilio_undo(
    number: Number = "", dry_run: DryRun = False, yes: Yes = False, json: Json = False
) -> None:
    """Give the number the addresses that it had before the first set-up."""
    run("kazasu.cli.twilio.commands", "undo", number=number, dry_run=dry_run, yes=yes, as_json=json)


@twilio.command("verify")
def twilio_verify(
    number: Number = "", base_url: BaseUrl = "", fallback_url: FallbackUrl = "", json: Json = False
) -> None:
    """Twilio's view, the signed way back, the fallback, voices. 1 when something is wrong."""
    run(
        "kazasu.cli.twilio.commands",
        "verify",
        number=number,
        base_url=base_url,
        fallback_url=fallback_url,
        as_json=json,
    )
