"""What the demo runs, each as a process of its own, and with which arguments and settings."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kazasu.demo import place as places
from kazasu.demo.place import GENERAL_DESK, HOST, PAGE_OPERATOR, TERMINAL_OPERATOR, Place
from kazasu.demo.processes import Program

KEYED_CODES: Final = {"KAZASU_KEYED_CODES": "true"}
"""The accessibility exception; a flow has to list it too."""
PUBLISHED: Final = {"KAZASU_FLOW_SOURCE": "published"}
"""New calls get what was published, as in production, and not the saved files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Chosen before anything starts, so that all can start at once knowing each other."""

    fallback: int
    carrier: int
    cards: int
    time_stamps: int = 0

    @property
    def fallback_base(self) -> str:
        return f"http://{HOST}:{self.fallback}"

    @property
    def carrier_base(self) -> str:
        return f"http://{HOST}:{self.carrier}"

    @property
    def cards_base(self) -> str:
        return f"http://{HOST}:{self.cards}"


def fallback(port: int) -> Program:
    return Program(
        name="fallback",
        module="kazasu.cli.main",
        arguments=("fallback", "--port", str(port)),
        variables={"KAZASU_FALLBACK_NUMBER": GENERAL_DESK},
    )


def carrier(place: Place, base: str, ports: Ports, speed: float) -> Program:
    door = f"{base}/carriers/twilio"
    number = f"{places.DIALLED}={door}/voice|{ports.fallback_base}/|{door}/status"
    phones = (PAGE_OPERATOR.phone, TERMINAL_OPERATOR.phone, GENERAL_DESK)
    return Program(
        name="carrier",
        module="stand_ins.carrier",
        arguments=(
            *("--credentials-file", str(place.credentials)),
            *("--token-file", str(place.carrier_token)),
            *("--number", number),
            *(part for phone in phones for part in ("--phone", phone)),
            *("--origin", base, "--speed", str(speed), "--port", str(ports.carrier)),
        ),
    )


def cards(place: Place, base: str, ports: Ports, speed: float) -> Program:
    return Program(
        name="card rack",
        module="stand_ins.card",
        arguments=(
            *("--cards", str(place.cards)),
            *("--token-file", str(place.card_token)),
            *("--origin", base, "--speed", str(speed), "--port", str(ports.cards)),
        ),
    )


def time_stamps(place: Place, ports: Ports) -> Program:
    return Program(
        name="time-stamps",
        module="stand_ins.time_stamps",
        arguments=("--folder", str(place.time_stamps), "--port", str(ports.time_stamps)),
    )


def stamped(place: Place, ports: Ports) -> dict[str, str]:
    """Settings of a service whose evidence is time-stamped by the authority of this demo."""
    return {
        "KAZASU_TIME_STAMP_URLS": f"http://{HOST}:{ports.time_stamps}/",
        "KAZASU_TIME_STAMP_ROOTS_DIR": str(place.time_stamp_roots),
        "KAZASU_EVIDENCE_COPIES_DIR": str(place.evidence_copies),
    }


def service(variables: dict[str, str], ports: Ports) -> Program:
    return Program(
        name="service",
        module="kazasu.demo.service",
        arguments=(
            *("--carrier", ports.carrier_base),
            *("--cards", ports.cards_base),
        ),
        variables=variables,
    )


def service_variables(place: Place, flows: Path, base: str, ports: Ports) -> dict[str, str]:
    """The environment of the demo's service. Secrets lie in files of the demo's folder."""
    return {
        "KAZASU_PROFILE": "demo",
        "KAZASU_TENANT": places.TENANT,
        "KAZASU_DATA_DIR": str(place.folder),
        "KAZASU_FLOWS_DIR": str(flows),
        "KAZASU_LOOKUPS_DIR": str(places.DATA / "lookups"),
        "KAZASU_SECRETS_DIR": str(place.secrets_dir),
        "KAZASU_EVIDENCE_KEYS_FILE": str(place.evidence_keys),
        "TRUST_ANCHORS_DIR": str(place.pki / "anchors"),
        "KAZASU_CRL_DIR": str(place.pki / "crl"),
        "KAZASU_LINKAGE_DIR": str(place.linkage),
        "DATABASE_URL": place.database,
        "PUBLIC_BASE_URL": base,
        "KAZASU_LISTEN_HOST": HOST,
        "KAZASU_LISTEN_PORT": base.rpartition(":")[2],
        "KAZASU_FRAME_ANCESTOR": base,
        "KAZASU_CALLS_PER_NUMBER": "3000",  # one telephone tries card after card
        "TWILIO_API_BASE": ports.carrier_base,
        "TWILIO_NUMBER": places.DIALLED,
        "KAZASU_FALLBACK_NUMBER": GENERAL_DESK,
    }


def as_shell(variables: Mapping[str, str]) -> str:
    """Lines that a POSIX shell reads with `.` to give its commands these settings."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
