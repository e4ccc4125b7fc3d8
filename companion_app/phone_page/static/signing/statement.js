// The statement is taken apart, rebuilt and compared before anybody signs. A field too many or
// too few, another origin, another installation or another pick: the app does not sign.

import { base64url, joined, sha256, utf8 } from "../app/bytes.js";
import { canonical } from "./canonical.js";
import { cardInput } from "./signed_attributes.js";

const VERSION = 1;
const TYPES = new Set(["call", "dial", "enrolment", "business"]);
const REQUIRED = [
  "v", "type", "aud", "tenant", "rp_name", "purpose", "shown", "direction", "mode", "require",
  "pairing", "dialled", "installation", "call_state", "nonce", "issued_at", "expires_at",
];
const AT_A_DESK = new Set(["enrolment", "business"]);
const OF_A_CALL = ["call_ref", "call_started_at"];
// A caller who keys the code into the call is not asked for a number that the call speaks.
const WITHOUT_CHOICE = new Set(["keyed_code"]);

export class StatementRefused extends Error {}

// `audience` is the origin, `installation` the thumbprint of our own key. `agreed` is what was on
// the screen before: a statement that says something else is refused; undefined must be absent.
export async function checkedStatement(text, { audience, installation, agreed }) {
  const fields = parsed(text);
  if (safeCanonical(fields) !== text) throw new StatementRefused("not_canonical");
  mustHaveFields(fields);
  const wanted = {
    aud: audience,
    installation: await pseudonym(installation, fields.tenant),
    ...agreed,
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (fields[name] !== value) throw new StatementRefused(`other_${name}`);
  }
  const bytes = utf8(text);
  return {
    shown: fields.shown,
    require: fields.require,
    cardInput: (certificate) => cardInput(fields.type, bytes, certificate),
  };
}

function parsed(text) {
  let fields;
  try {
    fields = JSON.parse(text);
  } catch {
    throw new StatementRefused("not_canonical");
  }
  if (fields === null || typeof fields !== "object" || Array.isArray(fields)) {
    throw new StatementRefused("not_canonical");
  }
  return fields;
}

function safeCanonical(fields) {
  try {
    return canonical(fields);
  } catch {
    throw new StatementRefused("not_flat");
  }
}

function mustHaveFields(fields) {
  if (fields.v !== VERSION) throw new StatementRefused("unknown_version");
  if (!TYPES.has(fields.type)) throw new StatementRefused("unknown_type");
  if ((fields.mode === "desk") !== AT_A_DESK.has(fields.type)) {
    throw new StatementRefused("other_mode");
  }
  const ofACall = fields.type === "call";
  const required = ofACall ? [...REQUIRED, ...OF_A_CALL] : [...REQUIRED];
  if (ofACall && !WITHOUT_CHOICE.has(fields.mode)) required.push("match");
  const missing = required.filter((name) => !Object.hasOwn(fields, name)).sort();
  if (missing.length > 0) throw new StatementRefused(`missing_${missing[0]}`);
  const known = new Set([...required, "action", ...(ofACall ? ["line_last4"] : [])]);
  if (Object.keys(fields).some((name) => !known.has(name))) {
    throw new StatementRefused("unknown_field");
  }
}

// The installation as one tenant knows it: first 16 bytes of a SHA-256.
async function pseudonym(thumbprint, tenant) {
  const digest = await sha256(joined(utf8("kazasu"), utf8(thumbprint), utf8(String(tenant))));
  return base64url(digest.slice(0, 16));
}
