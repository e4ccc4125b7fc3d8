// What the page knows of the operator's workspace: loaded from the server, never made up here.

import { get } from "./api.js";
import * as times from "./times.js";

export const workspace = {
  state: null,
  pop: null,
  /** Why there is no pop: a text's key. */
  gone: "pop.empty",
  /** [{at, badge, hint}] of the call on the screen. */
  history: [],
  revealed: hidden(),
  form: closed(),
};

/** The form that asks for a check: null reason and mode are what fits the call. */
function closed() {
  return { open: false, mode: null, reason: null };
}

/** What the operator asked to see of the caller: the reported number, and what the card says. */
function hidden() {
  return { line: "", card: null };
}

/** The call on the screen: the one talked with, else the one offered. */
export function current() {
  const { call, offer } = workspace.state;
  return (call ?? offer)?.token ?? null;
}

/** How the service sees that call now; what the pop said may have run out. */
function badge() {
  const { call, offer } = workspace.state;
  return (call ?? offer).badge;
}

/** The state anew, and the pop when call or badge is another one, or `again` says so. */
export async function load(again) {
  workspace.state = await get("api/state");
  times.set(workspace.state.now);
  const token = current();
  if (token === null) drop();
  else if (again || workspace.pop?.token !== token || workspace.pop.badge !== badge()) await loadPop(token);
}

/** After the call: the result goes with it. Says what ended, when something did. */
export function drop(why = null) {
  if (workspace.pop) workspace.gone = why ?? (workspace.pop.state === "waiting" ? "pop.hidden" : "offer.ended");
  workspace.pop = null;
  workspace.history = [];
  workspace.revealed = hidden();
  workspace.form = closed();
}

async function loadPop(token) {
  let pop;
  try {
    pop = await get(`api/pop/${encodeURIComponent(token)}`);
  } catch (problem) {
    if (problem.status === 401) throw problem;
    drop();
    workspace.gone = problem.status === 404 ? "pop.hidden" : "pop.failed";
    return;
  }
  if (pop.view !== "pop") {
    drop("pop.hidden");
    return;
  }
  if (workspace.pop?.token !== token) drop();
  const last = workspace.history.at(-1);
  if (last?.badge !== pop.badge || last?.hint !== pop.hint) {
    workspace.history = [...workspace.history, { at: pop.now, badge: pop.badge, hint: pop.hint }].slice(-12);
  }
  // Another result may be of another card.
  if (workspace.pop?.verdict?.evidence_id !== pop.verdict?.evidence_id) workspace.revealed.card = null;
  if (pop.check) workspace.form = closed();
  workspace.pop = pop;
}
