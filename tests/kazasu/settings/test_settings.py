"""Every setting: what is missing or malformed is named in one line, and no secret is ever shown."""

import base64
from pathlib import Path

import pytest

from kazasu.settings import environment
from kazasu.settings.bad_settings import BadSettings
from kazasu.settings.environment import load, load_fallback
from kazasu.settings.model import Settings
from kazasu.settings.values import Profile
from tests.kazasu.deployment import ACCOUNT, AUTH_TOKEN, SECRET_KEY, Deployment

GOOD = {
    "TRUST_ANCHORS_DIR": "anchors",
    "KAZASU_CRL_DIR": "crl",
    "SECRET_KEY": SECRET_KEY,
    "PUBLIC_BASE_URL": "https://id.example.jp",
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
}
DEMO = {"KAZASU_PROFILE": "demo", "PUBLIC_BASE_URL": "http://127.0.0.1:8080"}

LOOKUPS = {
    "KAZASU_LOOKUPS_URL": "https://crm.example.jp/lookups",
    "KAZASU_LOOKUPS_KEY": f"whsec_{SECRET_KEY}",
}


def _load(monkeypatch: pytest.MonkeyPatch, **changes: str) -> Settings:
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)
    return load()


def _problems(monkeypatch: pytest.MonkeyPatch, **changes: str) -> list[str]:
    with pytest.raises(BadSettings) as bad:
        _load(monkeypatch, **changes)
    return bad.value.problems


def test_production_is_what_comes_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    read = _load(monkeypatch)
    assert read.profile is Profile.PRODUCTION
    assert (read.listen_host, read.twilio_api_base) == ("127.0.0.1", "https://api.twilio.com")
    assert len(read.master_key()) == 32
    assert read.database() == f"sqlite:///{Path.cwd() / 'data' / 'kazasu.db'}"


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(BadSettings) as bad:
        load()
    assert sorted(line.partition(":")[0] for line in bad.value.problems) == sorted(GOOD)
    assert all("is not set" in line for line in bad.value.problems)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert _problems(monkeypatch, **{name: ""}) == [
        f"{name}: is not set (docs/settings.md says what it is)"
    ]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("KAZASU_PROFILE", "staging", "'production' or 'demo'"),
        ("KAZASU_TENANT", "Main", "must begin with a-z"),
        ("KAZASU_CRL_MAX_AGE_HOURS", "241", "less than or equal to 240"),
        ("KAZASU_CRL_MAX_AGE_HOURS", "two", "integer"),
        ("KAZASU_LISTEN_PORT", "65536", "less than or equal to 65535"),
        ("KAZASU_OLDEST_APP_VERSIONS", "ios=new", "must be like ios=1.4"),
        ("KAZASU_OLDEST_APP_VERSIONS", "symbian=1", "must be like ios=1.4"),
        ("KAZASU_APP_UPDATE_URLS", "ios=http://a.example", "must be like ios=1.4"),
        ("KAZASU_TRUSTED_PROXIES", "-1", "greater than or equal to 0"),
        ("SECRET_KEY", "c2hvcnQ=", "openssl rand -base64 32"),
        ("SECRET_KEY", "not base64 at all!", "openssl rand -base64 32"),
        ("SECRET_KEY", "A" * 43 + "=", "is not random"),
        ("PUBLIC_BASE_URL", "id.example.jp", "scheme://host[:port]"),
        ("PUBLIC_BASE_URL", "https://id.example.jp/kazasu", "without path"),
        ("PUBLIC_BASE_URL", "https://user:pass@id.example.jp", "without path or user"),
        ("PUBLIC_BASE_URL", "https://ID.example.jp", "in lower case"),
        ("PUBLIC_BASE_URL", "https://id.example.jp?x", "scheme://host[:port]"),
        ("PUBLIC_BASE_URL", "https://id.example.jp:port", "scheme://host[:port]"),
        ("PUBLIC_BASE_URL", "ftp://id.example.jp", "scheme://host[:port]"),
        ("DATABASE_URL", "mysql://kazasu:geheim@db/x", "must be sqlite:"),
        ("DATABASE_URL", "geheim", "must be sqlite:"),
        ("DATABASE_URL", "sqlite://", "must be sqlite:"),
        ("TWILIO_ACCOUNT_SID", "AC123", "must be AC and 32"),
        ("TWILIO_API_KEY", "geheim", "must be SK and 32"),
        ("TWILIO_API_SECRET", "geheim", "16 characters at least"),
        ("TWILIO_API_BASE", "https://api.tokyo.twilio.com", "must name edge and region, or"),
        ("TWILIO_API_BASE", "https://api.a.b.c.twilio.com", "must name edge and region, or"),
        ("KAZASU_FALLBACK_URL", "id.example.jp", "http or https address"),
        ("KAZASU_FALLBACK_URL", "https://id.example.jp/#e=tokyo", "without user, query or frag"),
        ("KAZASU_LOOKUPS_URL", "crm.example.jp", "http or https address"),
        ("KAZASU_LOOKUPS_URL", "https://crm.example.jp/?key=geheim", "without user, query or"),
        ("KAZASU_LOOKUPS_KEY", "geheim", "must be whsec_ and random base64"),
        ("KAZASU_LOOKUPS_KEY", "whsec_" + "A" * 44, "must be whsec_ and random base64"),
        ("KAZASU_LOOKUPS_KEY", f"whsec_{SECRET_KEY[:16]}", "must be whsec_ and random base64"),
        ("KAZASU_LOOKUPS_KEY", ",".join([f"whsec_{SECRET_KEY}"] * 3), "at most two"),
        ("TWILIO_NUMBER", "03-1234-5678", "like +81312345678"),
        ("KAZASU_FALLBACK_NUMBER", "+0312345678", "like +81312345678"),
        ("TWILIO_SHARED_KEYS", "geheim", "id=secret"),
        ("TWILIO_SHARED_KEYS", f"a={AUTH_TOKEN},,", "id=secret"),
        ("TWILIO_SHARED_KEYS", f"={AUTH_TOKEN}", "id=secret"),
        ("TWILIO_SHARED_KEYS", ",".join(f"{n}={AUTH_TOKEN}" for n in "abc"), "at most two"),
    ],
)
def test_a_malformed_setting_is_named_and_explained(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    (problem,) = _problems(monkeypatch, **{name: value})
    assert problem.startswith(f"{name}: ")
    assert says in problem
    assert "geheim" not in problem
    assert AUTH_TOKEN not in problem


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"PUBLIC_BASE_URL": "http://id.example.jp"}, "PUBLIC_BASE_URL must be https"),
        ({"TWILIO_API_BASE": "https://api.example.jp"}, "TWILIO_API_BASE must be a host of"),
        ({"KAZASU_FALLBACK_URL": "http://id.example.jp/"}, "KAZASU_FALLBACK_URL must be https"),
        ({"TWILIO_API_KEY": "SK" + "12" * 16}, "both, or neither"),
        ({"TWILIO_API_SECRET": AUTH_TOKEN}, "both, or neither"),
        ({"KAZASU_LOOKUPS_URL": "https://crm.example.jp/lookups"}, "both, or neither"),
        ({"KAZASU_LOOKUPS_KEY": f"whsec_{SECRET_KEY}"}, "both, or neither"),
        (LOOKUPS | {"KAZASU_LOOKUPS_URL": "http://127.0.0.1/l"}, "LOOKUPS_URL must be https"),
        (DEMO | LOOKUPS | {"KAZASU_LOOKUPS_URL": "http://crm/l"}, "LOOKUPS_URL must be https"),
        ({"KAZASU_FRAME_ANCESTOR": "https://id.example.jp"}, "KAZASU_FRAME_ANCESTOR is for"),
        (DEMO | {"KAZASU_LISTEN_HOST": "0.0.0.0"}, "loopback only (KAZASU_LISTEN_HOST)"),  # noqa: S104 - refused
    ],
)
def test_profiles_keep_their_rules(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], says: str
) -> None:
    (problem,) = _problems(monkeypatch, **changes)
    assert says in problem


def test_a_key_for_lookups_is_replaced_by_giving_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _load(monkeypatch).lookups_keys() == ()
    new = "whsec_" + base64.b64encode(bytes(range(24))).decode()
    both = f"whsec_{SECRET_KEY}, {new}"
    read = _load(monkeypatch, **(LOOKUPS | {"KAZASU_LOOKUPS_KEY": both}))
    assert read.lookups_keys() == (base64.b64decode(SECRET_KEY), bytes(range(24)))
    assert SECRET_KEY not in repr(read)


def test_on_this_machine_the_demo_may_ask_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    here = DEMO | LOOKUPS | {"KAZASU_LOOKUPS_URL": "http://127.0.0.1:8090/lookups"}
    assert _load(monkeypatch, **here).lookups_url == "http://127.0.0.1:8090/lookups"


@pytest.mark.parametrize("base", ["https://api.twilio.com", "https://api.sydney.au1.twilio.com"])
def test_regions_of_the_carrier_are_production(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    assert _load(monkeypatch, TWILIO_API_BASE=base).twilio_api_base == base


@pytest.mark.parametrize("url", ["https://id.example.jp/", "http://[::1]:8080", "http://localhost"])
def test_an_address_is_kept_without_its_last_slash(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    read = _load(monkeypatch, **(DEMO | {"PUBLIC_BASE_URL": url}))
    assert read.public_base_url == url.rstrip("/")


def test_secrets_come_from_files_of_their_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "twilio_auth_token").write_text(f"{AUTH_TOKEN}\n", encoding="utf-8")
    (tmp_path / "SECRET_KEY").write_text(SECRET_KEY, encoding="utf-8")
    read = _load(monkeypatch, SECRET_KEY="", TWILIO_AUTH_TOKEN="", KAZASU_SECRETS_DIR=str(tmp_path))
    assert read.twilio_auth_token.get_secret_value() == AUTH_TOKEN
    assert read.secret_key.get_secret_value() == SECRET_KEY


def _missing(folder: Path) -> Path:
    return folder / "nowhere"


def _a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file"


def _with_a_folder(folder: Path) -> Path:
    (folder / "twilio_auth_token").mkdir()
    return folder


def _with_a_way_out(folder: Path) -> Path:
    (folder / "in").mkdir()
    (folder / "outside").write_text(AUTH_TOKEN, encoding="utf-8")
    (folder / "in" / "twilio_auth_token").symlink_to(folder / "outside")
    return folder / "in"


def _no_text(folder: Path) -> Path:
    (folder / "twilio_auth_token").write_bytes(b"\xff\xfe" * 16)
    return folder


@pytest.mark.parametrize("make", [_missing, _a_file, _with_a_folder, _with_a_way_out, _no_text])
def test_secret_files_that_cannot_be_used_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make: object
) -> None:
    assert callable(make)
    (problem,) = _problems(monkeypatch, KAZASU_SECRETS_DIR=str(make(tmp_path)))
    assert problem.startswith("KAZASU_SECRETS_DIR: ")
    assert AUTH_TOKEN not in problem


def test_an_api_key_opens_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "SK" + "ab" * 16
    assert _load(monkeypatch).twilio_key_pair() is None
    read = _load(monkeypatch, TWILIO_API_KEY=key, TWILIO_API_SECRET=AUTH_TOKEN)
    assert read.twilio_key_pair() == (key, AUTH_TOKEN)


def test_nothing_secret_is_in_a_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    read = _load(
        monkeypatch,
        DATABASE_URL="postgresql://kazasu:geheim@db/kazasu",
        TWILIO_AUTH_TOKEN_NEXT="9" * 32,
        TWILIO_SHARED_KEYS="one=" + "8" * 32,
        TWILIO_API_KEY="SK" + "ab" * 16,
        TWILIO_API_SECRET="7" * 32,
    )
    shown = repr(read) + str(read)
    for secret in (SECRET_KEY, AUTH_TOKEN, "geheim", "9" * 32, "8" * 32, "7" * 32):
        assert secret not in shown


def test_what_is_misspelt_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAZASU_PROFIL", "demo")
    monkeypatch.setenv("KAZASU_FALLBACK_VOICE", "Polly.Takumi-Neural")
    assert environment.unknown_names() == ["KAZASU_PROFIL"]


def test_the_fallback_needs_its_number_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSettings) as bad:
        load_fallback()
    assert bad.value.problems == [
        "KAZASU_FALLBACK_NUMBER: is not set (docs/settings.md says what it is)"
    ]
    monkeypatch.setenv("KAZASU_SECRETS_DIR", "/nowhere")
    monkeypatch.setenv("KAZASU_FALLBACK_NUMBER", "+81312340009")
    assert load_fallback().fallback_number == "+81312340009"


def test_every_setting_is_in_the_documents() -> None:
    text = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    names = environment.known_names()
    assert [name for name in sorted(names) if f"`{name}`" not in text] == []


def test_the_apps_still_served(deployment: Deployment) -> None:
    given = {
        **deployment.variables,
        "KAZASU_OLDEST_APP_VERSIONS": "ios=1.4, android=1.2",
        "KAZASU_APP_UPDATE_URLS": "ios=https://apps.example/kazasu",
    }
    settings = load(**given)
    assert settings.oldest_app_versions == {"ios": "1.4", "android": "1.2"}
    assert settings.app_update_urls == {"ios": "https://apps.example/kazasu"}


def test_the_apps_that_open_links_themselves(deployment: Deployment) -> None:
    first, second = ":".join(["AB"] * 32), ":".join(["0c"] * 32)
    given = {
        **deployment.variables,
        "KAZASU_IOS_APPS": "ABCDE12345.jp.example.app, ABCDE12345.jp.example.app-beta",
        "KAZASU_ANDROID_APPS": f"jp.example.app={first},jp.example.app={second}",
        "KAZASU_KEYED_CODES": "true",
    }
    settings = load(**given)
    assert settings.ios_apps == ("ABCDE12345.jp.example.app", "ABCDE12345.jp.example.app-beta")
    assert settings.android_apps == {"jp.example.app": (first, second.upper())}
    assert settings.keyed_codes
    assert not load(**deployment.variables).keyed_codes


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAZASU_IOS_APPS", "jp.example.app"),
        ("KAZASU_ANDROID_APPS", "jp.example.app"),
        ("KAZASU_ANDROID_APPS", "jp.example.app=AB:CD"),
    ],
)
def test_an_app_that_cannot_be_one_is_said(deployment: Deployment, name: str, value: str) -> None:
    with pytest.raises(BadSettings) as bad:
        load(**{**deployment.variables, name: value})
    assert bad.value.problems[0].startswith(name)
