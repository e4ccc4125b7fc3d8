"""The flows folder as the library reads it, and the lookup tables beside it."""

from pathlib import Path

from identity.tenants.model import Tenant
from ivr.business_systems.csv_tables import CsvLookups, folder_tables
from ivr.flow_engine.definition import Site
from ivr.flow_engine.reader import read_site
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_library.folder import flow_folder
from ivr.flow_library.service import FlowFiles, FlowLibrary
from kazasu.settings import BadSettings, Settings
from kazasu.wiring.stores import Stores


def files(folder: Path) -> FlowFiles:
    """Every YAML text and the hash of every recording, by path below `flows/`. OSError."""
    read, _ = flow_folder(folder)
    return read()


def site(settings: Settings) -> Site:
    """The site file at start. BadSettings with file:line for what does not read."""
    path = settings.flows_dir / SITE_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadSettings([f"{path}: cannot be read ({error.strerror})"]) from None
    read, findings = read_site(text, file=str(path))
    if read is None:
        raise BadSettings([finding.render("en") for finding in findings])
    return read


def library(settings: Settings, tenant: Tenant, stores: Stores) -> FlowLibrary:
    read, changed = flow_folder(settings.flows_dir)
    return FlowLibrary(tenant=tenant.id, versions=stores.flow_versions, files=read, changed=changed)


def lookups(settings: Settings, flow_library: FlowLibrary, at_start: Site) -> CsvLookups:
    read, changed = folder_tables(settings.lookups_dir or settings.data_dir / "lookups")
    return CsvLookups(
        entries=lambda: (flow_library.live.site or at_start).lookups, read=read, changed=changed
    )
