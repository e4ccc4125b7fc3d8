"""The commands `kazasu demo ...`: everything on this computer, and one call or tap in it."""

from typing import Annotated, Any

import typer

from kazasu.cli.loading import run
from kazasu.cli.options import Json

Data = Annotated[str, typer.Option(help="The demo's folder.")]


def _speed(says: str) -> Any:
    """As far as the carrier's clock goes: 1 is real time."""
    return typer.Option(help=says, min=0.1, max=1000)


demo = typer.Typer(
    invoke_without_command=True, help="The whole chain on this computer, with test certificates."
)


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
    data: Data = ".demo",
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
    """The companion app with a test card: for the code of a desk, or a call on a real telephone."""
    run("kazasu.demo.tap", "tap", base_url=base_url, card=card, data=data)
