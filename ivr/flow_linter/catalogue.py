"""Every rule, in the order of the table of the flow language."""

from collections.abc import Mapping
from typing import Final

from ivr.flow_linter.rule import Rule
from ivr.flow_linter.rules import (
    e001_syntax,
    e002_names,
    e003_types,
    f001_schema,
    f002_duplicate,
    f003_unquoted,
    f004_unknown_field,
    f005_limits,
    g001_dangling,
    g003_no_end,
    g004_circle,
    g005_subflows,
    h002_no_person,
    o001_exit_missing,
    o002_unknown_word,
    o003_verified_only,
    o004_levels,
    o005_never_said,
    o007_app_dial_late,
    o008_site_names,
    p001_prompt_missing,
    p002_language_missing,
    p004_silent,
    p008_audio,
    s002_personal,
    s003_pin_asked,
)

RULES: Final[tuple[Rule, ...]] = (
    f001_schema.RULE,
    f002_duplicate.RULE,
    f003_unquoted.RULE,
    f004_unknown_field.RULE,
    f005_limits.RULE,
    g001_dangling.RULE,
    g003_no_end.RULE,
    g004_circle.RULE,
    g005_subflows.RULE,
    o001_exit_missing.RULE,
    o002_unknown_word.RULE,
    o003_verified_only.RULE,
    o004_levels.RULE,
    o005_never_said.RULE,
    o007_app_dial_late.RULE,
    o008_site_names.RULE,
    e001_syntax.RULE,
    e002_names.RULE,
    e003_types.RULE,
    p001_prompt_missing.RULE,
    p002_language_missing.RULE,
    p004_silent.RULE,
    p008_audio.RULE,
    h002_no_person.RULE,
    s002_personal.RULE,
    s003_pin_asked.RULE,
)
BY_CODE: Final[Mapping[str, Rule]] = {rule.code: rule for rule in RULES}
