"""Drive the small flow: the conversations' host with its calls shortened."""

from typing import Any

from ivr.flow_engine import engine
from ivr.flow_engine.definition import Flow
from ivr.flow_engine.events import CallArrived, DigitsPressed
from ivr.flow_tests.host import Host, Script
from tests.ivr.flow_engine.engine.flows import NOW

ARRIVED = CallArrived(
    call="call-1", number="+819012345678", number_kind="mobile", dialled="+81312345678"
)


def arrived(flow: Flow, **script: Any) -> Host:
    host = Host(flow=flow, session=engine.begin(flow, "call-1"), now=NOW, script=Script(**script))
    host.feed(ARRIVED, from_carrier=True)
    return host


def press(host: Host, *keys: str) -> Host:
    for key in keys:
        host.feed(DigitsPressed(keys=key), from_carrier=True)
    return host


def faults(host: Host) -> list[str]:
    return [entry.fault for entry in host.trace if entry.fault]


def words(host: Host) -> str:
    """Everything in the document on the line, as text."""
    document = host.session.document
    assert document is not None
    inner = getattr(document.closing, "spoken", ())
    return " ".join(getattr(part, "text", "") for part in (*document.spoken, *inner))
