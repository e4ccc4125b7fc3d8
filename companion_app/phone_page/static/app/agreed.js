// What a statement must say: what was agreed before, and what was on the screen of the call.

export function agreedOn({ order, call, pairing, picked }) {
  const before = { ...order, pairing };
  if (call) Object.assign(before, ofTheCall(call));
  if (picked !== null && before.type === "call") before.match = picked;
  return before;
}

export function forACall(mode) {
  return { type: "call", mode };
}

export function forADesk({ business, kind, purpose, require }) {
  return {
    type: kind,
    mode: "desk",
    rp_name: business.name,
    purpose,
    direction: "business",
    require,
  };
}

export function forDialling(callable, purpose) {
  return {
    type: "dial",
    mode: "app_dial",
    rp_name: callable.business.name,
    purpose: purpose.words,
    direction: "caller",
    dialled: callable.dialled,
  };
}

function ofTheCall({ business, purpose, direction, dialled, require, line_last4, started_at }) {
  return {
    rp_name: business.name,
    purpose,
    direction,
    dialled,
    require,
    line_last4,
    call_started_at: started_at,
  };
}
