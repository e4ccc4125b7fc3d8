// The shortcut sheet.

import { h } from "../dom.js";
import { enable, enabled } from "../keys.js";
import { t } from "../texts.js";

const KEYS = [["A", "answer"], ["Enter", "answer_enter"], ["C", "check"], ["R", "ring_back"], ["W", "wrap_up"], ["V", "available"], ["B", "break"], ["D", "desk"], ["N", "desk_new"], ["?", "help"]];

class Keys extends HTMLElement {
  toggle() {
    const open = this.querySelector("dialog[open]");
    if (open) {
      open.close();
      return;
    }
    const one = h("input", { type: "checkbox", id: "one-key", checked: enabled(), onchange: () => enable(one.checked) });
    const sheet = h("dialog", { "aria-labelledby": "keys-title", onclose: () => sheet.remove() },
      h("h2", { id: "keys-title" }, t("keys.title")),
      h("dl", {}, KEYS.map(([key, what]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(`keys.${what}`))])),
      h("p", {}, one, " ", h("label", { for: "one-key" }, t("keys.enabled"))),
      h("form", { method: "dialog" }, h("button", { class: "main" }, t("keys.close"))),
    );
    this.append(sheet);
    sheet.showModal();
  }
}

customElements.define("kz-keys", Keys);
