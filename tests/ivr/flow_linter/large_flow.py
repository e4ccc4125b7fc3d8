"""A flow of any size, of menus, words, branches, counters, lookups and checks in a long row."""

from collections.abc import Mapping

from tests.ivr.flow_engine.small_flow import FILES

HEAD = """\
schema: ivr-flow/1
id: bad
title: A large flow
languages: [ja-JP]
voice: {ja-JP: Voice}
prompts: [prompts/words.yaml]
start: n0
human: desk
limits: {max_duration: 60m}
variables: {customer: {type: lookup.customer}, number: {type: digits}}
defaults:
  verify_identity:
    require: {identity: id_card_auth, binding: bind_choice}
    purpose: account
    wait: 60s
    extend: 0s
    modes: [{spoken_code: {prompt: code}}]
    hold: {prompts: {default: wait, awaiting_choice: choose}}
    outcomes: {user_declined_call: desk, wrong_choice: desk, risk_blocked: desk, superseded: desk, other: desk}
  route: {outcomes: {connected: end, abandoned: end, full: end, timeout: end, error: end}}
nodes:
  desk: {route: {queue: general}}
  end: {hangup: {}}
"""  # noqa: E501 - one entry a line
# Each leads to the next one.
KINDS = (
    "{{say: hello, next: n{0}}}",
    "{{branch: [{{when: \"call.number_kind == 'mobile' && weekday != 'sun'\", next: n{0}}}], "
    "else: desk}}",
    "{{gather: {{digits: 1, prompt: hello, timeout: 2s, max_attempts: 1}}, "
    'keys: {{"1": n{0}, "2": desk}}}}',
    "{{lookup: {{name: customer, args: {{number: \"'1'\"}}, store: customer}}, "
    "outcomes: {{found: n{0}, none: desk, multiple: desk, error: desk}}}}",
    "{{say: [wait, hello], next: n{0}}}",
    "{{count: {{name: c{1}, max: 1}}, outcomes: {{again: n{0}, exhausted: desk}}}}",
    "{{set: {{number: \"'12'\"}}, next: n{0}}}",
    "{{goto: n{0}}}",
)
CHECK = (
    "{{verify_identity: {{}}, outcomes: {{verified: n{0}, verified_no_contract: n{0}, "
    "verified_multiple_contracts: n{0}}}}}"
)
CHECK_AT = 61  # one check among so many nodes


def large(nodes: int, *, broken: bool = False) -> Mapping[str, str]:
    """With that many nodes; `broken` lets every tenth lead nowhere and misname its prompt."""
    lines = []
    rows = nodes - 2
    for place in range(rows):
        kind = CHECK if place % CHECK_AT == CHECK_AT - 1 else KINDS[place % len(KINDS)]
        line = kind.format(place + 1, place)
        if place == rows - 1:
            line = "{say: hello, next: desk}"
        if broken and place % 10 == 0:
            line = f"{{say: helo{place}, next: m{place}}}"
        lines.append(f"  n{place}: {line}\n")
    words = FILES["prompts/words.yaml"].replace("answers.customer.plan", "answers.number")
    words = words.replace("| text", "| last4")
    files = {**FILES, "prompts/words.yaml": words}
    return {**files, "bad.yaml": HEAD + "".join(lines)}
