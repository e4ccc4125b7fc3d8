"""The commands `kazasu card ...`: test cards, and real ones in a reader."""

from typing import Annotated

import typer

from kazasu.cli.loading import run
from kazasu.cli.options import Json

card = typer.Typer(
    no_args_is_help=True, help="Synthetic test cards of the demo; and cards in a reader."
)
Data = Annotated[str, typer.Option(help="The demo's folder.")]
Reader = Annotated[
    str, typer.Option(help="A part of the reader's name; else the first that has a card.")
]
DeskKey = Annotated[
    str, typer.Option(help="This desk's own key, made at first use; else in the home folder.")
]
Wait = Annotated[float, typer.Option(help="Seconds to wait for a card.", min=1)]


@card.command("list")
def card_list(json: Json = False, data: Data = ".demo") -> None:
    """The test cards and what each does."""
    run("kazasu.cli.cards.synthetic", "list_cards", as_json=json, data=data)


@card.command("issue")
def card_issue(
    name: str,
    like: Annotated[str, typer.Option(help="Behaves as this one.")] = "valid",
    data: Data = ".demo",
) -> None:
    """Issue one more synthetic card."""
    run("kazasu.cli.cards.synthetic", "issue", name=name, like=like, data=data)


@card.command("revoke")
def card_revoke(
    name: str,
    reason: Annotated[
        str, typer.Option(help="As in the CRL, such as keyCompromise.")
    ] = "superseded",
    data: Data = ".demo",
) -> None:
    """Put a synthetic card's certificates on the revocation lists."""
    run("kazasu.cli.cards.synthetic", "revoke", name=name, reason=reason, data=data)


@card.command("serve")
def card_serve(
    card: Annotated[str, typer.Option(help="A test card, such as valid.")] = "valid",
    vpcd: Annotated[
        str, typer.Option(help="Where the virtual reader listens, HOST:PORT on this computer.")
    ] = "127.0.0.1:35963",
    apdu_log: Annotated[
        bool, typer.Option("--apdu-log", help="Print each command; PINs and contents masked.")
    ] = False,
    data: Data = ".demo",
) -> None:
    """Put a test card on pcscd's virtual reader (vpcd): any PC/SC program then sees it."""
    run("kazasu.cli.cards.serve", "serve", name=card, vpcd=vpcd, apdu_log=apdu_log, data=data)


@card.command("read")
def card_read(
    face: Annotated[
        bool,
        typer.Option("--face", help="Also name, address, birth date and sex, by their own PIN."),
    ] = False,
    reader: Reader = "",
    wait: Wait = 60,
) -> None:
    """Show what a card in a reader is: its kind, and key and validity of its certificates.

    Nothing is kept or sent. The PIN is typed unseen, and the face is shown on a terminal only.
    """
    run("kazasu.cli.cards.read", "read", reader=reader, face=face, wait=wait)


@card.command("tap")
def card_tap(
    base_url: Annotated[str, typer.Option(help="The service, such as https://ivr.example.jp.")],
    reader: Reader = "",
    device_key: DeskKey = "",
    wait: Wait = 60,
) -> None:
    """Check somebody by their card in a reader: by the code of a call or of a desk, where it is a
    business check or an enrolment.

    The PIN is typed unseen. No option takes it, and it goes to the card alone.
    """
    run(
        "kazasu.cli.cards.tap",
        "tap",
        base_url=base_url,
        reader=reader,
        device_key=device_key,
        wait=wait,
    )
