"""The commands of `kazasu flow` as the command line declares them; the code of each is loaded
when it is called."""

from typing import Annotated

import typer

from kazasu.cli.loading import run

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]

Language = Annotated[
    str, typer.Option("--lang", help="ja or en; else the terminal's.", show_default=False)
]

flow = typer.Typer(no_args_is_help=True, help="Call flows.")


@flow.command("lint")
def flow_lint(paths: list[str], strict: bool = False, json: Json = False) -> None:
    """Check flows: file:line:col code E|W message. 1 when there is an error."""
    run("kazasu.cli.flow.lint", "lint", paths=paths, strict=strict, as_json=json)


@flow.command("test")
def flow_test(
    paths: Annotated[
        list[str], typer.Argument(help="A flow, a file of flows/tests, or the flows folder.")
    ],
    coverage: Annotated[
        bool, typer.Option("--coverage", help="List nodes and exits that no test takes.")
    ] = False,
    json: Json = False,
    lang: Language = "",
) -> None:
    """Play the tests of a flow on the real engine, with the time they name.

    Those under `tests:` of the flow and those of flows/tests/*.yaml that call it. A test that fails
    is told by file, line, step, what was expected and what the caller heard instead.
    0 all passed, 1 a test fails, 2 no such flow.

    A test: {name: …, at: "2026-11-24T10:00:00+09:00", call: {from: "+819012345678", to: "+81…"},
    steps: [{ticket: none}, {press: "1"}, {identity: verified}, {queue: connected}],
    expect: {queue: verified, said: [greeting, verify.ok], end: end}}. `kazasu flow simulate --save`
    writes one from a conversation.
    """
    run(
        "kazasu.cli.flow.test",
        "test",
        paths=paths,
        show_coverage=coverage,
        as_json=json,
        lang=lang,
    )
