// The page's words. A text that is missing is a fault of ours and shows its key.

let words = {};
export let language = document.documentElement.lang;

export async function load(wanted) {
  const answer = await fetch(`/operator/texts/${wanted}.json`);
  if (!answer.ok) throw new Error("texts");
  words = await answer.json();
  language = wanted;
  document.documentElement.lang = wanted;
}

/** t("offer.left", {seconds: 12}) */
export function t(key, values = {}) {
  const found = find(key);
  const text = typeof found === "string" ? found : key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** The text of a code from outside: of `other` (a key of the same place) when it is not known. */
export function word(place, code, other = "other") {
  const known = find(place);
  if (known && Object.hasOwn(known, code)) return t(`${place}.${code}`);
  return other && known && Object.hasOwn(known, other) ? t(`${place}.${other}`) : String(code);
}

export function list(key) {
  const found = find(key);
  return Array.isArray(found) ? found : [];
}

/** The two texts of a hint, of `other` for one that this page does not know. */
export function hint(code, part) {
  const known = find(`hint.${code || "none"}`);
  return known ? known[part] : t(`hint.other.${part}`);
}

function find(key) {
  return key.split(".").reduce((place, part) => (place && Object.hasOwn(place, part) ? place[part] : undefined), words);
}
