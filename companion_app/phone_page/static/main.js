// The phone page: registers this browser as an installation, then one check after another.

import { CardReader } from "./app/card_reader.js";
import { readConfig } from "./app/config.js";
import { DeviceKey } from "./app/device_key.js";
import { Drawer } from "./app/drawer.js";
import { Handset } from "./app/handset.js";
import { Journey } from "./app/journey.js";
import { tokenOf } from "./app/link.js";
import { PhoneUi } from "./app/phone_ui.js";
import { Refused, Service } from "./app/service.js";
import { chosenLanguage, keepLanguage, textsIn } from "./app/texts.js";
import { messageBubble } from "./screens/message.js";

class Phone {
  constructor(config, key) {
    const texts = textsIn(chosenLanguage());
    this.service = new Service(key, config.origin);
    this.reader = new CardReader(config.cardBase, config.cardToken);
    this.handset = new Handset();
    this.handset.onMessage = (message) => this.showMessage(message);
    this.ui = new PhoneUi(document.querySelector("#screen"), texts);
    this.drawer = new Drawer(document.querySelector("#drawer"), this.reader, {
      texts,
      onChosen: (name) => this.cardChosen(name),
    });
    this.speak(texts);
  }

  speak(texts) {
    this.ui.texts = texts;
    this.drawer.texts = texts;
    document.documentElement.lang = texts.language;
    document.title = texts("app");
    document.querySelector("#app-name").textContent = texts("app");
    document.querySelector("#language").textContent = texts("language");
    document.querySelector("#history").textContent = texts("history_short");
  }

  toggleLanguage() {
    const language = this.ui.texts.language === "ja" ? "en" : "ja";
    keepLanguage(language);
    this.speak(textsIn(language));
    this.ui.draw();
    this.drawer.draw();
    if (this.message) this.showMessage(this.message);
  }

  // A text message, until it is opened or closed. Its link is this app's own (App Link).
  showMessage(message) {
    this.message = message;
    const place = document.querySelector("#message");
    if (message === null) {
      place.replaceChildren();
      return;
    }
    place.replaceChildren(
      messageBubble(this.ui.texts, {
        ...message,
        origin: this.service.origin,
        onOpen: (token) => this.openLink(token),
        onClose: () => this.showMessage(null),
      }),
    );
  }

  openLink(token) {
    if (this.ui.name === "code" || this.ui.name === "result") {
      this.showMessage(null);
      this.ui.answer({ token });
    } else this.drawer.say(this.ui.texts("message_busy"));
  }

  cardChosen(name) {
    if (this.ui.name === "card") {
      this.drawer.say("");
      this.ui.answer(name);
    } else this.drawer.say(this.ui.texts("drawer_not_now"));
  }

  async run() {
    document.querySelector("#language").addEventListener("click", () => this.toggleLanguage());
    document.querySelector("#history").addEventListener("click", () => {
      if (this.ui.name === "code") this.ui.answer("history");
    });
    new MutationObserver(() => this.drawer.wanted(this.ui.name === "card")).observe(
      this.ui.place,
      { childList: true },
    );
    this.drawer.load();
    let next = this.openedBy();
    for (;;) next = await this.oneTurn(next ?? (await this.ui.ask("code")));
  }

  // The app was opened by a link: the token is in the fragment, and is taken out of the address.
  openedBy() {
    const token = tokenOf(`${this.service.origin}/l${location.hash}`, this.service.origin);
    if (token !== null) window.history.replaceState(null, "", location.pathname + location.search);
    return token === null ? null : { token };
  }

  // What the person does next, when the screen has said it already.
  async oneTurn(chosen) {
    if (chosen === "history") return this.history();
    if (chosen.dial) return this.callFromApp();
    const { callState } = this.drawer;
    const walk = (journey) =>
      chosen.token ? journey.follow(chosen.token, callState) : journey.run(chosen, callState);
    return this.afterwards(await this.check(walk), null);
  }

  async callFromApp() {
    const found = await this.attempt(() => this.service.businesses());
    if (found.hint) return this.afterwards(found, null);
    const order = await this.ui.ask("businesses", {
      businesses: found.businesses,
      keyedCodes: found.keyed_codes,
    });
    if (order === null) return null;
    const { callable, purpose, way } = order;
    if (way === "keyed") {
      const ended = await this.check((journey) =>
        journey.keyIn(callable, purpose, this.drawer.callState));
      return this.afterwards(ended, null);
    }
    const ended = await this.check((journey) =>
      journey.dial(callable, purpose, {
        callState: this.drawer.callState,
        reported: () => this.drawer.reportedState(),
      }));
    return this.afterwards(ended, ended.called ? null : callable);
  }

  async afterwards({ hint, place = null }, callable) {
    const next = await this.ui.ask("result", { hint, callable, place });
    if (next === "call") {
      await this.handset.place({ number: callable.dialled, postDial: "" });
      return null;
    }
    return next === "close" ? null : next;
  }

  check(walk) {
    return this.attempt(async () => {
      const journey = new Journey(this);
      const ended = await walk(journey);
      return { ...ended, called: Boolean(journey.placed), place: journey.whereabouts };
    });
  }

  async attempt(what) {
    try {
      await this.service.register();
      return await what();
    } catch (refused) {
      if (!(refused instanceof Refused)) console.error(refused);
      return { hint: refused.code ?? "internal_error" };
    }
  }

  async history() {
    try {
      await this.service.register();
      const { entries } = await this.service.history();
      const entry = await this.ui.ask("history", { entries });
      if (entry === null || !(await this.ui.ask("repudiate", { entry }))) return null;
      await this.service.step(entry.pairing, "repudiate", {});
      return await this.afterwards({ hint: "repudiated" }, null);
    } catch (refused) {
      return this.afterwards({ hint: refused.code ?? "internal_error" }, null);
    }
  }
}

const phone = new Phone(await readConfig(), await DeviceKey.kept());
await phone.run();
