// RFC 8785 for what a statement is: one flat object of strings and safe integers.
// JSON.stringify writes strings exactly as the RFC asks (it is defined by ECMAScript), and
// names sort by UTF-16 code units, which is what the default sort compares.

export class NotFlat extends Error {}

export function canonical(object) {
  const names = Object.keys(object).sort();
  return `{${names.map((name) => `${text(name)}:${value(object[name])}`).join(",")}}`;
}

function value(item) {
  if (typeof item === "string") return text(item);
  if (Number.isSafeInteger(item) && !Object.is(item, -0)) return String(item);
  throw new NotFlat("a statement holds strings and integers only");
}

function text(item) {
  // A lone surrogate has no UTF-8 form, so it has no canonical form either.
  if (!item.isWellFormed()) throw new NotFlat("not well-formed Unicode");
  return JSON.stringify(item);
}
