// The simulated carrier's control door: dial, keys, hang up, and everything that happens.

import { follow } from "../streams.js";

export class Carrier {
  constructor({ base, token }) {
    this.base = base;
    this.headers = { Authorization: `Bearer ${token}` };
  }

  // `postDial` is sent by itself once the call is answered.
  async dial(caller, to, postDial = "") {
    const order = postDial ? { to, post_dial: postDial } : { to };
    return (await this.post(`/phones/${encodeURIComponent(caller)}/call`, order)).call_sid;
  }

  async messages(number) {
    return (await this.get(`/messages?to=${encodeURIComponent(number)}`)).messages;
  }

  press(sid, digits) {
    return this.post(`/calls/${sid}/keys`, { digits });
  }

  hangUp(sid) {
    return this.post(`/calls/${sid}/hang-up`, {});
  }

  async speed() {
    return (await this.get("/speed")).speed;
  }

  async liveCall(caller) {
    const { calls } = await this.get("/calls");
    const live = calls.find((call) => call.from === caller && !call.over);
    return live?.call_sid ?? null;
  }

  follow(onEntry) {
    follow(`${this.base}/events`, {
      headers: this.headers,
      onEvent: (_kind, entry) => onEntry(entry),
    });
  }

  async get(path) {
    return (await fetch(this.base + path, { headers: this.headers })).json();
  }

  async post(path, body) {
    const answer = await fetch(this.base + path, {
      method: "POST",
      headers: { ...this.headers, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }
}
