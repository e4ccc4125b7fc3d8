// The desk's side of the page: which of the two is shown, and what the operator does there.

import * as alerts from "../alerts.js";
import { post } from "../api.js";
import { oneAtATime } from "../one_at_a_time.js";
import { grouped } from "../parts/steps.js";
import { t, word } from "../texts.js";
import * as times from "../times.js";
import "./begin.js";
import "./check.js";
import { known, forget, load, look, show } from "./known.js";
import "./lists.js";
import { reason } from "./words.js";

const PLACE = "#desk";
const part = (name) => document.querySelector(name);
const form = empty();
let hooks = null;
let told = null;

function empty() {
  // `open` is null where nobody said: then it is open while nothing else is shown. The key makes beginning twice, by a double press, beginning once.
  return { open: null, kind: "business", by: "contract", contract: "", phone: "", level: "id_card_auth", purpose: "", key: crypto.randomUUID() };
}

/** given.failed(problem) and given.worked(): what the page's banner says; given.moved() after the
 *  view is another one; given.copy(text). */
export function setUp(given) {
  hooks = given;
  addEventListener("popstate", arrived);
  for (const link of document.querySelectorAll("#views a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(link.getAttribute("href"));
    });
  }
}

export const here = () => location.hash === PLACE;

/** By key: the focus goes along, as whoever presses it goes there. */
export function toggle() {
  go(here() ? "#call" : PLACE);
  part(location.hash).focus({ preventScroll: true });
}

export function leave() {
  if (here()) go("#call");
}

/** Another entry of the history, and no jump of the page. */
function go(place) {
  if (location.hash !== place) history.pushState(null, "", place);
  arrived();
}

function arrived() {
  const typed = part("#desk-password");
  if (typed) typed.value = ""; // none waits behind the other view
  scrollTo(0, 0);
  draw();
  hooks.moved();
  refresh();
}

export const refresh = oneAtATime(async () => {
  try {
    await load();
  } catch (failure) {
    hooks.failed(failure);
  }
  draw();
  announce();
});

export function signedOut() {
  forget();
  Object.assign(form, empty());
  draw();
}

export function draw() {
  const desk = here();
  part("#call").hidden = desk;
  part(PLACE).hidden = !desk;
  const waits = known.approvals.filter((one) => !one.own).length;
  part("#views").setAttribute("aria-label", t("desk.views"));
  part("#to-calls").textContent = t("desk.calls");
  part("#to-desk").textContent = waits ? t("desk.tab_waiting", { count: waits }) : t("desk.tab");
  for (const [link, current] of [["#to-calls", !desk], ["#to-desk", desk]]) part(link).setAttribute("aria-current", current ? "page" : "false");
  if (!desk) return;
  const asked = form.open ?? !known.shown;
  const shown = asked && known.shown?.status !== "pending" ? null : known.shown;
  part("kz-desk-begin").show(form, asked, known.purposes, { open, close, begin });
  part("kz-desk-check").show({ ...known, shown }, { stop, reveal, copy: hooks.copy });
  part("kz-desk-today").show(known.checks, shown, { show: choose });
  part("kz-desk-approvals").show(known.approvals, known.looked, known.lookedCard, approvals);
  times.tell(part(PLACE));
}

/** What changed since it was last said. */
function announce() {
  const { shown } = known;
  const now = shown && `${shown.pairing} ${shown.hint}`;
  if (now === told) return;
  told = now;
  if (!shown || !here()) return;
  if (shown.code) alerts.say(t("desk.say_code", { code: grouped(shown.code) }));
  else alerts.say(shown.status === "pending" ? reason(shown) : `${word("badge", shown.badge, "grey")}. ${reason(shown)}`, { urgent: shown.badge === "red" });
}

export function open() {
  if (!here()) return;
  form.open = true;
  draw();
  part("kz-desk-begin input:checked, kz-desk-begin input")?.focus();
}

function close() {
  form.open = false;
  draw();
  part("[data-key=desk-new]")?.focus();
}

async function act(work) {
  hooks.worked();
  try {
    return await work();
  } catch (failure) {
    hooks.failed(failure);
    return null;
  } finally {
    await refresh();
    // What was pressed may be gone with what it was about.
    if (here() && document.activeElement === document.body) part(PLACE).focus({ preventScroll: true });
  }
}

async function begin() {
  const { kind, by, level, purpose, key } = form;
  const of = kind === "business" ? "contract" : by;
  const wanted = { kind, contract: "", phone: "", [of]: form[of].trim(), level: kind === "business" ? level : "id_card_sign", purpose: kind === "business" ? purpose : "", key };
  await act(async () => {
    const { pairing } = await post("api/desk-begin", wanted);
    Object.assign(form, empty());
    await show(pairing);
  });
}

const stop = (pairing) => act(() => post("api/desk-stop", { pairing }));

function choose(pairing) {
  form.open = null;
  return act(() => show(pairing));
}


async function reveal(pairing) {
  const card = await act(() => post("api/desk-card-attributes", { pairing }));
  if (card && known.shown?.pairing === pairing) known.card = card;
  draw();
}

const approvals = {
  look: (id) =>
    act(() => {
      const looking = look(id);
      draw(); // what was looked at before is gone
      return looking;
    }),
  close: () => {
    known.looked = known.lookedCard = null;
    draw();
  },
  reveal: async (id) => {
    const card = await act(() => post("api/approval-card-attributes", { id }));
    if (card && known.looked?.id === id) known.lookedCard = card;
    draw();
  },
  decide: async (what, id, password) => {
    const answer = await act(() => post(`api/approval-${what}`, { id, password }));
    if (answer) alerts.say(word("desk.decided", answer.outcome));
    else part("#desk-password")?.focus();
  },
};
