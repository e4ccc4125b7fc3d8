"""The commands of published versions, beside those of `declared`."""

from typing import Annotated, Final

import typer

from kazasu.cli.loading import run
from kazasu.cli.options import DataOrSettings, Json, Language

commands = typer.Typer(no_args_is_help=True)

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
    data: DataOrSettings = "",
    json: Json = False,
    lang: Language = "",
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
    data: DataOrSettings = "",
    json: Json = False,
    lang: Language = "",
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
    data: DataOrSettings = "",
    json: Json = False,
    lang: Language = "",
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
    data: DataOrSettings = "",
    json: Json = False,
    lang: Language = "",
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
    data: DataOrSettings = "",
    json: Json = False,
    lang: Language = "",
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
