"""The sources of one version as one JSON text: enough to read the flow again, word for word."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ivr.flow_engine.definition import Flow, Route, VerifyIdentity
from ivr.flow_engine.reader import blocking, build_flow, read_flow, read_site

FORMAT = "flow-bundle/1"
SITE_FILE = "site.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """`files` maps a path below `flows/` to its text, `audio_hashes` one to its SHA-256.

    `version` is what it was computed to be when the bundle was made: a later program may read the
    same texts into other values, and calls must find their version all the same.
    """

    flow_id: str
    files: Mapping[str, str]
    audio_hashes: Mapping[str, str]
    version: str = ""


def to_json(bundle: Bundle) -> str:
    """Keys in order: the same bundle is the same text."""
    return json.dumps(
        {
            "format": FORMAT,
            "flow_id": bundle.flow_id,
            "version": bundle.version,
            "files": dict(bundle.files),
            "audio_hashes": dict(bundle.audio_hashes),
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def from_json(text: str) -> Bundle | None:
    """None for a text that is no bundle of this format."""
    try:
        raw = json.loads(text)
        if raw["format"] != FORMAT:
            return None
        return Bundle(
            flow_id=str(raw["flow_id"]),
            version=str(raw.get("version", "")),
            files={str(path): str(body) for path, body in raw["files"].items()},
            audio_hashes={str(path): str(h) for path, h in raw["audio_hashes"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def read_bundle(bundle: Bundle) -> Flow | None:
    """None when this reader no longer understands what an older one did. Rules are not asked again:
    they were when the version was kept, and calls go on with it."""
    site, _ = read_site(bundle.files.get(SITE_FILE, ""), file=SITE_FILE)
    if site is None:
        return None
    read = read_flow(bundle.files, bundle.flow_id, site)
    if read.whole is None or blocking(read.found):
        return None
    flow = build_flow(read.whole, bundle.audio_hashes)
    return replace(flow, version=bundle.version or flow.version)


def audio_of(flow: Flow) -> frozenset[str]:
    """Paths of every recording and sound that the flow plays."""
    played = {text.play for texts in flow.prompts.values() for text in texts.values()}
    for body in (flow.main, *flow.subflows.values()):
        for node in body.nodes.values():
            if isinstance(node.kind, VerifyIdentity):
                played.update(node.kind.hold.sound.values())
            elif isinstance(node.kind, Route):
                played.update(node.kind.hold_sound.values())
    return frozenset(played - {""})


def bundle_of(flow: Flow, files: Mapping[str, str], audio_hashes: Mapping[str, str]) -> Bundle:
    """Only the files that this flow needs: itself, its sub-flows, all prompts, the site."""
    needed = {SITE_FILE, flow.main.file, *(body.file for body in flow.subflows.values())}
    kept = {
        path: text for path, text in files.items() if path in needed or path.startswith("prompts/")
    }
    return Bundle(
        flow_id=flow.main.id, files=kept, audio_hashes=dict(audio_hashes), version=flow.version
    )
