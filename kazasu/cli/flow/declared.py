"""The commands of `kazasu flow` as the command line declares them; the code of each is loaded
when it is called."""

from typing import Annotated

import typer

from kazasu.cli.loading import run

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]

flow = typer.Typer(no_args_is_help=True, help="Call flows.")


@flow.command("lint")
def flow_lint(paths: list[str], strict: bool = False, json: Json = False) -> None:
    """Check flows: file:line:col code E|W message. 1 when there is an error."""
    run("kazasu.cli.flow.lint", "lint", paths=paths, strict=strict, as_json=json)
