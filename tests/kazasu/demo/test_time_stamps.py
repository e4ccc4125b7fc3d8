"""The demo's evidence is time-stamped by an authority of its own, whose root is pinned."""

from pathlib import Path

import pytest

from kazasu.demo import place as places
from kazasu.demo import programs, set_up
from kazasu.demo.place import Place
from kazasu.demo.programs import Ports
from kazasu.demo.run import flows_folder
from kazasu.settings.environment import load
from kazasu.wiring.archive import keeping


def test_its_root_alone_is_pinned_and_stays(tmp_path: Path) -> None:
    place = Place(folder=tmp_path)
    places.secrets_of(place)
    assert set_up.time_stamps(place)
    ports = Ports(fallback=1, carrier=2, cards=3, time_stamps=4)
    variables = programs.service_variables(place, flows_folder(""), "http://127.0.0.1:8080", ports)
    settings = load(**variables, **programs.stamped(place, ports))
    (root,) = keeping.pinned(settings).roots
    assert "Stand-in time-stamps root" in root.subject.rfc4514_string()
    assert set_up.time_stamps(place)  # at the next start it is the same
    assert keeping.pinned(settings).roots == (root,)
    assert settings.time_stamp_urls == ("http://127.0.0.1:4/",)


def test_without_openssl_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not set_up.time_stamps(Place(folder=tmp_path))
    assert list(tmp_path.iterdir()) == []
