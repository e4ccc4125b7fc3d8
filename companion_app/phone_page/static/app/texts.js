// The texts in the language chosen: t("key", {name: value}).

import { en } from "../texts/en.js";
import { ja } from "../texts/ja.js";

const LANGUAGES = { ja, en };
const KEPT = "kazasu-language";

export function textsIn(language) {
  const texts = LANGUAGES[language];
  const t = (key, values = {}) => {
    let text = texts[key];
    if (text === undefined) throw new Error(`no text for ${key}`);
    for (const [name, value] of Object.entries(values)) {
      text = text.replaceAll(`{${name}}`, String(value));
    }
    return text;
  };
  t.language = language;
  return t;
}

export function chosenLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEPT);
  return asked in LANGUAGES ? asked : "ja";
}

export function keepLanguage(language) {
  localStorage.setItem(KEPT, language);
}
