"""A small good site, prompt file and sub-flow around the flow under test."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_engine.site import Site
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import Linted, lint_flow, lint_site

SITE: Final = """\
schema: ivr-site/1
business: {name: カザス保険, logo: images/logo.png, published_number: "+81312345678"}
sms: {sender: KAZASU}
numbers: {"+81312345678": bad@live}
queues: {verified: {}, general: {fallback: true}}
lookups:
  customer: {args: {number: digits}, fields: {contract: ref, plan: text}, public: []}
  open_case: {args: {contract: ref}, fields: {due: date}, verified_only: true}
  notice: {fields: {notice: text}, public: [notice]}
purposes: {account: ご契約内容の確認}
actions: {address_change: ご住所の変更}
"""
WORDS: Final = """\
schema: ivr-prompts/1
readings: {ja-JP: {JPKI: コウテキコジンニンショウ}}
prompts:
  hello: {ja-JP: こんにちは。}
  wait: {ja-JP: お待ちください。}
  code: {ja-JP: "{{ pairing.code | digits }}を入れてください。"}
  choose: {ja-JP: "{{ pairing.spoken_item | digits }}を選んでください。"}
  whose: {ja-JP: "ご契約は{{ answers.customer.plan | text }}です。"}
  ask_pin: {ja-JP: 暗証番号を押してください。}
"""
FLOW: Final = """\
schema: ivr-flow/1
id: bad
title: A small flow
languages: [ja-JP]
voice: {ja-JP: Voice}
prompts: [prompts/words.yaml]
start: first
human: desk
nodes:
  first: {subflow: {id: inner, with: {reason: "'busy'"}}, outcomes: {done: check}}
  check:
    verify_identity:
      require: {identity: id_card_auth, binding: bind_choice}
      purpose: account
      modes: [{spoken_code: {prompt: code}}]
      hold: {prompts: {default: wait, awaiting_choice: choose}}
    outcomes:
      {verified: desk, verified_no_contract: desk, verified_multiple_contracts: desk, other: hi,
       user_declined_call: desk, wrong_choice: desk, risk_blocked: desk, superseded: desk}
  hi: {say: hello, next: desk}
  desk:
    route: {queue: general}
    outcomes: {connected: end, abandoned: end, full: end, timeout: end, error: end}
  end: {hangup: {}}
"""
INNER: Final = """\
schema: ivr-flow/1
id: inner
kind: sub
title: A small sub-flow
prompts: [prompts/words.yaml]
start: first
exits: [done]
inputs: {reason: {type: enum, values: [busy, closed]}}
nodes:
  first: {say: hello, next: back}
  back: {return: {exit: done}}
"""
FILES: Final[Mapping[str, str]] = {
    "site.yaml": SITE,
    "bad.yaml": FLOW,
    "sub/inner.yaml": INNER,
    "prompts/words.yaml": WORDS,
}
AUDIO: Final = {"audio/hello.wav": "0" * 64}


def site(text: str = SITE) -> Site:
    found, findings = lint_site(text, file="site.yaml")
    assert found is not None, findings
    return found


def read(**changed: str) -> Linted:
    """Read the small flow with some files replaced: `flow`, `inner`, `words`."""
    files = dict(FILES)
    for name, text in changed.items():
        path = {"flow": "bad.yaml", "inner": "sub/inner.yaml", "words": "prompts/words.yaml"}[name]
        files[path] = text
    return lint_flow(files, "bad", site(), AUDIO)


def read_by_schema(text: str) -> tuple[Finding, ...]:
    """Put a text where its schema belongs and read everything."""
    if "ivr-site/" in text:
        return lint_site(text, file="site.yaml")[1]
    if "ivr-prompts/" in text:
        return read(words=text).findings
    if "kind: sub" in text:
        return read(inner=text).findings
    return read(flow=text).findings
