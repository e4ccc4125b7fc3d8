"""A small flow for tests of tests: a menu, an entry, a check, a queue, a call-back."""

from collections.abc import Sequence

from ivr.flow_engine.definition import Flow
from ivr.flow_engine.reader import read_flow
from ivr.flow_engine.site import Site
from ivr.flow_engine.source.whole_flow import WholeFlow
from ivr.flow_linter.finding import Finding
from ivr.flow_linter.linter import lint_flow, lint_site, told
from ivr.flow_tests.model import FlowTest
from ivr.flow_tests.reading import read_embedded

SITE = """\
schema: ivr-site/1
business: {name: Kazasu, logo: logo.png, published_number: "+81312345678"}
sms: {sender: KAZASU}
numbers: {"+81312345678": desk@live}
queues: {general: {fallback: true}, verified: {}}
lookups:
  case: {args: {number: digits}, fields: {due: date}, public: [due]}
purposes: {account: account}
actions: {}
"""
PROMPTS = """\
schema: ivr-prompts/1
prompts:
  hello: {en-US: Hello.}
  menu: {en-US: Press one or two.}
  again: {en-US: Sorry.}
  number: {en-US: Your number.}
  due: {en-US: "Due {{ answers.case.due | date }}."}
  code: {en-US: "Code {{ pairing.code | digits }}."}
  hold: {en-US: Please wait.}
  pick: {en-US: "Pick {{ pairing.spoken_item | digits }}."}
  failed: {en-US: Not verified.}
  ok: {en-US: Verified.}
  place: {en-US: "Place {{ queue.position | number }}."}
  back: {en-US: We call back.}
  bye: {en-US: Good bye.}
"""
FLOW = """\
schema: ivr-flow/1
id: desk
title: Desk
languages: [en-US]
voice: {en-US: Polly.Joanna-Neural}
prompts: [prompts/main.yaml]
start: hello
human: general
global_keys: {"0": {goto: general}}
variables:
  asked: {type: digits}
  case: {type: lookup.case}
nodes:
  hello: {say: hello, next: menu}
  menu:
    gather: {digits: 1, prompt: menu, no_input: [again], no_match: [again]}
    keys: {"1": verify, "2": number}
  number: {gather: {digits: 4, prompt: number, store: asked, sensitive: true}, next: find}
  find:
    lookup: {name: case, args: {number: answers.asked}, store: case}
    outcomes: {found: due, none: general, multiple: general, error: general}
  due: {say: due, next: general}
  verify:
    verify_identity:
      require: {identity: id_card_auth, binding: bind_choice}
      purpose: account
      modes: [{spoken_code: {prompt: code}}, {sms_link: {prompt: code}}]
      hold: {every: 8s, prompts: {default: hold, awaiting_choice: pick}}
    outcomes: {verified: ok, verified_no_contract: ok, verified_multiple_contracts: ok,
               user_declined_call: failed, wrong_choice: failed, risk_blocked: failed,
               superseded: failed, other: failed}
  ok: {say: ok, next: verified}
  failed: {say: failed, next: general}
  verified:
    route: {queue: verified, priority: 5, attributes: [identity], announce: place}
    outcomes: {connected: end, abandoned: end, full: ring, timeout: ring, error: ring}
  general:
    route: {queue: general, max_wait: 1m, leave_key: "9"}
    outcomes: {connected: end, abandoned: end, full: ring, timeout: ring, error: ring, left: ring}
  ring:
    callback: {queue: general, to: caller}
    outcomes: {accepted: back, unavailable: end, error: end}
  back: {say: back, next: end}
  end: {hangup: {prompt: bye}}
tests:
"""
START = 'at: "2026-11-24T10:00:00+09:00", call: {from: "+819012345678", to: "+81312345678"}'
TESTS_LINE = FLOW.count("\n") + 1


def read(
    tests: str, written: str = FLOW
) -> tuple[Flow, WholeFlow, Sequence[FlowTest], Sequence[Finding]]:
    """The flow with these tests under `tests:`, each line of `tests` as it is written there."""
    files = {"site.yaml": SITE, "prompts/main.yaml": PROMPTS, "desk.yaml": written + tests}
    site = read_site()
    result = lint_flow({**files, "desk.yaml": written + "  []\n"}, "desk", site, {})
    assert result.flow is not None, [finding.render("en") for finding in result.findings]
    whole = read_flow(files, "desk", site).whole
    assert whole is not None
    read_tests, found = read_embedded(whole)
    return result.flow, whole, read_tests, told(found)


def read_site() -> Site:
    site, findings = lint_site(SITE, file="site.yaml")
    assert site is not None, findings
    return site


def one(steps: str, expect: str = "", more: str = "") -> str:
    """A test of one line, named `t`."""
    return f"  - {{name: t, {START}, {more}steps: [{steps}], expect: {{{expect}}}}}\n"
