// Signed requests to the service. Every call may be repeated, so one that got lost is.

import { utf8 } from "./bytes.js";

const TRIES = 3;

// `code` is the service's stable code; `unreachable` when there was no answer of its protocol.
export class Refused extends Error {
  constructor(code, { status = 0, retryAfter = null } = {}) {
    super(code);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export class Service {
  constructor(key, origin, now = () => Date.now() / 1000) {
    this.key = key;
    this.origin = origin;
    this.now = now;
    this.ahead = 0; // seconds that the server's clock is ahead of ours
  }

  get installation() {
    return this.key.installation;
  }

  register() {
    const app = { platform: "web", app_version: "1.0.0" };
    return this.post("/v1/installations", app, { introduce: true });
  }

  claim(locator, callState) {
    return this.post("/v1/pairings/claim", { locator, call_state: callState });
  }

  businesses() {
    return this.send("GET", "/v1/businesses", null);
  }

  dialTicket(order) {
    return this.post("/v1/dial-tickets", order);
  }

  keyedCode(order) {
    return this.post("/v1/keyed-codes", order);
  }

  step(pairing, name, body) {
    return this.post(`/v1/pairings/${pairing}/${name}`, body);
  }

  look(pairing, since, signal) {
    return this.send("GET", `/v1/pairings/${pairing}?wait=20&since=${since}`, null, { signal });
  }

  history() {
    return this.send("GET", "/v1/history", null);
  }

  post(path, body, options) {
    return this.send("POST", path, body, options);
  }

  async send(method, path, body, options = {}) {
    const content = body === null ? new Uint8Array() : utf8(JSON.stringify(body));
    let corrected = false;
    for (let attempt = 1; ; attempt += 1) {
      let answer;
      try {
        answer = await this.request(method, path, content, options);
      } catch (lost) {
        if (options.signal?.aborted) throw lost;
        if (attempt >= TRIES) throw new Refused("unreachable");
        await pause(300 * attempt);
        continue;
      }
      const moved = this.followClock(answer);
      if (answer.status === 401 && moved && !corrected) {
        corrected = true;
        continue;
      }
      return read(answer);
    }
  }

  async request(method, path, content, { introduce = false, signal } = {}) {
    const url = this.origin + path;
    const at = this.now() + this.ahead;
    const headers = {
      "Kazasu-Proof": await this.key.proof({ method, url, body: content, at, introduce }),
      "Kazasu-App": "web/1.0.0",
    };
    if (method === "POST") headers["Content-Type"] = "application/json";
    const body = method === "POST" ? content : undefined;
    return fetch(url, { method, headers, body, signal, cache: "no-store", redirect: "error" });
  }

  followClock(answer) {
    const theirs = Date.parse(answer.headers.get("Date") ?? "") / 1000;
    if (Number.isNaN(theirs)) return false;
    const before = this.ahead;
    this.ahead = theirs - this.now();
    return Math.abs(this.ahead - before) > 5;
  }
}

export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function read(answer) {
  let body;
  try {
    body = await answer.json();
  } catch {
    throw new Refused("unreachable", { status: answer.status });
  }
  if (answer.ok) return body;
  const wait = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  throw new Refused(typeof body.code === "string" ? body.code : "unreachable", {
    status: answer.status,
    retryAfter: Number.isNaN(wait) ? null : wait,
  });
}
