"""The command `kazasu`. Each command's code is loaded only when it is called."""

import os
import sys
from typing import Annotated, Final

import typer

from kazasu.cli.cards.declared import card
from kazasu.cli.demo import demo
from kazasu.cli.evidence.declared import evidence, keys
from kazasu.cli.flow.declared import flow
from kazasu.cli.flow.published import declared as published
from kazasu.cli.holders.declared import holders
from kazasu.cli.loading import run
from kazasu.cli.options import Json
from kazasu.cli.twilio.declared import twilio

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Callers prove who they are in a phone call, by a tap of their My Number Card.",
)
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


app.add_typer(twilio, name="twilio")
app.add_typer(demo, name="demo")


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


app.add_typer(holders, name="holders")


app.add_typer(keys, name="keys")


app.add_typer(card, name="card")


app.add_typer(evidence, name="evidence")
flow.add_typer(published.commands)
app.add_typer(flow, name="flow")


def main() -> None:
    """Entry point. A closed pipe (`kazasu ... | head`) ends quietly, with 1 as typer does it."""
    try:
        try:
            status = _called()
        finally:
            sys.stdout.flush()  # or the interpreter does, and prints what came of it
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def _called() -> int:
    """As typer ends by itself, but for wrong use, which is said in the terminal's language."""
    try:
        return app(prog_name="kazasu", standalone_mode=False) or 0
    except typer.TyperException as wrong:
        from kazasu.cli.wrong_use import complain  # late: only who errs waits for it

        return complain(wrong)
    except typer.Abort:
        print("Aborted.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    main()
