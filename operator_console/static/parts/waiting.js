// Who waits in this operator's queues: no name, no number.

import { h, redraw } from "../dom.js";
import { t } from "../texts.js";
import { badge } from "./badge.js";

class Waiting extends HTMLElement {
  show(entries, more) {
    redraw(
      this,
      h("section", { class: "card", "aria-labelledby": "waiting-title" },
        h("h2", { id: "waiting-title" }, t("waiting.title"), " ", h("span", { class: "count digits" }, String(entries.length + more))),
        entries.length ? table(entries) : h("p", { class: "quiet" }, t("waiting.none")),
        more ? h("p", { class: "quiet" }, t("waiting.more", { count: more })) : null,
      ),
    );
  }
}

function table(entries) {
  const heading = (key) => h("th", { scope: "col" }, t(`waiting.${key}`));
  return h("table", {},
    h("thead", {}, h("tr", {}, heading("position"), heading("badge"), heading("queue"), heading("time"))),
    h("tbody", {}, entries.map((entry) =>
      h("tr", { "data-token": entry.token },
        h("td", { class: "digits" }, String(entry.position)),
        h("td", {}, badge(entry.badge), entry.offered ? h("span", { class: "quiet" }, t("waiting.offered")) : null),
        h("td", {}, entry.queue),
        h("td", { class: "digits", "data-since": entry.since }),
      ),
    )),
  );
}

customElements.define("kz-waiting", Waiting);
