// The journey from a code, a link or a chosen business to its end. What a person decides is asked of `ui`; the PIN goes
// from the person to the card reader and is kept by nothing in between.

import { agreedOn, forACall, forADesk, forDialling } from "./agreed.js";
import { base64url } from "./bytes.js";
import { CardTrouble, tap } from "./card_tap.js";
import { ReaderTrouble } from "./card_reader.js";
import { dialString } from "./handset.js";
import { Refused, pause } from "./service.js";
import { StatementRefused, checkedStatement } from "../signing/statement.js";

export const STOP = Symbol("the holder stops");
const FITTING = { caller: "i_called", business: "they_called" };
const GIVE_UP = {
  pin_blocked: "pin_blocked",
  pin_last_try: "pin_last_try",
  card_without_pin: "card_without_pin",
  card_unsupported: "app_unsupported",
};

const PASSING = new Set(["unreachable", "internal_error", "try_again"]);
const READER = { card_in_use: "card_in_use", unreachable: "unreachable_card" };

class Ended extends Error {}

export class Journey {
  constructor({ service, reader, ui, handset }) {
    this.service = service;
    this.reader = reader;
    this.ui = ui;
    this.handset = handset;
    this.call = null;
    this.desk = null;
    this.picked = null;
    this.trouble = null;
    this.moved = () => {};
    this.reported = () => "outgoing";
  }

  // Each way: the last hint, or the code of the refusal that stopped it; with the pairing when
  // there is one.
  run(digits, callState) {
    return this.walk(forACall("spoken_code"), () => this.service.claim(digits, callState));
  }

  follow(token, callState) {
    return this.walk(forACall("sms_link"), () => this.service.claim(token, callState));
  }

  // Tap first, then call. `reported()` is what the handset says of its own call.
  dial(callable, purpose, { callState, reported }) {
    this.reported = reported;
    this.callable = callable;
    const order = { business: callable.dialled, purpose: purpose.name, call_state: callState };
    return this.walk(forDialling(callable, purpose), () => this.service.dialTicket(order));
  }

  // The caller keys a code into the call.
  keyIn(callable, purpose, callState) {
    const order = { business: callable.dialled, purpose: purpose.name, call_state: callState };
    return this.walk(forACall("keyed_code"), () => this.service.keyedCode(order));
  }

  // Where the holder is, for what is said at the end: null in a call, or before one.
  get whereabouts() {
    if (this.desk === null) return null;
    return this.isThere === false ? "elsewhere" : "desk";
  }

  async walk(order, begin) {
    this.order = order;
    this.ui.show("working", { what: order.type === "dial" ? "preparing" : "claiming" });
    try {
      this.state = await begin();
    } catch (refused) {
      return ending(refused);
    }
    this.call = this.state.call ?? null;
    this.desk = this.state.desk ?? null;
    if (this.desk) this.order = forADesk(this.desk);
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
  // While a person is asked only our own steps move a check; while we wait the call may move it.
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
          if (found && found.hint !== this.state.hint) this.moved(found);
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
    this.heard(await this.service.step(this.state.pairing, name, body));
  }

  heard(state) {
    this.state = state;
    this.call = state.call ?? this.call;
  }

  // Until the check is somewhere else, by the call's doing.
  waited() {
    const moved = new Promise((resolve) => {
      this.moved = (state) => {
        this.moved = () => {};
        this.heard(state);
        resolve();
      };
    });
    return Promise.race([moved, this.ended]);
  }

  stop(reason = "user_cancelled") {
    return this.post("cancel", { reason });
  }

  step() {
    const { hint, choice, statement, code, tel } = this.state;
    if (hint === "awaiting_app" && code) return this.show("keyed", { code });
    if ((hint === "app_opened" || hint === "awaiting_call_confirm") && this.call) {
      return this.confirm();
    }
    if (hint === "awaiting_choice" && choice) return this.choose(choice);
    if ((hint === "awaiting_pin" || hint === "awaiting_card") && statement) return this.prove();
    if (hint === "awaiting_dial" && tel && !this.placed) return this.place(tel);
    const before = this.order.type === "dial" && hint !== "verifying";
    this.ui.show("working", { what: before ? "matching" : "verifying" });
    return this.waited();
  }

  // A screen that stands until the call moves the check, or the holder stops it.
  async show(screen, data) {
    const stopped = this.ui.ask(screen, { call: this.call, ...data });
    if ((await Promise.race([stopped, this.waited()])) === STOP) return this.stop();
    return undefined;
  }

  async place(tel) {
    const dial = dialString(tel);
    if (dial === null) return this.stop("app_unsupported");
    const asked = { callable: this.callable, until: this.state.ticket_by };
    if ((await this.ask("place", asked)) === STOP) return this.stop();
    this.placed = true;
    this.ui.show("working", { what: "matching" });
    // A handset that never says anything must not hold up a check that the call moves on.
    const own = await Promise.race([this.handset.place(dial), this.waited()]);
    return own ? this.report(own) : undefined;
  }

  report({ begun, connected, others }) {
    const now = this.handset.now();
    const ago = (moment) => Math.max(0, Math.round(now - moment));
    return this.post("call", {
      call_state: this.reported(),
      begun_ms_ago: ago(begun),
      ...(connected === null ? {} : { connected_ms_ago: ago(connected) }),
      other_calls: others,
    });
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
    if (this.desk && !this.isThere) {
      // A code that came from elsewhere is nobody's to tap.
      this.isThere = (await this.ask("at_desk", { desk: this.desk })) === true;
      if (!this.isThere) return this.stop();
    }
    let statement;
    try {
      statement = await checkedStatement(this.state.statement, {
        audience: this.service.origin,
        installation: this.service.installation,
        agreed: agreedOn({ ...this, pairing: this.state.pairing }),
      });
    } catch (refused) {
      if (refused instanceof StatementRefused) return this.stop("app_unsupported");
      throw refused;
    }
    const { shown, require } = statement;
    if (this.trouble === null && (await this.ask("shown", { shown })) === STOP) return this.stop();
    await this.tell("awaiting_pin");
    const secret = await this.ask("pin", { shown, require, trouble: this.trouble });
    if (secret === STOP) return this.stop();
    await this.tell("awaiting_card");
    const name = await this.ask("card", { shown });
    if (name === STOP) return this.stop();
    return this.tapAndProve(name, secret, statement);
  }

  async tapAndProve(name, secret, statement) {
    const { require, cardInput: buildMessage } = statement;
    this.ui.show("working", { what: "reading" });
    let proof;
    try {
      proof = await this.reader.withCard(name, (transmit) =>
        tap(transmit, { require, secret, buildMessage }),
      );
    } catch (trouble) {
      if (trouble instanceof CardTrouble && trouble.code in GIVE_UP) {
        return this.stop(GIVE_UP[trouble.code]);
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
