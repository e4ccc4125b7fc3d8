// The strip: rows in order of time, a filter, and the whole of one row beside them.

import { button, element } from "../dom.js";
import { language, onLanguage, text } from "../texts/language.js";
import { fromCarrier, fromService } from "./entries.js";

const SORTS = ["all", "carrier", "api", "state", "flow"];
const MOST = 600;

export class Timeline {
  constructor(place) {
    this.rows = [];
    this.title = element("h2", { id: "timeline-title" });
    this.sort = element("select", { id: "timeline-sort" });
    this.sortLabel = element("label", { for: "timeline-sort" });
    this.wanted = element("input", { id: "timeline-search", type: "search" });
    this.wantedLabel = element("label", { for: "timeline-search" });
    this.clearing = button("", () => this.clear());
    this.list = element("ol", { class: "rows", tabindex: "0", "aria-labelledby": "timeline-title" });
    this.details = element("div", { class: "details", tabindex: "0", role: "region" });
    place.append(
      element("div", { class: "tools" }, this.title, this.sortLabel, this.sort,
        this.wantedLabel, this.wanted, this.clearing),
      element("div", { class: "split" }, this.list, this.details),
    );
    this.sort.addEventListener("change", () => this.filter());
    this.wanted.addEventListener("input", () => this.filter());
    onLanguage(() => this.draw());
  }

  draw() {
    this.title.textContent = text("timeline");
    this.sortLabel.textContent = text("filter");
    this.wantedLabel.textContent = text("search");
    this.clearing.textContent = text("clear");
    this.details.setAttribute("aria-label", text("details"));
    const chosen = this.sort.value || "all";
    this.sort.replaceChildren(...SORTS.map((sort) => element(
      "option", { value: sort, selected: sort === chosen },
      text(sort === "all" ? "all" : `kind_${sort}`),
    )));
  }

  carrier(entry) {
    this.add(fromCarrier(entry));
  }

  service(kind, data) {
    this.add(fromService(kind, data, {
      language, proof: text("proof"), flowOk: text("flow_ok"), flowBad: text("flow_bad"),
    }));
  }

  // The two streams come apart by moments: a row finds its place from the end.
  add(row) {
    if (row === null) return;
    const atEnd = this.list.scrollTop + this.list.clientHeight > this.list.scrollHeight - 40;
    row.line = this.line(row);
    let place = this.rows.length;
    while (place > 0 && this.rows[place - 1].wall > row.wall) place -= 1;
    this.list.insertBefore(row.line, this.rows[place]?.line ?? null);
    this.rows.splice(place, 0, row);
    if (this.rows.length > MOST) this.rows.shift().line.remove();
    row.line.hidden = !this.fits(row);
    if (atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  line(row) {
    const time = row.milliseconds === null ? "" : `${Math.round(row.milliseconds)} ms`;
    const open = button("", () => this.show(row), { class: row.bad ? "row bad" : "row" });
    open.append(
      element("time", { datetime: row.wall }, new Date(row.wall).toLocaleTimeString("ja-JP")),
      element("span", { class: `sort ${row.sort}` }, row.kind),
      element("span", { class: "words" }, row.words),
      element("span", { class: "milliseconds" }, time),
    );
    return element("li", { "data-sort": row.sort }, open);
  }

  show(row) {
    const part = (name, body) => (body
      ? element("div", {}, element("h3", {}, text(name)), element("pre", {}, body))
      : null);
    this.details.replaceChildren(
      element("p", { class: "whole" }, row.words),
      ...[part("asked", row.request), part("reply", row.response), this.copying(row)]
        .filter((one) => one !== null),
    );
  }

  copying(row) {
    if (!row.curl) return null;
    const copy = button(text("copy"), async () => {
      await navigator.clipboard.writeText(row.curl);
      copy.textContent = text("copied");
    });
    return element("div", {}, copy, element("pre", { class: "curl" }, row.curl));
  }

  fits(row) {
    const sort = this.sort.value || "all";
    const words = this.wanted.value.trim().toLowerCase();
    return (sort === "all" || sort === row.sort) && row.words.toLowerCase().includes(words);
  }

  filter() {
    for (const row of this.rows) row.line.hidden = !this.fits(row);
  }

  clear() {
    this.rows = [];
    this.list.replaceChildren();
    this.details.replaceChildren();
  }
}
