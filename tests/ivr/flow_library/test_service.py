"""Last good version, pinned versions, and a restart while the files are broken."""

import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivr.flow_library.bundles import from_json
from ivr.flow_library.folder import flow_folder
from ivr.flow_library.model import FlowFiles, NoFlow
from ivr.flow_library.service import FlowLibrary
from tests.ivr.flow_engine.small_flow import AUDIO, FILES, FLOW
from tests.ivr.flow_library.flow_versions import MemoryFlowVersions, StoreDown

NUMBER = "+81312345678"


class Folder:
    """Files that a test edits; `reads` counts how often they were read whole."""

    def __init__(self) -> None:
        self.texts = dict(FILES)
        self.edits = 0
        self.reads = 0
        self.gone = False

    def edit(self, path: str, text: str) -> None:
        self.texts[path] = text
        self.edits += 1

    def files(self) -> FlowFiles:
        self.reads += 1
        if self.gone:
            raise PermissionError
        return FlowFiles(texts=dict(self.texts), audio_hashes=AUDIO)

    def changed(self) -> object:
        return self.edits


def library(folder: Folder, versions: MemoryFlowVersions) -> FlowLibrary:
    return FlowLibrary(
        tenant="kazasu", versions=versions, files=folder.files, changed=folder.changed
    )


async def test_files_are_read_once_and_again_only_after_a_change() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    flows = library(folder, versions)
    first = await flows.flow_for(NUMBER, "call")
    assert await flows.flow_for(NUMBER, "call") is first
    assert folder.reads == 1
    folder.edit("bad.yaml", FLOW.replace("A small flow", "A better flow"))
    second = await flows.flow_for(NUMBER, "call")
    assert second.main.title == "A better flow"
    assert second.version != first.version
    assert folder.reads == 2


async def test_a_running_call_keeps_its_version() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    flows = library(folder, versions)
    began = await flows.flow_for(NUMBER, "call")
    folder.edit("bad.yaml", FLOW.replace("A small flow", "A better flow"))
    await flows.flow_for(NUMBER, "call")
    assert (await flows.flow(began.version)).main.title == "A small flow"
    restarted = library(folder, versions)
    assert await restarted.flow(began.version) == began


async def test_a_broken_file_leaves_the_last_good_version_live_and_says_why() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    flows = library(folder, versions)
    good = await flows.flow_for(NUMBER, "call")
    folder.edit("bad.yaml", FLOW.replace("next: desk", "next: dekk"))
    assert await flows.flow_for(NUMBER, "call") is good
    assert [(f.code, f.file) for f in flows.in_force.problems] == [("G001", "bad.yaml")]
    folder.edit("bad.yaml", FLOW)
    assert await flows.flow_for(NUMBER, "call") == good
    assert flows.in_force.problems == ()


async def test_what_became_of_a_saved_file_is_logged() -> None:
    folder = Folder()
    flows = library(folder, MemoryFlowVersions())
    with capture_logs() as lines:
        good = await flows.flow_for(NUMBER, "call")
        folder.edit("bad.yaml", FLOW.replace("next: desk", "next: dekk"))
        await flows.flow_for(NUMBER, "call")
        await flows.flow_for(NUMBER, "call")
    assert [line["event"] for line in lines] == ["flow_live", "flow_not_taken"]
    assert lines[0]["version"] == good.version[:12]
    place = (lines[1]["file"], lines[1]["line"], lines[1]["code"])
    assert place == ("bad.yaml", good.main.nodes["hi"].line, "G001")
    assert "dekk" in lines[1]["finding"]


@pytest.mark.parametrize("path", ["bad.yaml", "site.yaml", "prompts/words.yaml", "sub/inner.yaml"])
async def test_a_restart_with_broken_files_serves_the_last_good_version(path: str) -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    good = await library(folder, versions).flow_for(NUMBER, "call")
    folder.edit(path, "schema: [")
    restarted = library(folder, versions)
    assert await restarted.flow_for(NUMBER, "call") == good
    assert restarted.in_force.problems[0].code == "F001"
    assert restarted.in_force.problems[0].file == path
    assert restarted.in_force.site is not None
    assert restarted.in_force.site.fallback_queue == "general"


async def test_files_that_cannot_be_opened_change_nothing() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    flows = library(folder, versions)
    good = await flows.flow_for(NUMBER, "call")
    folder.gone = True
    folder.edits += 1
    assert await flows.flow_for(NUMBER, "call") is good
    assert "PermissionError" in flows.in_force.problems[0].message.en


async def test_a_version_goes_live_only_after_it_is_kept() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    flows = library(folder, versions)
    good = await flows.flow_for(NUMBER, "call")
    folder.edit("bad.yaml", FLOW.replace("A small flow", "A better flow"))
    versions.down = True
    with pytest.raises(StoreDown):
        await flows.flow_for(NUMBER, "call")
    assert flows.in_force.flows["bad"] is good
    versions.down = False
    assert (await flows.flow_for(NUMBER, "call")).main.title == "A better flow"


async def test_nothing_to_serve() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    folder.edit("bad.yaml", "schema: [")
    with pytest.raises(NoFlow):
        await library(folder, versions).flow_for(NUMBER, "call")
    with pytest.raises(NoFlow) as raised:
        await library(Folder(), versions).flow_for("+81399999999", "call")
    assert "+813" not in str(raised.value)
    with pytest.raises(NoFlow):
        await library(Folder(), versions).flow("0" * 64)


@pytest.mark.parametrize("stored", ["", "[]", "{}", '{"format": "flow-bundle/9"}', "null"])
async def test_a_damaged_bundle_is_no_flow(stored: str) -> None:
    versions = MemoryFlowVersions()
    versions.bundles["kazasu", "0" * 64] = stored
    with pytest.raises(NoFlow):
        await library(Folder(), versions).flow("0" * 64)


async def test_a_bundle_under_another_version_is_refused() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    good = await library(folder, versions).flow_for(NUMBER, "call")
    versions.bundles["kazasu", "0" * 64] = versions.bundles["kazasu", good.version]
    with pytest.raises(NoFlow):
        await library(folder, versions).flow("0" * 64)


async def test_tenants_do_not_share_versions() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    good = await library(folder, versions).flow_for(NUMBER, "call")
    other = FlowLibrary(
        tenant="other", versions=versions, files=folder.files, changed=folder.changed
    )
    with pytest.raises(NoFlow):
        await other.flow(good.version)


async def test_a_bundle_holds_the_texts_word_for_word() -> None:
    folder, versions = Folder(), MemoryFlowVersions()
    folder.edit("tests/later.yaml", "not needed")
    folder.edit("bad.yaml", FLOW + "# a comment that stays\n")
    good = await library(folder, versions).flow_for(NUMBER, "call")
    stored = from_json(versions.bundles["kazasu", good.version])
    assert stored is not None
    assert stored.files["bad.yaml"].endswith("# a comment that stays\n")
    assert "tests/later.yaml" not in stored.files
    assert json.loads(versions.bundles["kazasu", good.version])["flow_id"] == "bad"


async def test_a_folder_on_disk(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / ".hidden.yaml").write_text("x")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "more.yaml").write_text("x")
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "tick.wav").write_bytes(b"sound")
    files, changed = flow_folder(tmp_path)
    assert set(files().texts) == set(FILES)
    assert set(files().audio_hashes) == {"audio/tick.wav"}
    before = changed()
    assert changed() == before
    (tmp_path / "bad.yaml").write_text(FLOW + "# longer\n", encoding="utf-8")
    assert changed() != before
    (tmp_path / "bad.yaml").write_bytes(b"schema: \xff\xfe")
    flows = FlowLibrary(
        tenant="kazasu", versions=MemoryFlowVersions(), files=files, changed=changed
    )
    with pytest.raises(NoFlow):
        await flows.flow_for(NUMBER, "call")
    assert flows.in_force.problems[0].code == "F001"


async def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "flows", tmp_path / "secret.yaml"
    inside.mkdir()
    outside.write_text("secret: 1")
    (inside / "linked.yaml").symlink_to(outside)
    files, _ = flow_folder(inside)
    assert files().texts == {}
