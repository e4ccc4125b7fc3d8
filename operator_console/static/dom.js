// Elements without markup text: what comes from outside can only ever become text.

const SVG = "http://www.w3.org/2000/svg";

/** h("button", {class: "x", "data-key": "y", onclick: f}, "text", child, null) */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Draw anew without taking the focus away: it returns to what carries the same data-key. */
export function redraw(host, ...children) {
  const focused = host.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  host.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (key) {
    [...host.querySelectorAll("[data-key]")]
      .find((element) => element.dataset.key === key)
      ?.focus({ preventScroll: true });
  }
}
