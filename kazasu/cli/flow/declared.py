"""The commands of `kazasu flow` as the command line declares them; the code of each is loaded
when it is called."""

from typing import Annotated

import typer

from kazasu.cli.loading import run
from kazasu.cli.options import DataOrSettings, Json, Language

flow = typer.Typer(no_args_is_help=True, help="Call flows.")


@flow.command("lint")
def flow_lint(
    paths: Annotated[
        list[str], typer.Argument(help="A flow, another file beside it, or the flows folder.")
    ],
    strict: Annotated[bool, typer.Option("--strict", help="1 for a warning too.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Quote bare digits; nothing else in the file changes.")
    ] = False,
    prompts: Annotated[
        bool, typer.Option("--prompts", help="List seconds and morae of every prompt.")
    ] = False,
    json: Json = False,
    sarif: Annotated[
        bool, typer.Option("--sarif", help="One SARIF 2.1.0 document on standard output.")
    ] = False,
    lang: Language = "",
) -> None:
    """Check flows: file:line:col code E|W what is wrong, and what to do about it.

    An error (E) keeps a flow from being published or served. A warning (W) does neither; a comment
    at the end of its line accepts it: # allow P006 the reason. docs/lint-rules.md has all rules.
    0 clean, 1 an error (--strict: or a warning), 2 a path that names no flows.
    """
    run(
        "kazasu.cli.flow.lint",
        "lint",
        paths=paths,
        strict=strict,
        fix=fix,
        prompts=prompts,
        form="sarif" if sarif else "json" if json else "text",
        lang=lang,
    )


@flow.command("sounds")
def flow_sounds(
    folder: Annotated[str, typer.Argument(help="The flows folder.")] = "flows",
    json: Json = False,
    lang: Language = "",
) -> None:
    """List the recordings of flows, and make what is missing: hold sounds, and Japanese speech
    where the optional voice is installed (pip install 'kazasu[tts]').

    1 where one is still missing, or is not WAV, 8 kHz, mono, 16 bit.
    """
    run("kazasu.cli.flow.sounds", "sounds", folder=folder, as_json=json, lang=lang)


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


@flow.command("simulate")
def flow_simulate(
    file: Annotated[str, typer.Argument(help="A main flow, such as flows/main-inbound.yaml.")],
    caller: Annotated[
        str, typer.Option("--from", help='Who calls, E.164; "" for a withheld number.')
    ] = "+819012345678",
    at: Annotated[
        str, typer.Option(help="When, such as 2026-11-24T10:00:00+09:00; else now.")
    ] = "",
    lang: Language = "",
    save: Annotated[
        bool, typer.Option("--save", help="At the end, print the conversation as a test.")
    ] = False,
) -> None:
    """Talk to a flow: what the caller hears, with seconds and morae, and the lines carried out.

    Type keys as the caller would; an empty line is silence; `verified`, or any other exit, is how
    the check ends; `connected` what comes of the queue; `?` shows all that can be typed. Nothing is
    called, and no service need run. Lines may come through a pipe; there, a line that begins with
    "# " is a remark.

    printf 'ticket none\\n1\\nverified\\nconnected\\n' | kazasu flow simulate FILE --save

    0 without a fault, 1 with one or for a flow with errors, 2 for wrong use.
    """
    run(
        "kazasu.cli.flow.simulate",
        "simulate",
        file=file,
        caller=caller,
        at=at,
        lang=lang,
        save=save,
    )


@flow.command("replay")
def flow_replay(
    call: Annotated[str, typer.Argument(help="The call_ref of a call that is over.")],
    file: Annotated[
        str, typer.Option("--flow", help="The version to try: a main flow's file as it is now.")
    ],
    data: DataOrSettings = "",
    json: Json = False,
    lang: Language = "",
) -> None:
    """Play a recorded call against another version of its flow, and show what differs.

    Of each call that is over a log is kept for 90 days: what happened and when, without anything
    about a person. The same keys, taps and outcomes come to the version in FILE at the same times;
    what was not kept (a customer number, a code) is made up. Shown: the way, what is heard by
    prompt, queue and end. The log lines of the service name the call_ref.

    0 it ends where it ended, 1 elsewhere, 2 no such call or flow, 3 the store is not reachable.
    """
    run(
        "kazasu.cli.flow.replay",
        "replay_call",
        call=call,
        file=file,
        data=data,
        as_json=json,
        lang=lang,
    )


@flow.command("schema")
def flow_schema(
    name: Annotated[str, typer.Argument(help="site, flow, prompts or tests; else all.")] = "",
    folder: Annotated[
        str, typer.Option(help="A flows folder whose names editors should offer.")
    ] = "flows",
    to: Annotated[str, typer.Option(help="Write a file of each into this folder.")] = "",
    check: Annotated[str, typer.Option(help="Only check the form of this file.")] = "",
    json: Json = False,
    lang: Language = "",
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


@flow.command("graph")
def flow_graph(
    file: str,
    svg: Annotated[bool, typer.Option("--svg", help="A picture by itself; else Mermaid.")] = False,
    counts: Annotated[
        bool,
        typer.Option("--counts", help="With the latest calls by exit, and drop-outs."),
    ] = False,
    to: Annotated[str, typer.Option(help="Write it into this file.")] = "",
    data: DataOrSettings = "",
    json: Json = False,
    lang: Language = "",
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


@flow.command("watch")
def flow_watch(
    file: str,
    once: Annotated[bool, typer.Option("--once", help="One look; 1 if it is wrong.")] = False,
    lang: Language = "",
) -> None:
    """Lint, test and draw a flow anew whenever a file is saved, until Ctrl-C.

    The picture is flows/.drawn/<id>.svg, the editors' schemas are in flows/.schemas.
    """
    run("kazasu.cli.flow.watch", "watch", file=file, once=once, lang=lang)
