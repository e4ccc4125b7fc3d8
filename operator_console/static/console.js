// The operators' screen: loads, follows the news, draws, and listens to keys.

import * as alerts from "./alerts.js";
import { Problem, post } from "./api.js";
import * as atDesk from "./at_desk/view.js";
import * as callbacks from "./callbacks.js";
import { current, drop, load, workspace } from "./workspace.js";
import * as keys from "./keys.js";
import { oneAtATime } from "./one_at_a_time.js";
import "./parts/badge.js";
import "./parts/callbacks.js";
import { toRead } from "./parts/check.js";
import "./parts/offer.js";
import "./parts/pop.js";
import "./parts/presence.js";
import { toSay as rechecked } from "./parts/recheck.js";
import "./parts/ring_back.js";
import "./parts/sheet.js";
import "./parts/waiting.js";
import { follow } from "./stream.js";
import { hint, language, load as loadTexts, t, word } from "./texts.js";
import * as times from "./times.js";

const part = (name) => document.querySelector(name);
const business = part("header small").textContent;
let connected = false;
let over = false;
let problem = "";

const refresh = oneAtATime(async (again) => {
  if (!over) await look(again);
});

async function look(again) {
  const before = { token: workspace.pop?.token, badge: workspace.pop?.badge, offer: workspace.state?.offer?.token, hint: workspace.pop?.hint, recheck: workspace.pop?.recheck?.revocation };
  try {
    await Promise.all([load(again), callbacks.load()]);
  } catch (failure) {
    failed(failure);
    return;
  }
  draw();
  announce(before);
}

function announce(before) {
  const { pop, state } = workspace;
  const arrived = state.offer && state.offer.token !== before.offer;
  if (arrived) {
    alerts.ring();
    alerts.say(t("offer.arrived", { badge: word("badge", pop?.badge ?? "grey") }), { urgent: true });
  } else if (!pop && before.token) {
    alerts.say(t(workspace.gone));
  } else if (pop && pop.token === before.token && pop.badge !== before.badge) {
    const words = `${word("badge", pop.badge)}. ${hint(pop.hint, "reason")}`;
    alerts.say(pop.check ? `${words} ${toRead(pop.check)}` : words, { urgent: pop.badge === "red" || pop.hint === "revoked_since" });
  } else if (pop?.check && pop.token === before.token && pop.hint !== before.hint) {
    alerts.say(`${hint(pop.hint, "reason")} ${toRead(pop.check)}`);
  } else if (pop && pop.token === before.token && pop.recheck?.revocation !== before.recheck) {
    alerts.say(rechecked(pop));
  }
}

function draw() {
  const { state, pop } = workspace;
  part("#me").textContent = `${t("page.signed_in_as")} ${state.me.name}`;
  part("kz-presence").show(state.presence, { choose, done });
  part("kz-waiting").show(state.waiting, state.more);
  part("kz-offer").show(state.offer, state.call, { answer, decline });
  if (pop) part("kz-pop").show(pop, workspace.history, workspace.revealed, workspace.form, { reveal, revealCard, copy, ...checks });
  else part("kz-pop").clear(workspace.gone);
  part("kz-callbacks").show(callbacks.known, { claim: callbackActs.claim });
  part("kz-ring-back").show(callbacks.known.mine, callbackActs);
  atDesk.draw();
  alerts.title(Boolean(state.offer), business);
  drawFrame();
  times.tell();
}

function drawFrame() {
  part("#skip").textContent = t(atDesk.here() ? "desk.skip" : "page.skip");
  part("#skip").setAttribute("href", atDesk.here() ? "#desk" : "#call");
  part("#page-title").textContent = t("page.title");
  part("#help").textContent = t("page.keys");
  part("#language").textContent = t("page.language");
  part("#language").lang = language === "ja" ? "en" : "ja";
  part("#sign-out").textContent = t("page.sign_out");
  part("#connection").textContent = connected ? t("page.connected") : "";
  let text = problem;
  if (over) text = t("page.over");
  else if (!connected && workspace.state) text = t("page.reconnecting");
  else if (endingSoon()) text = t("page.ending_soon");
  const banner = part("#banner");
  if (banner.textContent !== text) banner.textContent = text;
  banner.hidden = !text;
}

function failed(failure) {
  if (!(failure instanceof Problem)) throw failure;
  if (failure.status === 401) {
    signedOut();
    return;
  }
  problem = word("problem", failure.code);
  drawFrame();
}

function signedOut() {
  over = true;
  stop();
  drop();
  atDesk.signedOut();
  part("kz-pop").clear("page.over");
  part("kz-offer").show(null, null, {});
  drawFrame();
  location.replace("/operator/login");
}

// What the operator does. The answer comes back as news; the state is read anew in any case.

async function act(path, body, { again = false } = {}) {
  problem = "";
  try {
    return await post(path, body);
  } catch (failure) {
    failed(failure);
    return undefined;
  } finally {
    await refresh(again);
  }
}


/** In a call the same choice again takes it back. */
function choose(presence) {
  const { state, after_call: wish } = workspace.state?.presence ?? {};
  return act("api/presence", { presence: state === "on_call" && wish === presence ? null : presence });
}
const done = () => act("api/wrap-up-done");

function answer() {
  if (!workspace.state?.offer) return;
  atDesk.leave();
  act("api/answer", { token: workspace.state.offer.token });
}

const decline = () => workspace.state?.offer && act("api/decline", { token: workspace.state.offer.token });

async function reveal() {
  const token = current();
  const shown = await act("api/reveal", { token });
  if (shown && current() === token) {
    workspace.revealed.line = shown.line;
    draw();
  }
}

async function revealCard() {
  const evidence = () => workspace.pop?.verdict?.evidence_id;
  const before = evidence();
  const shown = await act("api/card-attributes", { token: current() });
  if (shown && evidence() === before) {
    workspace.revealed.card = shown;
    draw();
  }
}

// What happens to a check shows by itself, step for step.

const checks = {
  toggle: () => {
    if (!workspace.pop || workspace.pop.check || !workspace.pop.check_modes.length) return;
    workspace.form.open = !workspace.form.open;
    draw();
    part(workspace.form.open ? "#check-reason" : "[data-key=check]")?.focus();
  },
  choose: (chosen) => Object.assign(workspace.form, chosen),
  start: async ({ mode, reason }) => {
    await act("api/check", { token: current(), mode, reason }, { again: true });
    if (document.activeElement === document.body) part("#call").focus({ preventScroll: true }); // the form is gone
  },
  say: async () => {
    if ((await act("api/check-say", { token: current() }, { again: true })) === null) alerts.say(t("check.saying"));
  },
  stop: () => act("api/check-stop", { token: current() }, { again: true }),
};

const ofCallback = (path) => (id) => act(`api/callback-${path}`, { callback: id });
const callbackActs = { claim: ofCallback("claim"), giveBack: ofCallback("give-back"), close: ofCallback("close"), ring: ofCallback("ring") };

function ringBack() {
  const { mine, first } = callbacks.known;
  if (mine?.state === "claimed") callbackActs.ring(mine.callback);
  else if (!mine && first) callbackActs.claim(first.callback);
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  alerts.say(t("pop.copied"));
}

async function signOut() {
  await act("logout");
  if (!over) signedOut();
}

async function changeLanguage() {
  await loadTexts(language === "ja" ? "en" : "ja");
  document.cookie = `kazasu-language=${language}; Path=/operator; Max-Age=31536000; SameSite=Lax`;
  draw();
}

// Somebody is at the page, or on a call: the session goes on.

let lastSign = Date.now();

function endingSoon() {
  return Boolean(workspace.state) && Date.parse(workspace.state.ends_at) - times.now() < 60_000;
}

async function sign() {
  if (over || (Date.now() - lastSign < 60_000 && !endingSoon())) return;
  lastSign = Date.now();
  const answered = await post("api/activity").catch(failed);
  if (answered && workspace.state) workspace.state.ends_at = answered.ends_at;
  drawFrame();
}

for (const kind of ["keydown", "pointerdown"]) {
  document.addEventListener(kind, () => {
    alerts.allowSound();
    sign();
  });
}
part("#help").addEventListener("click", () => part("kz-keys").toggle());
part("#language").addEventListener("click", changeLanguage);
part("#sign-out").addEventListener("click", signOut);
keys.listen({
  a: answer,
  c: checks.toggle,
  r: ringBack,
  w: () => workspace.state?.presence.state === "wrap_up" && done(),
  v: () => choose("available"),
  b: () => choose("break"),
  d: atDesk.toggle,
  n: atDesk.open,
  "?": () => part("kz-keys").toggle(),
});
atDesk.setUp({
  failed,
  copy,
  worked: () => {
    problem = "";
    drawFrame();
  },
  moved: drawFrame,
});
setInterval(() => {
  if (workspace.state?.call) sign();
  if (workspace.state) drawFrame();
}, 15_000);
// The news is the speed, this is the safety.
setInterval(() => {
  refresh();
  atDesk.refresh();
}, 30_000);

await loadTexts(language);
drawFrame();
atDesk.draw();
part("kz-pop").clear("pop.empty");
const stop = follow({
  news: (kind, token) => (kind === "desk" ? atDesk.refresh() : refresh(token !== "" && token === current())),
  reload: () => {
    refresh(true);
    atDesk.refresh();
  },
  connected: (now) => {
    connected = now;
    drawFrame();
  },
  over: signedOut,
});
