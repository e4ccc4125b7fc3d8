"""The command `kazasu`. Each command's code is loaded only when it is called."""

import os
import sys
from typing import Annotated, Any, Final

import typer

from kazasu.cli.cards.declared import card
from kazasu.cli.evidence.declared import evidence, keys
from kazasu.cli.flow.declared import flow
from kazasu.cli.flow.published import declared as published
from kazasu.cli.loading import run
from kazasu.cli.options import Json

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Callers prove who they are in a phone call, by a tap of their My Number Card.",
)
Data = Annotated[str, typer.Option(help="The demo's folder.")]


def _speed(says: str) -> Any:
    """As far as the carrier's clock goes: 1 is real time."""
    return typer.Option(help=says, min=0.1, max=1000)


FALLBACK_PORT: Final = 8081


@app.command()
def serve() -> None:
    """Run the service with the settings of the environment (docs/settings.md)."""
    run("kazasu.cli.serve", "serve")


@app.command()
def fallback(
    port: Annotated[
        int, typer.Option(help="0 takes a free one.", min=0, max=65535)
    ] = FALLBACK_PORT,
    host: str = "127.0.0.1",
) -> None:
    """Run the tiny process behind the number's fallback URL: no database, one document."""
    run("kazasu.cli.fallback", "fallback", port=port, host=host)


@app.command()
def doctor(
    twilio: Annotated[
        bool, typer.Option("--twilio", help="Ask the carrier and the way back too.")
    ] = False,
    json: Json = False,
) -> None:
    """Check settings, database, roots, flows and the public URL, and say what to do."""
    run("kazasu.cli.doctor", "doctor", twilio=twilio, as_json=json)


@app.command()
def migrate(
    grant_to: Annotated[
        str,
        typer.Option(
            help="PostgreSQL: the service's role, which may append evidence and not change it.",
            show_default=False,
        ),
    ] = "",
) -> None:
    """Bring the database to the schema of this version."""
    run("kazasu.cli.migrate", "migrate", grant_to=grant_to)


twilio = typer.Typer(no_args_is_help=True, help="Point a number at this service, and back.")
app.add_typer(twilio, name="twilio")
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


demo = typer.Typer(
    invoke_without_command=True, help="The whole chain on this computer, with test certificates."
)
app.add_typer(demo, name="demo")


@demo.callback()
def demorun(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(help="The page's port; 0 takes a free one.", min=0, max=65535)
    ] = 8080,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page.")] = False,
    speed: Annotated[float, _speed("Shortens speech, waits and card delays.")] = 1.0,
    fresh: Annotated[bool, typer.Option(help="Forget the demo's data first.")] = False,
    data: Annotated[str, typer.Option(help="The folder of all that the demo writes.")] = ".demo",
    flows: Annotated[str, typer.Option(help="The flows folder; else ./flows.")] = "",
    keyed_codes: Annotated[
        bool,
        typer.Option("--keyed-codes", help="Let apps show codes to key; the flow must list it."),
    ] = False,
    published: Annotated[
        bool,
        typer.Option("--published", help="Serve what kazasu flow publish made live, not files."),
    ] = False,
) -> None:
    """Start service, fallback, carrier and cards as processes of their own, and the page."""
    if context.invoked_subcommand is None:
        run(
            "kazasu.demo.run",
            "demo",
            port=port,
            open_browser=open_browser,
            speed=speed,
            fresh=fresh,
            data=data,
            flows=flows,
            keyed_codes=keyed_codes,
            published=published,
        )


@demo.command("call")
def demo_call(
    card: Annotated[str, typer.Option(help="A test card, such as valid.")] = "valid",
    mode: Annotated[
        str,
        typer.Option(
            help="How app and call are paired: spoken_code, sms_link, app_dial, keyed_code or "
            "operator_started."
        ),
    ] = "spoken_code",
    change: Annotated[
        bool, typer.Option("--change", help="Ask for a change: needs the signature certificate.")
    ] = False,
    speed: Annotated[float | None, _speed("Shortens speech and waits.")] = None,
    data: Annotated[str, typer.Option(help="The demo's folder.")] = ".demo",
    json: Json = False,
) -> None:
    """One call in the terminal, against a running demo or one it starts."""
    run(
        "kazasu.demo.call",
        "call",
        card=card,
        mode=mode,
        change=change,
        speed=speed,
        as_json=json,
        data=data,
    )


@demo.command("tap")
def demo_tap(
    base_url: Annotated[str, typer.Option(help="The service, such as https://ivr.example.jp.")],
    card: Annotated[str, typer.Option(help="A test card, such as valid.")] = "valid",
    data: Data = ".demo",
) -> None:
    """The companion app with a test card, for a call on a real telephone."""
    run("kazasu.demo.tap", "tap", base_url=base_url, card=card, data=data)


operators = typer.Typer(no_args_is_help=True, help="Who may sign in at the console.")
app.add_typer(operators, name="operators")


@operators.command("add")
def operators_add(
    login: str,
    name: Annotated[str, typer.Option(help="Shown on the console.")],
    phone: Annotated[
        str, typer.Option(help="What *answer* rings, such as +81312340001; operators only.")
    ] = "",
    queue: Annotated[
        list[str] | None, typer.Option(help="A queue they serve; may be repeated.")
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(help="operator (when none is named) or designer; may be repeated."),
    ] = None,
) -> None:
    """Add an account; the password is asked for, or read from standard input.

    An operator answers calls and needs a telephone and a queue. A designer publishes flows, and
    approves those of others.
    """
    run(
        "kazasu.cli.operators",
        "add",
        login=login,
        name=name,
        phone=phone,
        queues=queue or [],
        roles=role or ["operator"],
    )


@operators.command("queues")
def operators_queues(
    login: str,
    queue: Annotated[
        list[str] | None, typer.Option(help="A queue they serve from now on; may be repeated.")
    ] = None,
) -> None:
    """Give an operator these queues instead of those they have."""
    run("kazasu.cli.operators", "serve", login=login, queues=queue or [])


@operators.command("disable")
def operators_disable(login: str) -> None:
    """Close an account and end its sessions."""
    run("kazasu.cli.operators", "disable", login=login)


holders = typer.Typer(no_args_is_help=True, help="Contract holders.")
app.add_typer(holders, name="holders")


@holders.command("import")
def holders_import(file: str) -> None:
    """Import a CSV file, all rows or none: contract_ref,display_name,phones and, where wished,
    person_id,birth_date,address,former_addresses."""
    run("kazasu.cli.holders", "import_file", file=file)


app.add_typer(keys, name="keys")


app.add_typer(card, name="card")


app.add_typer(evidence, name="evidence")
flow.add_typer(published.commands)
app.add_typer(flow, name="flow")


def main() -> None:
    """Entry point. A closed pipe (`kazasu ... | head`) ends quietly, with 1 as typer does it."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()  # or the interpreter does, and prints what came of it
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
