// The journey from a typed code to its end. What a person decides is asked of `ui`; the PIN goes
// from the person to the card reader and is kept by nothing in between.

import { base64url } from "./bytes.js";
import { CardTrouble, tap } from "./card_tap.js";
import { ReaderTrouble } from "./card_reader.js";
import { Refused, pause } from "./service.js";
import { StatementRefused, checkedStatement } from "./statement.js";

export const STOP = Symbol("the holder stops");
const FITTING = { caller: "i_called", business: "they_called" };
const GIVE_UP = new Set(["pin_blocked", "pin_last_try", "card_without_pin"]);

const PASSING = new Set(["unreachable", "internal_error", "try_again"]);
const READER = { card_in_use: "card_in_use", unreachable: "unreachable_card" };

class Ended extends Error {}

export class Journey {
  constructor({ service, reader, ui }) {
    this.service = service;
    this.reader = reader;
    this.ui = ui;
    this.picked = null;
    this.trouble = null;
  }

  // The last hint, or the code of the refusal that stopped it; with the pairing when there is one.
  async run(digits, callState) {
    this.ui.show("working", { what: "claiming" });
    try {
      this.state = await this.service.claim(digits, callState);
    } catch (refused) {
      return ending(refused);
    }
    this.call = this.state.call;
    this.watch();
    try {
      while (this.state.status === "pending") await this.step();
      return { hint: this.state.hint, pairing: this.state.pairing };
    } catch (refused) {
      if (refused instanceof Ended) return { hint: this.state.hint, pairing: this.state.pairing };
      return ending(refused);
    } finally {
      this.stopWatching.abort();
    }
  }

  // Long-polls beside the person's steps, so that an end from the other side is seen at once.
  // Only our own steps move a pending check, so what a poll says of one is never newer than ours.
  watch() {
    this.stopWatching = new AbortController();
    const { signal } = this.stopWatching;
    this.ended = new Promise((_, reject) => {
      const look = async () => {
        while (!signal.aborted) {
          const found = await this.service
            .look(this.state.pairing, this.state.hint, signal)
            .catch(passing);
          if (found && found.status !== "pending") {
            this.state = found;
            reject(new Ended());
            return;
          }
          await pause(this.state.interval * 500);
        }
      };
      look().catch((refused) => signal.aborted || reject(refused));
    });
    this.ended.catch(() => {});
  }

  ask(screen, data) {
    return Promise.race([this.ui.ask(screen, { call: this.call, ...data }), this.ended]);
  }

  async post(name, body) {
    this.state = await this.service.step(this.state.pairing, name, body);
  }

  stop(reason = "user_cancelled") {
    return this.post("cancel", { reason });
  }

  step() {
    const { hint, choice, statement } = this.state;
    if (hint === "app_opened" || hint === "awaiting_call_confirm") return this.confirm();
    if (hint === "awaiting_choice" && choice) return this.choose(choice);
    if ((hint === "awaiting_pin" || hint === "awaiting_card") && statement) return this.prove();
    this.ui.show("working", { what: "verifying" });
    return this.ended;
  }

  async confirm() {
    const answer = await this.ask("who_called");
    if (answer === STOP) return this.stop();
    const fits = answer === FITTING[this.call.direction];
    if (!fits && !(await this.ask("decline", { answer }))) return undefined;
    return this.post("confirm", { answer });
  }

  async choose(choice) {
    this.picked = await this.ask("choice", { choice });
    if (this.picked === STOP) return this.stop();
    return this.post("choose", { round: choice.round, choice: this.picked });
  }

  async prove() {
    const { require } = this.call;
    let statement;
    try {
      statement = await checkedStatement(this.state.statement, {
        audience: this.service.origin,
        installation: this.service.installation,
        agreed: this.agreed(),
      });
    } catch (refused) {
      if (refused instanceof StatementRefused) return this.stop("app_unsupported");
      throw refused;
    }
    const { shown } = statement;
    if (this.trouble === null && (await this.ask("shown", { shown })) === STOP) return this.stop();
    await this.tell("awaiting_pin");
    const secret = await this.ask("pin", { shown, require, trouble: this.trouble });
    if (secret === STOP) return this.stop();
    await this.tell("awaiting_card");
    const name = await this.ask("card", { shown });
    if (name === STOP) return this.stop();
    return this.tapAndProve(name, secret, statement);
  }

  agreed() {
    const { business, purpose, direction, dialled, require } = this.call;
    const agreed = {
      pairing: this.state.pairing,
      rp_name: business.name,
      purpose,
      direction,
      dialled,
      require,
      line_last4: this.call.line_last4,
      call_started_at: this.call.started_at,
    };
    return this.picked === null ? agreed : { ...agreed, match: this.picked };
  }

  async tapAndProve(name, secret, statement) {
    const { require } = this.call;
    const buildMessage = statement.cardInput;
    this.ui.show("working", { what: "reading" });
    let proof;
    try {
      proof = await this.reader.withCard(name, (transmit) =>
        tap(transmit, { require, secret, buildMessage }),
      );
    } catch (trouble) {
      if (trouble instanceof CardTrouble && GIVE_UP.has(trouble.code)) {
        return this.stop(trouble.code);
      }
      if (!(trouble instanceof CardTrouble || trouble instanceof ReaderTrouble)) throw trouble;
      this.trouble = {
        code: trouble.code ?? READER[trouble.message] ?? "card_lost",
        triesLeft: trouble.triesLeft ?? null,
      };
      return undefined;
    }
    this.ui.show("working", { what: "verifying" });
    return this.post("proof", {
      certificate: base64url(proof.certificate),
      signature: base64url(proof.signature),
      card_kind: proof.kind,
    });
  }

  // So that the voice and the operator can follow. Progress never goes backwards.
  tell(hint) {
    return this.state.hint === "awaiting_card" ? undefined : this.post("progress", { hint });
  }
}

// A poll that failed on the way is made again; what the service refused stands.
function passing(refused) {
  if (refused instanceof Refused && PASSING.has(refused.code)) return null;
  throw refused;
}

function ending(refused) {
  if (!(refused instanceof Refused)) throw refused;
  return { hint: refused.code, pairing: null, retryAfter: refused.retryAfter };
}
