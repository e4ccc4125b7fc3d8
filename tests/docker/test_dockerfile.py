"""The image's recipe: what it copies exists, and nothing more than a production needs is in it."""

import re
import tomllib
from fnmatch import fnmatch

from typer.testing import CliRunner

from kazasu.cli import main
from kazasu.settings.environment import known_names
from kazasu.settings.model import Settings
from tests.docker.files import DOCKER, ROOT, copied, environment, one, stages

DEMO_ONLY = {"companion_app", "stand_ins"}


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    listed = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line[1:] for line in listed if line.startswith("!")}
    sources = {source for stage in stages() for source in copied(stage)}
    assert "*" in listed
    assert sources == allowed
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_all_packages_but_the_demos_parts_are_in_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    targets = copied(stages()[-1])
    assert set(targets) == packages - DEMO_ONLY | {"flows"}
    folder = environment(stages()[-1])["PYTHONPATH"]
    assert targets == {source: f"{folder}/{source}" for source in targets}


def test_libraries_are_exact_and_nothing_is_fetched_later() -> None:
    libraries, image = stages()
    (install,) = [i.rest for i in libraries if "pip install" in i.rest]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert not [i for i in image if "pip" in i.rest or "apt-get" in i.rest or "curl" in i.rest]
    bases = {stage[0].rest.split()[0] for stage in stages()}
    assert len(bases) == 1  # what is built for one Python runs on the same
    assert re.fullmatch(r"python:3\.1[1-9]-slim-[a-z]+", bases.pop())
    assert not [i for stage in stages() for i in stage if i.word == "ADD"]


def test_it_runs_as_nobody_special() -> None:
    image = stages()[-1]
    user, _, group = one(image, "USER").rest.partition(":")
    assert int(user) == int(group) >= 10000
    words = [i.word for i in image]
    assert words.index("USER") > max(n for n, word in enumerate(words) if word in ("RUN", "COPY"))
    made = next(i.rest for i in image if "useradd" in i.rest)
    assert f"--uid {user}" in made
    data = environment(image)["KAZASU_DATA_DIR"]
    assert one(image, "VOLUME").rest == data
    assert f"-o {user} -g {group} {data}" in made


def test_it_starts_what_the_tests_start() -> None:
    image = stages()[-1]
    assert one(image, "ENTRYPOINT").listed() == ["python", "-m", "kazasu.cli.main"]
    command = one(image, "CMD").listed()
    done = CliRunner().invoke(main.app, [*command, "--help"])
    assert done.exit_code == 0
    ports = {str(Settings.model_fields["listen_port"].default), str(main.FALLBACK_PORT)}
    assert set(one(image, "EXPOSE").rest.split()) == ports


def test_its_settings_are_settings_and_no_secrets() -> None:
    ours = {n for n in environment(stages()[-1]) if n.startswith("KAZASU_")}
    assert ours <= known_names()
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert not [w for w in ("SECRET_KEY", "AUTH_TOKEN", "API_SECRET", "DATABASE_URL") if w in text]


def test_nothing_secret_reaches_the_builder() -> None:
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = [line[1:] for line in ignored if line.startswith("!")]
    for name in (".git/config", "docker/secrets/secret_key", "data/kazasu.db", ".demo/x", ".env"):
        assert not [a for a in allowed if fnmatch(name, a) or name.startswith(a + "/")]
