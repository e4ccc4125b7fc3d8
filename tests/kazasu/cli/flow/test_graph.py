"""`kazasu flow graph` of the shipped flow."""

import json
from pathlib import Path

from tests.kazasu.deployment import Deployment


def test_drawn(deployment: Deployment, tmp_path: Path) -> None:
    file = str(deployment.flows / "main-inbound.yaml")
    done = deployment.call("flow", "graph", file)
    assert done.exit_code == 0
    assert "flowchart TD" in done.stdout
    to = tmp_path / "flow.svg"
    assert deployment.call("flow", "graph", file, "--svg", "--to", str(to)).exit_code == 0
    assert to.read_text(encoding="utf-8").startswith("<svg ")
    main, sub = json.loads(deployment.call("flow", "graph", file, "--json").stdout)
    assert (main["id"], sub["id"]) == ("main-inbound", "offer-callback")


def test_counted(deployment: Deployment) -> None:
    """No call has ended here yet, so every exit was taken by none."""
    file = str(deployment.flows / "main-inbound.yaml")
    done = deployment.call("flow", "graph", file, "--counts")
    assert done.exit_code == 0
    assert '-->|"open (0)"|' in done.stdout
    away = deployment.call(
        "flow", "graph", file, "--counts", DATABASE_URL="postgresql://nobody@127.0.0.1:1/x"
    )
    assert away.exit_code == 3


def test_not_drawn(deployment: Deployment) -> None:
    assert deployment.call("flow", "graph", str(deployment.flows / "site.yaml")).exit_code == 2
    file = deployment.flows / "main-inbound.yaml"
    file.write_text(file.read_text("utf-8").replace("start: check_hours", "start: x"), "utf-8")
    done = deployment.call("flow", "graph", str(file))
    assert done.exit_code == 1
    assert "G001" in done.stderr
