"""The flows folder as the library reads it, and the lookup tables beside it."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import httpx2

from identity.tenants.model import Tenant
from ivr.business_systems.csv_tables import CsvLookups, folder_tables
from ivr.business_systems.https_lookups import BusinessSystem, HttpsLookups, TablesFirst
from ivr.carriers.twilio.flow_limits import LIMITS
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.site import LookupEntry, Site
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_library.folder import flow_folder
from ivr.flow_library.kept_versions import KeptVersions
from ivr.flow_library.publishing import Publishing
from ivr.flow_library.service import FlowLibrary
from ivr.flow_linter.carrier_limits import ANY_CARRIER
from ivr.flow_linter.linter import lint_site
from ivr.live_calls.ports import Lookups
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.model import Settings
from kazasu.settings.values import FlowSource, Profile
from kazasu.wiring import identity_side
from kazasu.wiring.flow_files.opened_folder import open_folder
from kazasu.wiring.stores import Stores


def site(settings: Settings) -> Site:
    """The site file at start. BadSettings with file:line for what does not read."""
    path = settings.flows_dir / SITE_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BadSettings([f"{path}:{line}: is not UTF-8. Save it as UTF-8"]) from None
    except OSError as error:
        raise BadSettings([f"{path}: cannot be read ({error.strerror})"]) from None
    read, findings = lint_site(text, file=str(path))
    if read is None:
        lines = {finding.render("en"): finding.render("ja") for finding in findings}
        raise BadSettings(list(lines), lines)
    return read


def voices(folder: Path) -> tuple[tuple[str, str], ...]:
    """(voice, language) of all that a readable flow may say, also where the carrier has no such
    voice. Nothing when the folder is unreadable: its findings say why."""
    try:
        opened = open_folder(folder)
    except OSError:
        return ()
    used: dict[tuple[str, str], None] = {}
    for flow_id in opened.flow_ids:
        flow = opened.draft(flow_id, carrier=ANY_CARRIER).flow
        if flow is None:
            continue
        used |= {(voice, language): None for language, voice in flow.voice.items()}
        for texts in flow.prompts.values():
            used |= {(text.voice, language): None for language, text in texts.items() if text.voice}
    return tuple(used)


async def kept_version(tenant: Tenant, stores: Stores, version: str) -> Flow:
    """Of the store. Raises NoFlow."""
    return await KeptVersions(tenant.id, stores.flow_versions).flow(version)


def publishing(tenant: Tenant, stores: Stores) -> Publishing:
    return Publishing(
        tenant=tenant.id,
        versions=stores.flow_versions,
        aliases=stores.flow_aliases,
        proposals=stores.flow_proposals,
        now=identity_side.clock,
        new_id=lambda: secrets.token_hex(4),
    )


def source(settings: Settings) -> FlowSource:
    """Without a setting: what was published in production, the files in the demo profile."""
    production = settings.profile is Profile.PRODUCTION
    return settings.flow_source or (FlowSource.PUBLISHED if production else FlowSource.FILES)


def library(settings: Settings, tenant: Tenant, stores: Stores) -> FlowLibrary:
    """With aliases where what was published is in force, else the folder."""
    read, changed = flow_folder(settings.flows_dir)
    published = source(settings) is FlowSource.PUBLISHED
    return FlowLibrary(
        tenant=tenant.id,
        versions=stores.flow_versions,
        files=read,
        changed=changed,
        carrier=LIMITS,
        aliases=stores.flow_aliases if published else None,
    )


def lookups_folder(settings: Settings) -> Path:
    return settings.lookups_dir or settings.data_dir / "lookups"


def lookups(
    settings: Settings,
    flow_library: FlowLibrary,
    at_start: Site,
    http: httpx2.AsyncClient | None = None,
) -> Lookups:
    """Tables; with `http`, the system of KAZASU_LOOKUPS_URL for each lookup that has none."""
    read, changed = folder_tables(lookups_folder(settings))

    def entries() -> Mapping[str, LookupEntry]:
        """Of the site; what a published flow brought with it counts where the site is another."""
        now = flow_library.in_force
        found = dict((now.site or at_start).lookups)
        for flow in now.flows.values():
            found |= {name: one for name, one in flow.site.lookups.items() if name not in found}
        return found

    tables = CsvLookups(entries=entries, read=read, changed=changed)
    if http is None:
        return tables
    asked = HttpsLookups(
        http,
        BusinessSystem(
            address=settings.lookups_url.removesuffix("/"), keys=settings.lookups_keys()
        ),
        entries=entries,
        now=identity_side.clock,
        new_id=lambda: f"msg_{secrets.token_urlsafe(16)}",
    )
    return TablesFirst(tables, asked, lambda name: changed(name) is not None)
