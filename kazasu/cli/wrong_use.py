"""What was typed is no command of ours: said in the terminal's language, with where help is."""

import sys

import typer
from typer import rich_utils

from kazasu.japanese.lines import japanese
from kazasu.settings.environment import terminal_is_japanese

_INVALID = "Invalid value for "


def complain(wrong: typer.TyperException) -> int:
    """The status to end with. In English as the library has it, which knows no other language."""
    if type(wrong).__name__ == "NoArgsIsHelpError":  # its text is the help, which stands there
        return wrong.exit_code
    if terminal_is_japanese():
        for line in lines(wrong):
            print(line, file=sys.stderr)
    else:
        rich_utils.rich_format_error(wrong)  # type: ignore[arg-type]  # every usage error is one
    return wrong.exit_code


def lines(wrong: typer.TyperException) -> list[str]:
    """In Japanese. What has no Japanese stays as the library says it."""
    context = getattr(wrong, "ctx", None)
    told = [f"kazasu: {_message(wrong.format_message())}"]
    if context is not None:
        told.append(f"使い方:{context.get_usage().removeprefix('Usage:')}")
        told.append(f"説明を見るには: {context.command_path} {context.help_option_names[0]}")
    return told


def _message(said: str) -> str:
    name, colon, why = said.removeprefix(_INVALID).partition(": ")
    if said.startswith(_INVALID) and colon:
        return f"{name} の値を使えません: {japanese(why) or why}"
    return japanese(said) or said
