// Small pieces that screens are made of. Text goes in as text, never as markup.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// The heading takes the focus when a screen appears: the next Tab is the first control.
export function heading(text) {
  return element("h1", { tabindex: "-1", class: "heading" }, text);
}

export function paragraph(text, kind = "lead") {
  return element("p", { class: kind }, text);
}

export function notice(text) {
  return element("p", { class: "notice", role: "alert" }, text);
}

export function button(text, onclick, kind = "plain") {
  return element("button", { type: "button", class: `button ${kind}`, onclick }, text);
}

export function screen(name, ...children) {
  return element("section", { class: `screen ${name}`, "data-screen": name }, ...children);
}

// Digit buttons 1-9, 0 and erase, in the order of a telephone.
export function keypad({ onDigit, onErase, eraseLabel }) {
  const keys = "123456789".split("").map((digit) => button(digit, () => onDigit(digit), "key"));
  const erase = button("⌫", onErase, "key erase");
  erase.setAttribute("aria-label", eraseLabel);
  const zero = button("0", () => onDigit("0"), "key");
  return element("div", { class: "keypad" }, ...keys, element("span"), zero, erase);
}
