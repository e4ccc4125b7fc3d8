// Japanese first; the choice is kept in this browser. Texts are put into [data-text] elements.

import en from "./en.js";
import ja from "./ja.js";

const TEXTS = { ja, en };
const KEY = "kazasu-demo-language";
const listeners = [];

export let language = localStorage.getItem(KEY) === "en" ? "en" : "ja";

export function text(name, facts = {}) {
  const found = TEXTS[language][name] ?? name;
  return found.replace(/\{(\w+)\}/g, (whole, key) => String(facts[key] ?? whole));
}

export function onLanguage(draw) {
  listeners.push(draw);
  draw();
}

export function toggleLanguage() {
  language = language === "ja" ? "en" : "ja";
  localStorage.setItem(KEY, language);
  for (const draw of listeners) draw();
}

onLanguage(() => {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = text(place.dataset.text);
  }
});
