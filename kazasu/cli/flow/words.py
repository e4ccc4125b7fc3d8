"""What commands that publish, draw and watch flows say, in Japanese and English."""

from collections.abc import Mapping
from typing import Final

from bilingual.text import Bilingual


def said(name: str, spoken: str, **facts: object) -> str:
    """One sentence; `name` is a key of WORDS."""
    return WORDS[name].told(spoken, **facts)


WORDS: Final[Mapping[str, Bilingual]] = {
    "not_main": Bilingual(
        ja="{file}: flows フォルダー直下のフローのファイルを指定してください"
        "(サブフローは一緒に公開されます)",
        en="{file}: name the file of a main flow, directly in the flows folder (its sub-flows "
        "are published with it)",
    ),
    "no_number": Bilingual(
        ja="注意: site.yaml のどの番号も {flow} を指していません",
        en="note: no number of site.yaml leads to {flow}",
    ),
    "other_audio": Bilingual(
        ja="{path}: サービスの flows フォルダー(KAZASU_FLOWS_DIR)に同じ録音がありません",
        en="{path}: the service's flows folder (KAZASU_FLOWS_DIR) does not have the same "
        "recording; put it there first",
    ),
    "errors": Bilingual(
        ja="誤りがあるため公開しませんでした。何も変わっていません",
        en="not published: it has errors. Nothing was changed",
    ),
    "tests_fail": Bilingual(
        ja="テストが通らないため公開しませんでした。何も変わっていません",
        en="not published: a test fails. Nothing was changed",
    ),
    "moved": Bilingual(
        ja="{flow}@{alias}: {came_from} → {went_to}(次の通話から。続いている通話はそのまま)",
        en="{flow}@{alias}: {came_from} → {went_to} (from the next call; running calls go on "
        "as they are)",
    ),
    "canary_moved": Bilingual(
        ja="{flow}@{alias}: {came_from} → {went_to}、通話の {percent} %",
        en="{flow}@{alias}: {came_from} → {went_to}, {percent} % of the calls",
    ),
    "promoted": Bilingual(
        ja="試行(canary)の版が live になったので、試行は終わりました",
        en="the canary's version is live now; the canary ended",
    ),
    "canary_goes_on": Bilingual(
        ja="注意: canary {version} が通話の {percent} % を受け続けます。やめるには: kazasu "
        "flow rollback {flow} --alias canary",
        en="note: canary {version} still takes {percent} % of the calls. To end it: kazasu flow "
        "rollback {flow} --alias canary",
    ),
    "caller_broken": Bilingual(
        ja="注意: {flow} も {shared} を呼びますが、今のファイルでは公開できません: {problem} "
        "公開し直すまで、{flow} の通話は前の {shared} のままです",
        en="note: {flow} calls {shared} as well, and could not be published as its files are "
        "now: {problem} Until it is, its calls keep the {shared} they have",
    ),
    "caller_behind": Bilingual(
        ja="注意: {flow} も {shared} を呼びます。その通話は、{flow} を公開するまで前の版のままです",
        en="note: {flow} calls {shared} as well; its calls keep what they have until {flow} is "
        "published",
    ),
    "files_in_force": Bilingual(
        ja="注意: この環境では保存したファイルがそのまま使われます(KAZASU_FLOW_SOURCE=files)。"
        "公開は記録されました",
        en="note: here saved files are live at once (KAZASU_FLOW_SOURCE=files). The publication "
        "is recorded",
    ),
    "rolled_back_beside_files": Bilingual(
        ja="注意: この環境の通話は保存したファイルを受けます(KAZASU_FLOW_SOURCE=files)。"
        "戻したことは記録されました。聞こえる内容を戻すには、ファイルも元に戻してください",
        en="note: here calls get the saved files (KAZASU_FLOW_SOURCE=files). The roll-back is "
        "recorded; to change what is heard, take the change back in the files as well",
    ),
    "waiting": Bilingual(
        ja="提案 {id}: {flow}@{alias} → {went_to}。あと {missing} 人の承認が必要です: kazasu "
        "flow approve {id} --login 名前",
        en="proposal {id}: {flow}@{alias} → {went_to} waits for {missing} more: kazasu flow "
        "approve {id} --login NAME",
    ),
    "login_needed": Bilingual(
        ja="このサイトでは {needed} 人が必要です(policy.approvers)。--login で名乗ってください",
        en="this site asks for {needed} people (policy.approvers): say who you are with --login",
    ),
    "login_refused": Bilingual(
        ja="ログイン名かパスワードが違うか、役割 designer がありません",
        en="wrong login or password, or an account without the role designer",
    ),
    "already_there": Bilingual(
        ja="{flow}@{alias} はすでにこの版です。何も変わっていません",
        en="{flow}@{alias} has this version already. Nothing was changed",
    ),
    "moved_meanwhile": Bilingual(
        ja="その間に別の人が {alias} を動かしました。何も変わっていません。見直してからもう一度",
        en="somebody moved {alias} meanwhile. Nothing was changed; look again, then try again",
    ),
    "nothing_is_live": Bilingual(
        ja="まだ live の版がないので、試行(canary)はできません",
        en="nothing is live yet, so there is nothing to try a canary beside",
    ),
    "nothing_before": Bilingual(
        ja="その前に live だった版がありません", en="no version was live before this one"
    ),
    "unknown_version": Bilingual(
        ja="live だったことのある版で、その文字で始まるものが一つに決まりません: kazasu flow "
        "versions {flow}",
        en="not exactly one version that was live begins so; there are: kazasu flow versions "
        "{flow}",
    ),
    "no_such_proposal": Bilingual(
        ja="その番号で待っている提案はありません", en="no proposal of that name is waiting"
    ),
    "same_person": Bilingual(
        ja="提案した人、またはすでに承認した人です。別の人の承認が必要です",
        en="you proposed it or have approved it already; it takes somebody else",
    ),
    "last_good": Bilingual(
        ja="誤りがあります。サービスは最後の正しい版を使い続けます",
        en="it has errors: the service goes on with the last good version",
    ),
    "tests_fail_here": Bilingual(
        ja="通らないテストがあります。絵: {picture}", en="a test fails; picture: {picture}"
    ),
    "all_good": Bilingual(
        ja="誤りなし、テストはすべて合格。絵: {picture}",
        en="no errors, all tests pass; picture: {picture}",
    ),
    "proposal": Bilingual(ja="提案", en="proposal"),
    "back": Bilingual(ja="(戻し)", en=" (back)"),
}
