"""A command on a demo's folder works with what that demo was started with."""

import json
from pathlib import Path

from kazasu.cli.flow.deployment import demo_settings
from kazasu.demo import programs
from kazasu.demo.place import Place


def test_a_demo_that_serves_what_is_published_is_known_by_its_folder(tmp_path: Path) -> None:
    place = Place(folder=tmp_path)
    assert "KAZASU_FLOW_SOURCE" not in demo_settings(str(tmp_path), tmp_path)
    place.running.write_text(json.dumps({"options": programs.PUBLISHED}), encoding="utf-8")
    assert demo_settings(str(tmp_path), tmp_path)["KAZASU_FLOW_SOURCE"] == "published"
    place.running.write_text(json.dumps({"base": "http://127.0.0.1:8080"}), encoding="utf-8")
    assert "KAZASU_FLOW_SOURCE" not in demo_settings(str(tmp_path), tmp_path)
    assert demo_settings("") == {}
