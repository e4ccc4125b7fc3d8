// The caller's telephone: number, keys, captions that are always on, and sound where there is any.

import { button, element } from "../dom.js";
import { onLanguage, text } from "../texts/language.js";
import { Sounds } from "./sounds.js";
import { spokenNumber } from "./spoken.js";
import { Voice } from "./voice.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const LONGEST_CAPTIONS = 60;

export class Telephone {
  // `onEntry` hears what the carrier tells of this telephone's own call.
  constructor(place, carrier, { caller, dialled, onEntry }) {
    this.carrier = carrier;
    this.onEntry = onEntry;
    this.early = null;
    this.caller = caller;
    this.sid = null;
    this.state = "idle";
    this.speed = 1;
    this.sounds = new Sounds();
    this.number = element("input", { id: "number", type: "tel", value: dialled, autocomplete: "off" });
    this.dialButton = button("", () => this.dial(), { id: "dial", class: "go" });
    this.hangUpButton = button("", () => this.hangUp(), { id: "hang-up", class: "stop" });
    this.muteBox = element("input", { id: "mute", type: "checkbox" });
    this.muteBox.addEventListener("change", () => this.mute());
    this.status = element("p", { id: "call-state", role: "status" });
    this.heard = element("p", { id: "heard", class: "heard", hidden: true });
    this.captions = element("ol", { id: "captions", "aria-live": "polite", tabindex: "0" });
    this.sound = element("p", { class: "sound" });
    this.build(place);
    this.voice = new Voice(() => this.drawState());
    carrier.speed().then((speed) => {
      this.speed = speed;
      this.drawState();
    });
    onLanguage(() => this.drawState());
  }

  build(place) {
    this.numberLabel = element("label", { for: "number" });
    this.muteLabel = element("label", { for: "mute" });
    this.captionsTitle = element("h3", { id: "captions-title" });
    this.captions.setAttribute("aria-labelledby", "captions-title");
    this.pad = element("div", { class: "pad", role: "group" });
    for (const key of KEYS) {
      this.pad.append(button(key, () => this.press(key), { "data-key": key }));
    }
    place.addEventListener("keydown", (event) => this.typed(event));
    place.append(
      element("div", { class: "number" }, this.numberLabel, this.number),
      element("div", { class: "two" }, this.dialButton, this.hangUpButton),
      this.status, this.pad, this.heard, this.captionsTitle, this.captions,
      element("div", { class: "mute" }, this.muteBox, this.muteLabel), this.sound,
    );
  }

  drawState() {
    this.numberLabel.textContent = text("number");
    this.dialButton.textContent = text("dial");
    this.hangUpButton.textContent = text("hang_up");
    this.muteLabel.textContent = text("mute");
    this.captionsTitle.textContent = text("captions");
    this.pad.setAttribute("aria-label", text("keypad"));
    this.status.textContent = text(this.state);
    this.sound.textContent = [
      text(this.voice.has("ja") ? "with_voice" : "no_voice"),
      text("speed", { speed: this.speed }),
    ].join(" ");
    const live = this.sid !== null;
    this.dialButton.disabled = live;
    this.hangUpButton.disabled = !live;
  }

  // What stands in the field, or what the smartphone's app asks for. The call's sid, or null.
  async dial({ number = international(this.number.value), postDial = "" } = {}) {
    this.sounds.allow();
    this.captions.replaceChildren();
    this.heard.hidden = true;
    this.early = [];
    this.sounds.ring();
    try {
      this.sid = await this.carrier.dial(this.caller, number, postDial);
      this.become("calling");
      // From here the keyboard's digits are the telephone's; the app keeps what it has.
      if (!postDial) this.hangUpButton.focus();
    } catch (error) {
      this.sounds.quiet();
      this.become(error.message === "409" ? "busy" : "failed");
      this.early = null;
      return null;
    }
    const early = this.early;
    this.early = null;
    for (const entry of early) this.heardFromCarrier(entry);
    return this.sid;
  }

  // A page that was loaded again takes up the call that goes on.
  async resume() {
    this.sid = await this.carrier.liveCall(this.caller);
    this.become(this.sid ? "talking" : "idle");
  }

  async press(key) {
    this.sounds.allow();
    this.sounds.key(key);
    this.voice.quiet();
    if (this.sid) await this.carrier.press(this.sid, key).catch(() => {});
  }

  typed(event) {
    const field = event.target === this.number || event.ctrlKey || event.metaKey || event.altKey;
    if (!field && KEYS.includes(event.key)) this.press(event.key);
  }

  async hangUp() {
    if (this.sid) await this.carrier.hangUp(this.sid).catch(() => {});
  }

  mute() {
    this.sounds.muted = this.voice.muted = this.muteBox.checked;
    if (this.muteBox.checked) this.voice.quiet();
  }

  become(state) {
    this.state = state;
    this.drawState();
  }

  heardFromCarrier(entry) {
    // The first news of a call may come before its number does.
    if (this.early) this.early.push(entry);
    if (!this.sid || this.early || entry.call_sid !== this.sid) return;
    this.onEntry(entry);
    if (entry.kind === "status" && entry.status === "in-progress") {
      this.sounds.quiet();
      this.become("talking");
    } else if (entry.kind === "say") this.caption(entry);
    else if (entry.kind === "play") this.sounds.hold();
    else if (entry.kind === "end") this.over();
  }

  caption(entry) {
    this.voice.say(entry.text, entry.language ?? "ja-JP", this.speed);
    this.captions.append(element("li", { lang: entry.language ?? "ja" }, entry.text));
    while (this.captions.childElementCount > LONGEST_CAPTIONS) this.captions.firstChild.remove();
    this.captions.scrollTop = this.captions.scrollHeight;
    const number = spokenNumber(entry.text);
    if (number) {
      this.heard.hidden = false;
      this.heard.replaceChildren(
        element("span", {}, text("heard")), " ", element("strong", {}, number),
      );
    }
  }

  over() {
    this.sounds.quiet();
    this.voice.quiet();
    this.sid = null;
    const held = document.activeElement === this.hangUpButton;
    this.become("over");
    if (held) this.dialButton.focus();
  }
}

// 03-1234-5678 is dialled as +81312345678.
function international(typed) {
  const digits = typed.normalize("NFKC").replace(/[^+0-9]/g, "");
  return digits.startsWith("0") ? `+81${digits.slice(1)}` : digits;
}
