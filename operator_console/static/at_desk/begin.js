// The form that begins a check or an enrolment. Drawn anew only when its shape is another one, so
// that news takes nothing away from whoever is typing.

import { h, redraw } from "../dom.js";
import { language, t } from "../texts.js";

const KINDS = ["business", "enrolment"];
const CERTIFICATES = ["id_card_auth", "id_card_sign"];

class Begin extends HTMLElement {
  drawn = "";

  /** form: {kind, by, contract, phone, level, purpose}; act.open(), act.close(), act.begin() */
  show(form, open, purposes, act) {
    const shape = JSON.stringify([language, open, form.kind, form.by, form.key, purposes]);
    if (shape === this.drawn) return;
    this.drawn = shape;
    redraw(this, open ? this.form(form, purposes, act) : opener(act));
  }

  form(form, purposes, act) {
    const anew = (chosen) => {
      Object.assign(form, chosen);
      this.show(form, true, purposes, act);
    };
    return h("form", { class: "card", "aria-labelledby": "desk-begin-title", autocomplete: "off",
      onsubmit: (event) => {
        event.preventDefault();
        act.begin();
      },
      onkeydown: (event) => event.key === "Escape" && !event.isComposing && act.close() },
      h("h2", { id: "desk-begin-title" }, t("desk.begin_title")),
      h("p", { class: "quiet" }, t("desk.intro")),
      options("desk-kind", t("desk.what"), KINDS.map((one) => [one, t(`desk.kind.${one}`)]), form.kind, (kind) => anew({ kind })),
      form.kind === "business" ? business(form, purposes) : enrolment(form, anew),
      h("div", { class: "buttons" },
        h("button", { type: "submit", class: "main", "data-key": "desk-begin" }, t("desk.begin")),
        h("button", { type: "button", "data-key": "desk-leave", onclick: act.close }, t("desk.leave"))));
  }
}

function opener(act) {
  return h("p", { class: "buttons" },
    h("button", { type: "button", class: "main", "data-key": "desk-new", "aria-keyshortcuts": "N", onclick: act.open }, t("desk.new"), h("kbd", { "aria-hidden": "true" }, "N")));
}

function business(form, purposes) {
  return [
    text("contract", form, { note: t("desk.contract_note") }),
    options("desk-level", t("desk.certificate"), CERTIFICATES.map((one) => [one, t(`desk.level.${one}`)]), form.level, (level) => (form.level = level)),
    purposes.length ? h("p", { class: "field" }, h("label", { for: "desk-purpose" }, t("desk.purpose")),
      h("select", { id: "desk-purpose", "data-key": "desk-purpose", onchange: (event) => (form.purpose = event.target.value) },
        [{ name: "", words: t("desk.purpose_none") }, ...purposes].map((one) => h("option", { value: one.name, selected: one.name === form.purpose }, one.words)))) : null,
  ];
}

function enrolment(form, anew) {
  return [
    options("desk-by", t("desk.by"), [["contract", t("desk.contract")], ["phone", t("desk.phone")]], form.by, (by) => anew({ by })),
    text(form.by, form, { required: true, note: t("desk.enrolment_note") }),
  ];
}

function text(name, form, { required = false, note }) {
  const id = `desk-${name}`;
  return h("p", { class: "field" }, h("label", { for: id }, t(name === "phone" ? "desk.phone" : "desk.contract")),
    h("input", { id, "data-key": id, type: name === "phone" ? "tel" : "text", maxlength: 64, required, spellcheck: "false", autocapitalize: "none", autocomplete: "off", value: form[name],
      "aria-describedby": `${id}-note`, oninput: (event) => (form[name] = event.target.value) }),
    h("span", { class: "quiet", id: `${id}-note` }, note));
}

function options(name, title, choices, chosen, choose) {
  return h("fieldset", {}, h("legend", {}, title), choices.map(([value, words]) => {
    const id = `${name}-${value}`;
    return h("div", { class: "choice" },
      h("input", { type: "radio", name, id, "data-key": id, value, checked: value === chosen, onchange: () => choose(value) }),
      h("label", { for: id }, words));
  }));
}

customElements.define("kz-desk-begin", Begin);
