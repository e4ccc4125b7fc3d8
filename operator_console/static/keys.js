// One-key actions. Never while somebody types, nor with a modifier, and they can be turned off.

const STORED = "kazasu-one-key";

export function enabled() {
  return localStorage.getItem(STORED) !== "off";
}

export function enable(on) {
  localStorage.setItem(STORED, on ? "on" : "off");
}

/** actions: {a: f, ...}; `?` is always there. */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (typing(event.target)) return;
    const key = event.key.toLowerCase();
    if (!Object.hasOwn(actions, key) || (key !== "?" && !enabled())) return;
    event.preventDefault();
    actions[key]();
  });
}

function typing(target) {
  return target instanceof Element && target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
}
