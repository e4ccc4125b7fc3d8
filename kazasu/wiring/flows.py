"""The flows folder as the library reads it, and the lookup tables beside it."""

import hashlib
from pathlib import Path

from identity.tenants.model import Tenant
from ivr.business_systems.csv_tables import CsvLookups, folder_tables
from ivr.flow_engine.definition import Site
from ivr.flow_engine.reader import read_site
from ivr.flow_library.bundles import SITE_FILE
from ivr.flow_library.service import FlowFiles, FlowLibrary
from kazasu.settings import BadSettings, Settings
from kazasu.wiring.stores import Stores


def files(folder: Path) -> FlowFiles:
    """Every YAML text and the hash of every recording, by path below `flows/`. OSError."""
    texts = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in _flow_texts(folder)
    }
    hashes = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "audio").rglob("*"))
        if path.is_file()
    }
    return FlowFiles(texts=texts, audio_hashes=hashes)


def mark(folder: Path) -> object:
    """Differs after any change of a flow file: times and sizes, cheap enough for every call."""
    found = []
    for path in _flow_texts(folder):
        seen = path.stat()
        found.append((path.name, seen.st_mtime_ns, seen.st_size))
    return tuple(found)


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
    folder = settings.flows_dir
    return FlowLibrary(
        tenant=tenant.id,
        versions=stores.flow_versions,
        files=lambda: files(folder),
        changed=lambda: mark(folder),
    )


def lookups(settings: Settings, flow_library: FlowLibrary, at_start: Site) -> CsvLookups:
    read, changed = folder_tables(settings.lookups_dir or settings.data_dir / "lookups")
    return CsvLookups(
        entries=lambda: (flow_library.live.site or at_start).lookups, read=read, changed=changed
    )


def _flow_texts(folder: Path) -> list[Path]:
    """Flows, sub-flows and prompts; `flows/tests` are read by the tests alone."""
    below = (folder, folder / "sub", folder / "prompts")
    return [path for part in below for path in sorted(part.glob("*.yaml"))]
