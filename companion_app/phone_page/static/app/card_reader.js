// The "NFC reader" of this page: the software card, a process of its own on this computer.
// A PIN goes through here to the card and to nowhere else.

import { hex, unhex } from "./bytes.js";

// `unknown_card`, `card_in_use`, `not_in_slot`, or `unreachable`.
export class ReaderTrouble extends Error {}

export class CardReader {
  constructor(base, token) {
    this.base = base;
    this.token = token;
  }

  async cards() {
    return (await this.send("GET", "/cards")).cards;
  }

  async restore(name) {
    await this.send("POST", `/cards/${encodeURIComponent(name)}/restore`, {});
  }

  // Power up a card, use it, power it down: what a PIN opened never outlives one tap.
  async withCard(name, use) {
    const path = `/cards/${encodeURIComponent(name)}`;
    const { slot } = await this.send("POST", `${path}/insert`, {});
    try {
      return await use(async (apdu) => {
        const answer = await this.send("POST", `${path}/apdu`, { slot, apdu: hex(apdu) });
        return unhex(answer.response);
      });
    } finally {
      await this.send("POST", `${path}/remove`, { slot }).catch(() => {});
    }
  }

  async send(method, path, body) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer;
    let said;
    try {
      answer = await fetch(this.base + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
      });
      said = await answer.json();
    } catch {
      throw new ReaderTrouble("unreachable");
    }
    if (!answer.ok) throw new ReaderTrouble(said.code ?? "unreachable");
    return said;
  }
}
