"""What a new call gets, by profile and setting; from the command line to the library."""

from pathlib import Path

import pytest

from identity.pairing.policy import PairingPolicy
from ivr.flow_library.model import NoFlow
from kazasu.settings.environment import load
from kazasu.settings.values import FlowSource, Profile
from kazasu.wiring import flows, identity_side, sealing, stores
from tests.kazasu.deployment import Deployment

NUMBER = "+81312345678"


@pytest.mark.parametrize(
    ("profile", "given", "expected"),
    [
        (Profile.DEMO, None, FlowSource.FILES),
        (Profile.PRODUCTION, None, FlowSource.PUBLISHED),
        (Profile.DEMO, FlowSource.PUBLISHED, FlowSource.PUBLISHED),
        (Profile.PRODUCTION, FlowSource.FILES, FlowSource.FILES),
    ],
)
def test_by_profile(
    deployment: Deployment, profile: Profile, given: FlowSource | None, expected: FlowSource
) -> None:
    settings = load(**deployment.variables)
    chosen = settings.model_copy(update={"profile": profile, "flow_source": given})
    assert flows.source(chosen) is expected


async def test_published_from_the_command_line_and_served(deployment: Deployment) -> None:
    settings = load(**deployment.variables, KAZASU_FLOW_SOURCE="published")
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    kept = stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )
    file = deployment.flows / "main-inbound.yaml"
    try:
        library = flows.library(settings, tenant, kept)
        with pytest.raises(NoFlow):
            await library.flow_for(NUMBER, "call-1")
        publish(deployment, file)
        first = await library.flow_for(NUMBER, "call-2")
        retitle(file)
        assert await library.flow_for(NUMBER, "call-3") is first
        publish(deployment, file)
        second = await library.flow_for(NUMBER, "call-4")
        assert second.version != first.version
        restarted = flows.library(settings, tenant, kept)
        assert await restarted.flow(first.version) == first
    finally:
        await kept.close()


def publish(deployment: Deployment, file: Path) -> None:
    """In a process of its own: this one has a running loop."""
    done = deployment.run("flow", "publish", str(file))
    assert done.returncode == 0, done.stderr


def retitle(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("title: ", "title: 新しい", 1), encoding="utf-8")
