// Where a check is: its steps in their order, and the code as it is read out.

import { h } from "../dom.js";
import { t } from "../texts.js";

/** now: one of `all`; words: the place of their texts */
export function steps(all, now, words) {
  const at = all.indexOf(now);
  return h("ol", { class: "steps" }, all.map((step, place) => {
    const state = place < at ? "done" : place === at ? "now" : "later";
    return h("li", { "data-step": step, "data-state": state, "aria-current": state === "now" ? "step" : null },
      h("span", { "aria-hidden": "true" }, { done: "✓", now: "▶", later: "・" }[state]), " ", t(`${words}.${step}`), h("span", { class: "unseen" }, t(`check.${state}`)));
  }));
}

/** In two groups, as it is spoken. */
export function grouped(code) {
  const half = code.length / 2;
  return `${code.slice(0, half)} ${code.slice(half)}`;
}
