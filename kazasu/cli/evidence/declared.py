"""`kazasu evidence …` as it is typed. The code of each is loaded only when it is called."""

from typing import Annotated, Final

import typer

from kazasu.cli.loading import run

evidence = typer.Typer(no_args_is_help=True, help="Records that others can check.")
_HERE: Final = "kazasu.cli.evidence"
Reason = Annotated[str, typer.Option(help="Why; it becomes part of the archive.")]


@evidence.command("export")
def export(
    to: Annotated[str, typer.Option(help="A new folder.")],
    evidence_id: Annotated[
        str | None, typer.Argument(help="One record.", show_default=False)
    ] = None,
    call: Annotated[
        str,
        typer.Option(
            help="All records of a call, by its reference or the id of one of them.",
            show_default=False,
        ),
    ] = "",
    reason: Reason = "export",
) -> None:
    """Write a record, or all of a call, as files that stock OpenSSL verifies."""
    given = {"evidence_id": evidence_id, "call": call, "to": to, "reason": reason}
    run(f"{_HERE}.export", "export", **given)


@evidence.command("verify")
def verify(
    at: Annotated[
        str,
        typer.Option(
            help="As of then, such as 2027-03-31 or 2027-03-31T18:00+09:00; else now.",
            show_default=False,
        ),
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where the last check was broken off.")
    ] = False,
    cards: Annotated[
        bool,
        typer.Option("--cards", help="Then judge every proven tap again, as of its own time."),
    ] = False,
) -> None:
    """Check all rows, time-stamps and copies; 1 names the first row that does not hold."""
    run(f"{_HERE}.verify", "verify", at=at, resume=resume, cards=cards)


@evidence.command("checkpoints")
def checkpoints(
    last: Annotated[int, typer.Option(help="How many of the newest.", min=1)] = 10,
) -> None:
    """Which rows were time-stamped, when, by whom, and until when that can be checked."""
    run(f"{_HERE}.checkpoints", "checkpoints", last=last)


@evidence.command("hold")
def hold(
    call: Annotated[
        str, typer.Option(help="The call, by its reference or the id of a record of it.")
    ],
    reason: Reason,
) -> None:
    """Keep the contents of a call's records until they are released, whatever the rules say."""
    run(f"{_HERE}.holding", "hold", call=call, reason=reason)


@evidence.command("release")
def release(hold_id: str, reason: Reason) -> None:
    """End a hold: from then on the rules count again."""
    run(f"{_HERE}.holding", "release", hold_id=hold_id, reason=reason)


@evidence.command("holds")
def holds() -> None:
    """The holds that stand: id, since when, by whom, why."""
    run(f"{_HERE}.holding", "holds")


@evidence.command("erase")
def erase(evidence_id: str, reason: Reason) -> None:
    """Destroy the keys of a record's contents before their time. The record itself stays."""
    run(f"{_HERE}.holding", "erase", evidence_id=evidence_id, reason=reason)


keys = typer.Typer(no_args_is_help=True, help="Keys that seal what is stored.")


@keys.command("reseal")
def reseal() -> None:
    """Seal old rows under the present key, so that an earlier one can be taken away."""
    run("kazasu.cli.keys", "reseal")


@keys.command("rotate")
def rotate() -> None:
    """Put a new key for evidence into its key file; a running service takes it up by itself."""
    run(f"{_HERE}.wrapping", "rotate")


@keys.command("rewrap")
def rewrap() -> None:
    """Wrap the keys of older evidence under the present key."""
    run(f"{_HERE}.wrapping", "rewrap")


@keys.command("drop")
def drop(key_id: str) -> None:
    """Take a key that wraps nothing any more out of the key file."""
    run(f"{_HERE}.wrapping", "drop", key_id=key_id)
