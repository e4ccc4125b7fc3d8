"""The commands of published versions, beside those of `declared`."""

from typing import Annotated, Final

import typer

from kazasu.cli.loading import run

commands = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Lang = Annotated[str, typer.Option("--lang", help="ja or en; else the terminal's.")]
Data = Annotated[
    str, typer.Option(help="A demo's folder, such as .demo; else the settings of the environment.")
]
Message = Annotated[str, typer.Option("--message", "-m", help="Why; kept with the version.")]
Author = Annotated[str, typer.Option(help="Who; else the user of this computer.")]
_LOGIN_HELP: Final = (
    "An account with the role designer; its password is asked for, or read from standard input."
)


def _alias(given: str) -> str:
    if given not in ("live", "canary"):
        raise typer.BadParameter("live or canary")
    return given


@commands.command("publish")
def flow_publish(
    file: str,
    alias: Annotated[
        str,
        typer.Option(
            help="live, or canary with --percent.", metavar="live|canary", callback=_alias
        ),
    ] = "live",
    message: Message = "",
    author: Author = "",
    percent: Annotated[
        float | None, typer.Option(help="The canary's share of the calls, 0.01 to 100.")
    ] = None,
    login: Annotated[str, typer.Option(help=_LOGIN_HELP)] = "",
    data: Data = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Check and test a flow, keep it as an immutable version, and give it to new calls.

    Calls that are running go on with the version they began with. Where site.yaml asks for several
    approvers, the version waits as a proposal: see `kazasu flow approve`.
    """
    run(
        "kazasu.cli.flow.published.publish",
        "publish",
        file=file,
        alias=alias,
        message=message,
        author=author,
        percent=percent,
        login=login,
        data=data,
        as_json=json,
        lang=lang,
    )


@commands.command("approve")
def flow_approve(
    proposal: str,
    login: Annotated[str, typer.Option(help=_LOGIN_HELP)],
    data: Data = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Stand behind a version that somebody else proposed; with the last one needed it is live."""
    run(
        "kazasu.cli.flow.published.versions",
        "approve",
        proposal=proposal,
        login=login,
        data=data,
        as_json=json,
        lang=lang,
    )


@commands.command("rollback")
def flow_rollback(
    flow_id: Annotated[str, typer.Argument(help="Such as main-inbound.")],
    to: Annotated[str, typer.Option(help="How a version begins that was live before.")] = "",
    alias: Annotated[
        str,
        typer.Option(help="canary takes the canary away.", metavar="live|canary", callback=_alias),
    ] = "live",
    message: Message = "",
    author: Author = "",
    data: Data = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Give new calls the version that was live before. It was agreed to then: nobody is asked."""
    run(
        "kazasu.cli.flow.published.versions",
        "rollback",
        flow_id=flow_id,
        to=to,
        alias=alias,
        message=message,
        author=author,
        data=data,
        as_json=json,
        lang=lang,
    )


@commands.command("versions")
def flow_versions(
    flow_id: Annotated[str, typer.Argument(help="Such as main-inbound.")],
    data: Data = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """What is live, what was published by whom, every move, and proposals that wait."""
    run(
        "kazasu.cli.flow.published.versions",
        "versions",
        flow_id=flow_id,
        data=data,
        as_json=json,
        lang=lang,
    )


@commands.command("diff")
def flow_diff(
    before: Annotated[str, typer.Argument(help="A file, or a version: main-inbound@live, 3f2a9c.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    data: Data = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """What changed by meaning: nodes, exits, prompts, levels. 0 equal, 1 different."""
    run(
        "kazasu.cli.flow.published.diff",
        "diff",
        before=before,
        after=after,
        data=data,
        as_json=json,
        lang=lang,
    )


@commands.command("schema")
def flow_schema(
    name: Annotated[str, typer.Argument(help="site, flow, prompts or tests; else all.")] = "",
    folder: Annotated[
        str, typer.Option(help="A flows folder whose names editors should offer.")
    ] = "flows",
    to: Annotated[str, typer.Option(help="Write a file of each into this folder.")] = "",
    check: Annotated[str, typer.Option(help="Only check the form of this file.")] = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """JSON Schemas of the YAML files, with hover text in Japanese and English, for editors."""
    run(
        "kazasu.cli.flow.schema",
        "schema",
        name=name,
        folder=folder,
        to=to,
        check=check,
        as_json=json,
        lang=lang,
    )


@commands.command("graph")
def flow_graph(
    file: str,
    svg: Annotated[bool, typer.Option("--svg", help="A picture by itself; else Mermaid.")] = False,
    counts: Annotated[
        bool,
        typer.Option("--counts", help="With the latest calls by exit, and drop-outs."),
    ] = False,
    to: Annotated[str, typer.Option(help="Write it into this file.")] = "",
    data: Data = "",
    json: Json = False,
    lang: Lang = "",
) -> None:
    """Draw a flow with the line of every node. 1 when the flow has errors."""
    run(
        "kazasu.cli.flow.graph",
        "graph",
        file=file,
        as_svg=svg,
        counted=counts,
        to=to,
        data=data,
        as_json=json,
        lang=lang,
    )


@commands.command("watch")
def flow_watch(
    file: str,
    once: Annotated[bool, typer.Option("--once", help="One look; 1 if it is wrong.")] = False,
    lang: Lang = "",
) -> None:
    """Lint, test and draw a flow anew whenever a file is saved, until Ctrl-C.

    The picture is flows/.drawn/<id>.svg, the editors' schemas are in flows/.schemas.
    """
    run("kazasu.cli.flow.watch", "watch", file=file, once=once, lang=lang)
