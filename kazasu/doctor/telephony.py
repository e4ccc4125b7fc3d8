"""What a call needs: site file and flows, lookup tables, numbers, and the way out."""

from collections.abc import Iterator
from typing import Final

from ivr.business_systems.csv_tables import CsvLookups, folder_tables
from ivr.flow_engine.site import Site
from kazasu.doctor.findings import Finding
from kazasu.settings import BadSettings, Settings, terminal_is_japanese
from kazasu.wiring import flows
from kazasu.wiring.flow_folders import open_folder

_VOICES: Final = ("T002", "T004")  # told with the carrier's own voices


def site_and_flows(settings: Settings) -> Iterator[Finding]:
    try:
        site = flows.site(settings)
    except BadSettings as bad:
        for says in bad.problems:
            yield Finding(
                part="flows",
                state="problem",
                says=says,
                do=f"correct it; KAZASU_FLOWS_DIR is {settings.flows_dir}",
            )
        return
    yield from _flows(settings)
    yield from _lookups(settings, site)
    yield from _numbers(settings, site)


def _flows(settings: Settings) -> Iterator[Finding]:
    linted = open_folder(settings.flows_dir).linted().findings
    found = [one for one in linted if one.code not in _VOICES]
    language = "ja" if terminal_is_japanese() else "en"  # as `kazasu flow lint`
    for finding in found:
        yield Finding(
            part="flows",
            state="problem" if finding.severity == "E" else "warning",
            says=finding.render(language),
            do=finding.hint.of(language) or "see: kazasu flow lint",
        )
    if not found:
        yield Finding(part="flows", state="ok", says=f"{settings.flows_dir} reads clean")


def _lookups(settings: Settings, site: Site) -> Iterator[Finding]:
    folder = flows.lookups_folder(settings)
    read, changed = folder_tables(folder)
    tables = CsvLookups(entries=lambda: site.lookups, read=read, changed=changed)
    wrong = tables.problems()
    asked = [name for name in wrong if settings.lookups_url and changed(name) is None]
    for name in asked:
        del wrong[name]
    for name, problems in wrong.items():
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        yield Finding(
            part="lookups",
            state="problem",
            says=f"{name}: {problems[0]}{more}",
            do=f"correct {folder / name}.csv: until then the lookup answers `error`",
        )
    if not wrong:
        says = f"{len(site.lookups) - len(asked)} tables in {folder}"
        if asked:
            says += f"; {', '.join(asked)} asked of {settings.lookups_url}"
        yield Finding(part="lookups", state="ok", says=says)


def _numbers(settings: Settings, site: Site) -> Iterator[Finding]:
    for dialled, flow in site.numbers.items():
        name = f"{flow}.yaml"
        if not (settings.flows_dir / name).is_file():
            yield Finding(
                part="number",
                state="problem",
                says=f"{dialled} has flow {flow}, and there is no {name}",
                do=f"put it into {settings.flows_dir}, or correct `numbers` in site.yaml",
            )
    number = settings.twilio_number
    known = ", ".join(site.numbers)
    if number and number not in site.numbers:
        yield Finding(
            part="number",
            state="problem",
            says=f"TWILIO_NUMBER {number} has no flow: site.yaml's numbers are {known}",
            do="add it to `numbers` in site.yaml, or correct TWILIO_NUMBER",
        )
    else:
        yield Finding(part="number", state="ok", says=f"flows for {known}")
    if not settings.fallback_number:
        yield Finding(
            part="fallback",
            state="warning",
            says="KAZASU_FALLBACK_NUMBER is not set",
            do="set it for `kazasu serve` too: it is dialled when a call's own flow fails, and "
            "`kazasu fallback` must run elsewhere with the same",
        )
