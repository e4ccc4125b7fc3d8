"""What the page computes by itself is what Python computes: canonical JSON, SA, codes, proofs."""

import json
import os
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from companion_app.card.algorithms import Digest, algorithm_of
from companion_app.card.signed_attributes import StatementType, card_input, signed_attributes
from companion_app.handset import dial_string
from companion_app.link import token_of
from companion_app.spoken_code import typed_code
from companion_app.statement import StatementRefused, checked
from identity.pairing.outcomes import PENDING, Hint
from tests.companion_app.page.pocket import Pocket
from tests.identity.jpki.synthetic import curve_key, leaf

pytestmark = pytest.mark.asyncio(loop_scope="session")  # one browser serves all of them

FLAT: list[dict[str, str | int]] = [
    {},
    {"v": 1, "b": "2", "a": "1", "A": "0", "aa": "", "1": "x", "10": "y", "2": "z"},
    {"shown": "カザス保険(03-1234-5678)に、あなたがかけた電話で、本人確認をします。"},
    {"controls": "".join(map(chr, range(0x20))) + "\x7f\x80\u2028\u2029\ufeff"},
    {
        "quotes": "\"'\\/<>&",
        "astral": "𠮷野家😀",
        "é": "e\u0301",
        "\ue000": "1",
        "😀": "2",
        "￿": "3",
    },
    {"large": 2**53 - 1, "small": -(2**53) + 1, "zero": 0},
]
OTHER_CURVE = ec.generate_private_key(ec.SECP521R1()).public_key()
TYPES: list[StatementType] = ["call", "dial", "enrolment", "business"]


async def _run(pocket: Pocket, module: str, body: str, argument: Any) -> Any:
    """Runs `body` with the module's exports as `m` and the argument as `x`."""
    script = f"async (x) => {{ const m = await import('./{module}.js'); {body} }}"
    return await pocket.page.evaluate(script, argument)


async def test_canonical_json_is_rfc_8785(pocket: Pocket) -> None:
    made = await _run(pocket, "signing/canonical", "return x.map(m.canonical)", FLAT)
    assert [text.encode("utf-8") for text in made] == [rfc8785.dumps(item) for item in FLAT]


async def test_what_a_statement_cannot_hold_is_refused(pocket: Pocket) -> None:
    values = ["null", "true", "1.5", "1e21", "2**53", "-0", "NaN", "[]", "({})", "'\\ud800'"]
    for value in values:
        script = f"try {{ return m.canonical({{a: {value}}}) }} catch (e) {{ return e.name }}"
        assert await _run(pocket, "signing/canonical", script, None) == "Error", value


CERTIFICATES = {
    "RSA-2048": leaf(),
    "P-256": leaf("sign", public_key=curve_key(256).public_key()),
    "P-384": leaf(public_key=curve_key(384).public_key()),
}


@pytest.mark.parametrize("key", CERTIFICATES)
async def test_signed_attributes_are_the_same_bytes(pocket: Pocket, key: str) -> None:
    statement, certificate = os.urandom(700), CERTIFICATES[key]
    digest: Digest = "sha384" if key == "P-384" else "sha256"
    for kind in TYPES:
        made = await _run(
            pocket,
            "signing/signed_attributes",
            """const of = (b) => Uint8Array.from(b);
            const sa = await m.signedAttributes(
              x.kind, of(x.statement), of(x.certificate), x.digest);
            const input = await m.cardInput(x.kind, of(x.statement), of(x.certificate));
            return [Array.from(sa), Array.from(input)]""",
            {
                "kind": kind,
                "statement": list(statement),
                "certificate": list(certificate),
                "digest": f"SHA-{digest[3:]}",
            },
        )
        wanted: dict[str, Any] = {
            "statement": statement,
            "statement_type": kind,
            "certificate": certificate,
        }
        assert bytes(made[0]) == signed_attributes(**wanted, digest=digest)
        assert bytes(made[1]) == card_input(**wanted)


async def test_keys_and_signatures_are_judged_alike(pocket: Pocket) -> None:
    whole = [*CERTIFICATES.values(), leaf(public_key=OTHER_CURVE)]
    certificates = [one[:end] for one in whole for end in (0, 1, 5, 200, 400, len(one) - 1, None)]
    r, s = 2**255 - 19, 7
    answers = [
        b"", b"\x01" * 256, b"\x30" * 64, encode_dss_signature(r, s), bytes(96),
        r.to_bytes(32, "big") + s.to_bytes(32, "big"), r.to_bytes(48, "big") + bytes(48),
        encode_dss_signature(r, s)[:-1], encode_dss_signature(r, s) + b"\x00", b"\x30\x80",
    ]  # fmt: skip
    made = await _run(
        pocket,
        "signing/keys",
        """const of = (b) => Uint8Array.from(b);
        const rows = x.whole.map((one) => m.algorithmOf(of(one)));
        return [
          x.certificates.map((one) => m.algorithmOf(of(one))?.name ?? null),
          rows.map((row) => row && x.answers.map((one) => {
            const written = m.written(row, of(one));
            return written && Array.from(written);
          })),
        ]""",
        {
            "whole": [list(one) for one in whole],
            "certificates": [list(one) for one in certificates],
            "answers": [list(one) for one in answers],
        },
    )
    mine = [algorithm_of(one) for one in certificates]
    assert made[0] == [row.name if row else None for row in mine]
    assert [name for name in made[0] if name] == list(CERTIFICATES)
    for row, written in zip((algorithm_of(one) for one in whole), made[1], strict=True):
        if row is None:
            assert written is None
            continue
        assert [bytes(w) if w else None for w in written] == [row.written(a) for a in answers]


async def test_codes_are_judged_alike(pocket: Pocket) -> None:
    good = [code for n in range(400) if (code := typed_code(f"{n * 250_007:08}"))]
    codes = [f"{n * 250_007:08}" for n in range(400)] + ["0123456789", "4721963", "47219638"]
    made = await _run(pocket, "app/spoken_code", "return x.filter(m.isSpokenCode)", codes)
    assert made == [code for code in codes if typed_code(code)]
    assert len(good) >= 20


def _statement() -> dict[str, str | int]:
    return {
        "v": 1, "type": "call", "aud": "https://id.kazasu.test", "tenant": "kazasu-hoken",
        "rp_name": "カザス保険", "purpose": "住所変更", "shown": "本人確認をします。",
        "direction": "caller", "mode": "spoken_code", "require": "id_card_auth",
        "pairing": "p1", "call_ref": "c1", "dialled": "+81312345678", "line_last4": "5678",
        "call_started_at": "2026-11-22T05:29:09Z", "match": "47",
        "installation": "qZHgtIDWIQQF70otJMRl6Q", "call_state": "unknown", "nonce": "n" * 43,
        "issued_at": "2026-11-22T05:29:40Z", "expires_at": "2026-11-22T05:36:09Z",
    }  # fmt: skip


def _dial_statement() -> dict[str, str | int]:
    of_a_call = {"call_ref", "call_started_at", "line_last4", "match"}
    kept = {name: value for name, value in _statement().items() if name not in of_a_call}
    return {**kept, "type": "dial", "mode": "app_dial"}


def _text(fields: dict[str, Any]) -> str:
    return rfc8785.dumps(fields).decode("utf-8")


def _bad_texts() -> dict[str, str]:
    good = _statement()
    return (
        {
            "not_canonical": json.dumps(good, ensure_ascii=False),
            "escaped": _text(good).replace("本", "\\u672c"),
            "doubled_name": _text(good)[:-1] + ',"v":1}',
            "array": "[]",
            "null": "null",
            "other_version": _text({**good, "v": 2}),
            "text_version": _text({**good, "v": "1"}),
            "other_type": _text({**good, "type": "loan"}),
            "extra_field": _text({**good, "amount": "1"}),
            "nested": _text({**good, "purpose": {"a": "b"}}),
            "null_field": _text({**good, "action": None}),
            "other_origin": _text({**good, "aud": "https://evil.test"}),
            "other_installation": _text({**good, "installation": "a" * 22}),
            "other_pairing": _text({**good, "pairing": "p2"}),
            "other_choice": _text({**good, "match": "48"}),
            "line_added": _text({**good, "line_last4": "0000"}),
            "other_business": _text({**good, "rp_name": "別の会社"}),
            "dial_with_match": _text({**_dial_statement(), "match": "47"}),
            "dial_with_line": _text({**_dial_statement(), "line_last4": "5678"}),
            "dial_with_call": _text({**_dial_statement(), "call_ref": "c1"}),
            "keyed_with_match": _text({**good, "mode": "keyed_code"}),
        }
        | {
            f"dial_without_{name}": _text({k: v for k, v in _dial_statement().items() if k != name})
            for name in _dial_statement()
        }
        | {
            f"without_{name}": _text({k: v for k, v in good.items() if k != name})
            for name in good
            if name not in ("line_last4", "action")
        }
    )


AGREED: dict[str, str | None] = {
    "type": "call", "mode": "spoken_code", "pairing": "p1", "match": "47",
    "rp_name": "カザス保険", "line_last4": "5678",
}  # fmt: skip
AGREED_DIAL: dict[str, str | None] = {
    "type": "dial", "mode": "app_dial", "pairing": "p1", "rp_name": "カザス保険"
}  # fmt: skip
AGREED_KEYED: dict[str, str | None] = {
    "type": "call", "mode": "keyed_code", "pairing": "p1", "rp_name": "カザス保険"
}  # fmt: skip
KEYED = {k: v for k, v in _statement().items() if k != "match"} | {"mode": "keyed_code"}


@pytest.mark.parametrize(
    ("good", "agreed"),
    [(_statement(), AGREED), (_dial_statement(), AGREED_DIAL), (KEYED, AGREED_KEYED)],
    ids=["call", "dial", "keyed"],
)
async def test_statements_are_judged_alike(
    pocket: Pocket, good: dict[str, str | int], agreed: dict[str, str | None]
) -> None:
    """The good one passes and each bad one is refused, in the page as in Python."""
    texts = {"good": _text(good), **_bad_texts()}
    script = """const out = {};
    for (const [name, text] of Object.entries(x.texts)) {
      try { out[name] = (await m.checkedStatement(text, x)).shown }
      catch (e) { out[name] = e instanceof m.StatementRefused ? null : String(e) }
    }
    return out"""
    argument = {"texts": texts, "audience": "https://id.kazasu.test", "installation": "thumb"}
    made = await _run(pocket, "signing/statement", script, {**argument, "agreed": agreed})
    mine: dict[str, str | None] = {}
    for name, text in texts.items():
        try:
            found = checked(
                text,
                audience="https://id.kazasu.test",
                installation="thumb",
                agreed=dict(agreed),
            )
            mine[name] = found.shown
        except StatementRefused:
            mine[name] = None
    assert made == mine
    assert {name for name, shown in made.items() if shown is not None} == {"good"}


LINKS = [
    f"https://id.kazasu.test/l#{'A' * 43}",
    f"https://id.kazasu.test.evil.test/l#{'A' * 43}",
    f"https://id.kazasu.test/l?x=1#{'A' * 43}",
    "https://id.kazasu.test/l#short",
    f"javascript:alert(1)#{'A' * 43}",
    "no link",
]
TELS = [
    "tel:+81312345678,,4721963850",
    "tel:+81312345678",
    "tel:0312345678",
    "sms:+81312345678",
    "",
]


async def test_links_and_dial_strings_are_judged_alike(pocket: Pocket) -> None:
    origin = "https://id.kazasu.test"
    links = await _run(
        pocket, "app/link", f"return x.map((one) => m.tokenOf(one, '{origin}'))", LINKS
    )
    assert links == [token_of(link, origin=origin) for link in LINKS]
    assert links[0] is not None
    tels = await _run(pocket, "app/handset", "return x.map(m.dialString)", TELS)
    mine = [dial_string(tel) for tel in TELS]
    assert tels == [
        None if one is None else {"number": one.number, "postDial": one.post_dial} for one in mine
    ]


async def test_both_languages_say_everything(pocket: Pocket) -> None:
    keys = await pocket.page.evaluate(
        """async () => {
          const { ja } = await import('./texts/ja.js');
          const { en } = await import('./texts/en.js');
          return [Object.keys(ja).sort(), Object.keys(en).sort()];
        }"""
    )
    assert keys[0] == keys[1]


async def test_every_ending_has_words(pocket: Pocket) -> None:
    # That a certificate was revoked afterwards is for operators: no app is told.
    endings = [hint.value for hint in set(Hint) - PENDING - {Hint.REVOKED_SINCE}]
    endings += ["expired_or_unknown", "slow_down", "unreachable", "in_a_call"]
    endings += ["mode_unavailable", "codes_paused"]
    script = """async (endings) => {
      const { resultOf } = await import('./texts/results.js');
      const unknown = resultOf('some_new_hint', 'ja').title;
      return endings.filter((hint) =>
        resultOf(hint, 'ja').title === unknown || !resultOf(hint, 'en').todo);
    }"""
    assert await pocket.page.evaluate(script, endings) == []


@pytest.mark.parametrize("place", ["nowhere", "desk", "elsewhere"])
async def test_nobody_is_told_to_wait_in_a_call_that_there_is_not(
    pocket: Pocket, place: str
) -> None:
    endings = [hint.value for hint in Hint if hint not in PENDING]
    script = """async ({ endings, place }) => {
      const { resultOf } = await import('./texts/results.js');
      return endings.flatMap((hint) => ['ja', 'en'].flatMap((language) => {
        const { todo } = resultOf(hint, language, { place });
        return /そのままお待ち|stay on the phone/.test(todo) ? [`${hint}: ${todo}`] : [];
      }));
    }"""
    assert await pocket.page.evaluate(script, {"endings": endings, "place": place}) == []
