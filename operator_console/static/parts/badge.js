// A badge: word, icon and colour, each enough by itself.

import { svg } from "../dom.js";
import { h } from "../dom.js";
import { word } from "../texts.js";

const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 2.4, "stroke-linecap": "round", "stroke-linejoin": "round" };

const SHAPES = {
  green: () => [svg("path", { d: "M12 2 4 5v6c0 5 3.4 9.3 8 11 4.6-1.7 8-6 8-11V5z", ...stroke }), svg("path", { d: "m8 12 3 3 5-6", ...stroke })],
  amber: () => [svg("rect", { x: 2, y: 5, width: 20, height: 14, rx: 2, ...stroke }), svg("path", { d: "M2 10h20M6 15h4", ...stroke })],
  checking: () => [svg("path", { d: "M6 2h12M6 22h12M7 2c0 6 10 8 10 10S7 16 7 22M17 2c0 6-10 8-10 10s10 4 10 10", ...stroke })],
  grey: () => [svg("circle", { cx: 12, cy: 12, r: 10, "stroke-dasharray": "4 3.2", ...stroke }), svg("path", { d: "M9 9a3 3 0 1 1 4 3c-.8.4-1 1-1 2M12 17.4v.1", ...stroke })],
  red: () => [svg("path", { d: "M12 2 1.5 21h21z", ...stroke }), svg("path", { d: "M12 9v6M12 18v.1", ...stroke })],
};

class Badge extends HTMLElement {
  static observedAttributes = ["kind"];

  connectedCallback() {
    this.draw();
  }

  attributeChangedCallback() {
    this.draw();
  }

  draw() {
    const known = Object.hasOwn(SHAPES, this.getAttribute("kind")) ? this.getAttribute("kind") : "grey";
    this.dataset.badge = known;
    this.replaceChildren(
      svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, SHAPES[known]()),
      h("span", {}, word("badge", known)),
    );
  }
}

customElements.define("kz-badge", Badge);

export function badge(kind, more = {}) {
  return h("kz-badge", { kind, ...more });
}
