// How it ended, in plain words, and what to do. tone: good, done, stop, alarm.

const PERSON = {
  ja: "電話はそのままお待ちください。担当者におつなぎします。",
  en: "Please stay on the phone. You will be connected to a person.",
};
const HOLD = { ja: "電話はそのままお待ちください。", en: "Please stay on the phone." };
// In place of those two where there is no call yet.
const CALL = {
  ja: "お電話いただければ、担当者があらためてご本人を確認いたします。",
  en: "Please call us: a person will confirm who you are.",
};
// And where the holder stands in front of somebody.
const DESK = {
  ja: "窓口の担当者にお申し出ください。",
  en: "Please tell the person at the desk.",
};
const ELSEWHERE = {
  ja: "番号を送ってきた相手のために、カードをかざさないでください。ご不安なときは、公開されている番号にご自分からおかけください。",
  en: "Do not tap your card for whoever sent the number. If unsure, call the published number yourself.",
};
const AGAIN_AT_DESK = {
  ja: "窓口で新しい番号をお受け取りになり、はじめからお試しください。",
  en: "Ask for a new number at the desk and start again.",
};
const AGAIN = {
  ja: "電話で新しい番号をお聞きになり、はじめからお試しください。",
  en: "Ask for a new number on the phone and start again.",
};

const row = (tone, ja, en, then = PERSON) => ({ tone, ja: [ja, then], en: [en, then] });
const says = (ja, en, then = null) => ({ ja, en, then });

const INSTEAD = {
  call: new Map(),
  nowhere: new Map([[PERSON, CALL], [HOLD, CALL]]),
  desk: new Map([[PERSON, DESK], [HOLD, DESK], [AGAIN, AGAIN_AT_DESK]]),
  elsewhere: new Map([[PERSON, ELSEWHERE], [HOLD, ELSEWHERE], [AGAIN, ELSEWHERE]]),
};

const RESULTS = {
  verified: row("good", "確認できました", "Confirmed"),
  verified_no_contract: row("done", "カードを確認できました。ご契約は見つかりませんでした", "Your card is confirmed. No contract was found"),
  verified_multiple_contracts: row("good", "確認できました", "Confirmed"),
  level_not_reached: row("done", "カードを確認できましたが、この手続きには足りません", "Your card is confirmed, but this request needs more"),

  user_declined_call: row("alarm", "会社に知らせて、確認を止めました", "The company was told and the check has stopped", says("相手が会社を名乗っても、電話を切ってかまいません。ご不安なときは、公開されている番号にご自分からおかけください。", "You may hang up even if the other side names the company. If unsure, call the published number yourself.")),
  wrong_choice: row("alarm", "番号が合わなかったため、確認を止めました", "The number did not match, so the check has stopped"),
  risk_blocked: row("alarm", "安全のため、この確認を止めました", "For your safety this check was stopped", says("かかってきた電話でカードをかざさないでください。公開されている番号にご自分からおかけください。", "Do not tap your card in a call that came to you. Call the published number yourself.")),
  superseded: row("alarm", "同じカードで別の確認が行われたため、止めました", "Another check used the same card, so this one was stopped"),

  user_cancelled: row("stop", "確認をやめました", "You stopped the check"),
  code_expired: row("stop", "番号の時間が切れました", "The number has expired", AGAIN),
  session_expired: row("stop", "時間が切れました", "Time is over", AGAIN),
  call_ended: row("stop", "電話が終わったため、確認も終わりました", "The call has ended, and so has the check", says("必要なときは、もう一度おかけください。", "Please call again if you still need us.")),
  pin_blocked: row("stop", "暗証番号がロックされています", "The PIN is locked", says("解除は市区町村の窓口などで行えます。", "It can be unlocked at your municipal office. ", HOLD)),
  pin_last_try: row("stop", "暗証番号はあと1回でロックされます。ここで止めました", "One try is left before the PIN locks, so we stopped here", says("カードは使えるままです。", "Your card still works. ", PERSON)),
  card_without_pin: row("stop", "このカードには暗証番号がありません", "This card has no PIN", says("この確認には使えませんが、担当者がお手伝いします。", "It cannot do this check, but a person will help you. ", HOLD)),
  certificate_revoked: row("stop", "カードの電子証明書が失効しています", "The card's certificate is no longer valid", says("市区町村の窓口で手続きできます。", "Your municipal office can help. ", HOLD)),
  certificate_expired: row("stop", "カードの電子証明書の期限が切れています", "The card's certificate has expired", says("更新は市区町村の窓口で行えます。", "It can be renewed at your municipal office. ", HOLD)),
  certificate_unsupported: row("stop", "このカードはご利用になれません", "This card cannot be used"),
  signature_invalid: row("stop", "確認できませんでした", "It could not be confirmed"),
  person_mismatch: row("stop", "ご契約の方とは別のカードのようです", "This seems to be another person's card"),
  app_unsupported: row("stop", "このアプリでは確認できません", "This app cannot do the check"),
  revocation_unavailable: row("stop", "いま、カードの有効性を確かめられません", "The card's validity cannot be checked now"),
  linkage_unavailable: row("stop", "いま、確認できません", "It cannot be checked now"),
  internal_error: row("stop", "こちらの不具合で、確認できませんでした", "Something went wrong on our side"),

  by_operator: row("stop", "担当者が確認を止めました", "The operator stopped the check"),
  by_system: row("stop", "確認を終わりました", "The check has ended"),
  caller_skipped: row("stop", "電話で別の方法が選ばれました", "Another way was chosen on the phone"),
  no_ticket: row("stop", "電話がつながりませんでした", "The call did not come", says("はじめからお試しください。", "Please start again.")),
  repudiated: row("alarm", "「私ではありません」と届け出ました", "You reported that it was not you", says("会社の担当者に知らせました。", "The company has been told.")),

  in_a_call: row("stop", "通話中は、この確認を始められません", "This check cannot begin during a call", says("通話を終えてから、もう一度お試しください。", "End that call first, then try again.")),
  mode_unavailable: row("stop", "この方法は、いまご利用になれません", "This way is not available now", says("電話のご案内にそってお進みください。", "Please follow what the call tells you.")),
  codes_paused: row("stop", "いま、番号をお出しできません", "No number can be given now"),
  expired_or_unknown: row("stop", "この番号は使えません", "This number cannot be used", AGAIN),
  slow_down: row("stop", "番号のまちがいが続いたため、しばらくお待ちください", "Too many wrong numbers: please wait", says("10分ほどたってからお試しください。電話では0で担当者につながります。", "Try again in about ten minutes. On the phone, 0 reaches a person.")),
  unreachable: row("stop", "通信できませんでした", "No connection", says("電波の状態をお確かめになり、もう一度お試しください。", "Please check your connection and try again.")),
};

const UNKNOWN = row("stop", "確認が終わりました", "The check has ended");

// Hints may grow: one that this app does not know is an ending without a reason. `place` says
// where the holder is: in a call in which one could wait, at a desk, not there although a
// desk's code was entered, or nowhere yet.
export function resultOf(hint, language, { place = "call" } = {}) {
  const found = RESULTS[hint] ?? UNKNOWN;
  const [title, then] = found[language];
  const told = (what) => (INSTEAD[place].get(what) ?? what)[language];
  const todo = `${told(then)}${then.then ? told(then.then) : ""}`;
  return { tone: found.tone, title, todo };
}
