"""What a call needs: site file and flows, lookup tables, numbers, and the way out."""

from collections.abc import Iterator
from typing import Final

from bilingual.text import Bilingual
from ivr.business_systems.csv_tables import CsvLookups, folder_tables
from ivr.flow_engine.site import Site
from kazasu.doctor.findings import Finding, good, problem
from kazasu.japanese.lines import bilingual, problems
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.wiring import flows
from kazasu.wiring.flow_files.opened_folder import open_folder

_LINT: Final = Bilingual(en="see: kazasu flow lint", ja="kazasu flow lint を見てください")
_VOICES: Final = ("T002", "T004")  # told with the carrier's own voices


def site_and_flows(settings: Settings) -> Iterator[Finding]:
    try:
        site = flows.site(settings)
    except BadSettings as bad:
        do = Bilingual(
            en=f"correct it; KAZASU_FLOWS_DIR is {settings.flows_dir}",
            ja=f"直してください。KAZASU_FLOWS_DIR は {settings.flows_dir} です",
        )
        for says in problems(bad):
            yield problem("flows", says, do)
        return
    yield from _flows(settings)
    yield from _lookups(settings, site)
    yield from _numbers(settings, site)


def _flows(settings: Settings) -> Iterator[Finding]:
    linted = open_folder(settings.flows_dir).linted().findings
    found = [one for one in linted if one.code not in _VOICES]
    for finding in found:
        yield Finding(
            part="flows",
            state="problem" if finding.severity == "E" else "warning",
            says=Bilingual(en=finding.render("en"), ja=finding.render("ja")),
            do=finding.hint if finding.hint.en else _LINT,
        )
    if not found:
        folder = settings.flows_dir
        yield good(
            "flows", Bilingual(en=f"{folder} reads clean", ja=f"{folder} に指摘はありません")
        )


def _lookups(settings: Settings, site: Site) -> Iterator[Finding]:
    folder = flows.lookups_folder(settings)
    read, changed = folder_tables(folder)
    tables = CsvLookups(entries=lambda: site.lookups, read=read, changed=changed)
    wrong = tables.problems()
    asked = [name for name in wrong if settings.lookups_url and changed(name) is None]
    for name in asked:
        del wrong[name]
    for name, told in wrong.items():
        first, more = bilingual(f"{name}: {told[0]}"), len(told) - 1
        yield problem(
            "lookups",
            Bilingual(
                en=first.en + (f" (and {more} more)" if more else ""),
                ja=first.ja + (f"(ほかに {more} 件)" if more else ""),
            ),
            Bilingual(
                en=f"correct {folder / name}.csv: until then the lookup answers `error`",
                ja=f"{folder / name}.csv を直してください。それまで照会の答えは `error` です",
            ),
        )
    if not wrong:
        count, names = len(site.lookups) - len(asked), ", ".join(asked)
        en, ja = f"{count} tables in {folder}", f"{folder} に {count} 個の表"
        if asked:
            en += f"; {names} asked of {settings.lookups_url}"
            ja += f"。{names} は {settings.lookups_url} に尋ねます"
        yield good("lookups", Bilingual(en=en, ja=ja))


def _numbers(settings: Settings, site: Site) -> Iterator[Finding]:
    for dialled, flow in site.numbers.items():
        name = f"{flow}.yaml"
        if not (settings.flows_dir / name).is_file():
            yield problem(
                "number",
                Bilingual(
                    en=f"{dialled} has flow {flow}, and there is no {name}",
                    ja=f"{dialled} のフロー {flow} のファイル {name} がありません",
                ),
                Bilingual(
                    en=f"put it into {settings.flows_dir}, or correct `numbers` in site.yaml",
                    ja=f"{settings.flows_dir} に置くか、site.yaml の `numbers` を直してください",
                ),
            )
    number = settings.twilio_number
    known = ", ".join(site.numbers)
    if number and number not in site.numbers:
        yield problem(
            "number",
            Bilingual(
                en=f"TWILIO_NUMBER {number} has no flow: site.yaml's numbers are {known}",
                ja=f"TWILIO_NUMBER {number} のフローがありません。site.yaml の番号は {known} です",
            ),
            Bilingual(
                en="add it to `numbers` in site.yaml, or correct TWILIO_NUMBER",
                ja="site.yaml の `numbers` に加えるか、TWILIO_NUMBER を直してください",
            ),
        )
    else:
        yield good("number", Bilingual(en=f"flows for {known}", ja=f"フローのある番号は {known}"))
    if not settings.fallback_number:
        yield Finding(
            part="fallback",
            state="warning",
            says=Bilingual(
                en="KAZASU_FALLBACK_NUMBER is not set", ja="KAZASU_FALLBACK_NUMBER がありません"
            ),
            do=Bilingual(
                en="set it for `kazasu serve` too: it is dialled when a call's own flow fails, and "
                "`kazasu fallback` must run elsewhere with the same",
                ja="`kazasu serve` にも設定してください。フローが動かないときに鳴らす番号です。"
                "`kazasu fallback` も同じ設定で別の場所で動かします",
            ),
        )
