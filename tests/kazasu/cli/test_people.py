"""`kazasu operators` and `kazasu holders`: what cannot be used is refused whole."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from door_frame.staff import StaffSession
from door_frame.staff_login import StaffBooks, StaffLogin
from identity.pairing.policy import PairingPolicy
from kazasu.settings.environment import load
from kazasu.wiring import flows, identity_side, sealing, stores
from tests.kazasu.deployment import Deployment

PASSWORD = "korrekt-batterie-pferd"
GOOD = (
    "operators",
    "add",
    "sato",
    "--name",
    "佐藤 愛",
    "--phone",
    "03-1234-0001",
    "--queue",
    "verified",
)


def _rows(there: Deployment, table: str) -> int:
    engine = create_engine(f"sqlite:///{there.folder / 'data' / 'kazasu.db'}")
    with engine.connect() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - ours
    engine.dispose()
    return found


async def _kept(there: Deployment) -> stores.Stores:
    settings = load(**there.variables)
    tenant = identity_side.tenant_of(settings, flows.site(settings).business)
    return stores.build(
        settings.database(),
        tenant,
        sealing.keys_of(settings),
        result_lives=PairingPolicy().result_lives,
    )


def test_an_operator_added_can_sign_in(deployment: Deployment) -> None:
    done = deployment.call(*GOOD, "--queue", "general", "--queue", "general", given=f"{PASSWORD}\n")
    assert (done.exit_code, done.stdout) == (0, "added sato\n")

    async def look() -> None:
        kept = await _kept(deployment)
        account = await kept.staff.by_login("main", "sato")
        assert account is not None
        assert (account.name, account.phone) == ("佐藤 愛", "+81312340001")
        assert account.queues == ("verified", "general")
        assert PASSWORD not in repr(account)
        login = StaffLogin(
            StaffBooks(accounts=kept.staff, sessions=kept.staff_sessions, tries=kept.counters),
            tenant="main",
            now=lambda: datetime.now(UTC),
            random=bytes,
        )
        signed = await login.sign_in("sato", PASSWORD, "127.0.0.1")
        assert isinstance(getattr(signed, "session", None), StaffSession)
        await kept.close()

    asyncio.run(look())


@pytest.mark.parametrize(
    ("changed", "value", "says"),
    [
        (2, "Sato San", "LOGIN: must be"),
        (2, "x" * 65, "LOGIN: must be"),
        (2, "佐藤", "LOGIN: must be"),
        (4, "", "--name: must be"),
        (4, "佐藤\n愛", "--name: must be"),
        (4, "x" * 61, "--name: must be"),
        (6, "12", "--phone: not a telephone number"),
        (6, "somewhere", "--phone: not a telephone number"),
        (8, "sales", "--queue sales: no such queue in site.yaml; there are: verified, general"),
    ],
)
def test_what_cannot_be_used_is_named_before_a_password_is_asked(
    deployment: Deployment, changed: int, value: str, says: str
) -> None:
    words = [*GOOD]
    words[changed] = value
    done = deployment.call(*words)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"kazasu: {says}")
    assert _rows(deployment, "staff") == 0


@pytest.mark.parametrize("password", ["", "short", "x" * 257])
def test_a_password_out_of_length_is_refused_and_not_shown(
    deployment: Deployment, password: str
) -> None:
    done = deployment.call(*GOOD, given=f"{password}\n")
    assert done.exit_code == 2
    assert "12 to 256 characters" in done.stderr
    assert not password or password not in done.output
    assert _rows(deployment, "staff") == 0


def test_a_login_is_given_once(deployment: Deployment) -> None:
    assert deployment.call(*GOOD, given=f"{PASSWORD}\n").exit_code == 0
    again = deployment.call(*GOOD, given=f"{PASSWORD}2\n")
    assert (again.exit_code, again.stderr) == (
        1,
        "kazasu: sato: this login exists; name another one\n",
    )
    assert _rows(deployment, "staff") == 1


def test_queues_are_given_instead_of_those_before(deployment: Deployment) -> None:
    deployment.call(*GOOD, given=f"{PASSWORD}\n")
    given = ("--queue", "safety", "--queue", "general", "--queue", "safety")
    done = deployment.call("operators", "queues", "sato", *given)
    assert (done.exit_code, done.stdout) == (0, "sato serves safety, general\n")

    async def look() -> None:
        kept = await _kept(deployment)
        account = await kept.staff.by_login("main", "sato")
        await kept.close()
        assert account is not None
        assert account.queues == ("safety", "general")

    asyncio.run(look())
    nobody = deployment.call("operators", "queues", "tanaka", "--queue", "general")
    assert (nobody.exit_code, nobody.stderr) == (
        1,
        "kazasu: tanaka: no such operator; add it: kazasu operators add\n",
    )
    unknown = deployment.call("operators", "queues", "sato", "--queue", "generl")
    assert unknown.exit_code == 2
    assert "no such queue in site.yaml; there are: verified, general" in unknown.stderr


def test_disabling_ends_the_sessions(deployment: Deployment) -> None:
    deployment.call(*GOOD, given=f"{PASSWORD}\n")

    async def begin() -> None:
        kept, now = await _kept(deployment), datetime.now(UTC)
        account = await kept.staff.by_login("main", "sato")
        assert account is not None
        await kept.staff_sessions.begin(
            StaffSession(
                id_hash=bytes(32),
                csrf_hash=bytes(32),
                tenant="main",
                staff=account.id,
                began_at=now,
                last_seen_at=now,
            )
        )
        await kept.close()

    asyncio.run(begin())
    assert _rows(deployment, "staff_sessions") == 1
    done = deployment.call("operators", "disable", "sato")
    assert done.exit_code == 0
    assert _rows(deployment, "staff_sessions") == 0
    unknown = deployment.call("operators", "disable", "tanaka")
    assert (unknown.exit_code, unknown.stderr) == (1, "kazasu: tanaka: no such login\n")


HEADER = "contract_ref,display_name,phones,person_id\n"
ROW = "C-1,山田 花子,090-1234-5678,\n"


def _import(there: Deployment, content: str | bytes) -> tuple[int, str]:
    file = there.folder / "holders.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = there.call("holders", "import", str(file))
    return done.exit_code, done.stderr.replace(str(file), "FILE") or done.stdout


def test_holders_are_imported_and_again(deployment: Deployment) -> None:
    assert _import(deployment, HEADER + ROW) == (0, "imported 1 holders\n")
    assert _import(deployment, "\ufeff" + HEADER + ROW + "C-2,佐藤,,p-2\n") == (
        0,
        "imported 2 holders\n",
    )
    assert _rows(deployment, "holders") == 2


def test_an_enrolled_contract_that_becomes_somebody_elses_is_told(deployment: Deployment) -> None:
    assert _import(deployment, HEADER + ROW + "C-2,佐藤,,p-2\n") == (0, "imported 2 holders\n")
    status, said = _import(deployment, HEADER + ROW + "C-2,月野,,\n")
    assert status == 0
    assert said.splitlines() == [
        "imported 2 holders",
        "Contracts of enrolled people with another name, birth date or person since this import: "
        "1. They stay tied. Make sure whose they are, then kazasu holders link: C-2",
    ]
    assert _rows(deployment, "evidence WHERE kind = 'enrolment'") == 1
    for contract, changed in (("C-1", False), ("C-2", True)):
        shown = deployment.call("holders", "show", contract, "--json")
        assert json.loads(shown.stdout)["changed_since_enrolment"] is changed


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("", ["FILE:1: has no header line: contract_ref,display_name,phones[,person_id]"]),
        ("contract_ref,phones\n", ["FILE:1: display_name: the column is missing"]),
        (HEADER.replace("person_id", "mynumber"), ["FILE:1: mynumber: no such column"]),
        (HEADER + ROW + "C 2,佐藤,,\n", ["FILE:3: contract_ref: must be 1 to 64"]),
        (ROW, ["FILE:1: contract_ref: the col", *["FILE:1: "] * 6]),
        (HEADER + ROW + ROW, ["FILE:3: contract_ref: stands in an earlier row"]),
        (
            HEADER + ROW + "C-2,,12345,!\n",
            ["FILE:3: display_name:", "FILE:3: person_id:", "FILE:3: phones:"],
        ),
        (HEADER + ROW + "C-2,佐藤,,,,\n", ["FILE:3: has more cells"]),
        (HEADER + ROW + 'C-2,"佐藤\n', ["FILE:3: is not CSV"]),
        ((HEADER + ROW).encode("shift_jis"), ["FILE:2: is not UTF-8"]),
    ],
)
def test_wrong_rows_are_numbered_and_nothing_is_imported(
    deployment: Deployment, content: str | bytes, lines: list[str]
) -> None:
    status, said = _import(deployment, content)
    assert status == 1
    found = said.splitlines()
    assert len(found) == len(lines) + 1
    assert all(f.startswith(f"kazasu: {line}") for f, line in zip(found, lines, strict=False)), (
        found
    )
    assert found[-1] == "kazasu: nothing was imported"
    assert not any(word in said for word in ("山田", "佐藤", "090", "12345", "C-2"))
    assert _rows(deployment, "holders") == 0


def test_a_file_that_is_not_there(deployment: Deployment, tmp_path: Path) -> None:
    done = deployment.call("holders", "import", str(tmp_path / "none.csv"))
    assert done.exit_code == 2
    assert done.stderr == f"kazasu: {tmp_path / 'none.csv'}: No such file or directory\n"


@pytest.mark.parametrize(
    "words", [GOOD, ("holders", "import", "x.csv"), ("evidence", "export", "e", "--to", "out")]
)
def test_a_database_without_tables_is_said_first(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.csv").write_text(HEADER, encoding="utf-8")
    done = deployment.call(*words, DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert done.exit_code == 3
    assert "Run: kazasu migrate" in done.stderr
    assert not (tmp_path / "new.db").exists()
    assert not (tmp_path / "out").exists()


def test_a_holder_is_shown_without_a_name(deployment: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "holders.csv"
    file.write_text(
        "contract_ref,display_name,phones,person_id,birth_date,address\n"
        "C-1,山田 太郎,090-1234-5678,p-1,1979-11-03,霞県月野町1\nC-2,山田 太郎,,p-1,,\n",
        encoding="utf-8",
    )
    assert deployment.call("holders", "import", str(file)).exit_code == 0
    shown = deployment.call("holders", "show", "C-1", "--json")
    assert json.loads(shown.stdout) == {
        "contract": "C-1",
        "enrolled": True,
        "person": "p-1",
        "changed_since_enrolment": False,
        "contracts_of_the_person": ["C-1", "C-2"],
        "phones": 1,
        "can_be_compared": True,
        "card_held": False,
        "waiting": [],
    }
    plain = deployment.call("holders", "show", "C-2")
    assert "C-1, C-2" in plain.stdout
    for hidden in ("山田", "090", "1979", "霞県"):
        assert hidden not in shown.stdout + plain.stdout
    none = deployment.call("holders", "show", "C-9")
    assert (none.exit_code, none.stderr) == (1, "kazasu: C-9: no such contract\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("enroll",), "name the contract, or --phone, and not both"),
        (("enroll", "C-1", "--phone", "090-1234-5678"), "name the contract, or --phone"),
        (("check", "C-1", "--phone", "090-1234-5678"), "name the contract, or --phone"),
    ],
)
def test_an_enrolment_names_one_contract(
    deployment: Deployment, words: tuple[str, ...], says: str
) -> None:
    done = deployment.call("holders", *words)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"kazasu: {says}")


def test_nobody_signs_in_through_a_pipe(deployment: Deployment) -> None:
    """Two people approve, and each types a password of their own."""
    done = deployment.call("holders", "link", "C-1", "p-1", given=f"sato\n{PASSWORD}\n")
    assert done.exit_code == 2
    assert "typed at a terminal" in done.stderr or "端末で入力" in done.stderr
