"""Options that several commands take, declared once: the same words in every help."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Language = Annotated[
    str, typer.Option("--lang", help="ja or en; else the terminal's.", show_default=False)
]
DataOrSettings = Annotated[
    str,
    typer.Option(
        "--data",
        help="A demo's folder, such as .demo; else the settings of the environment.",
        show_default=False,
    ),
]
