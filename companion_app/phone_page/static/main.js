// The phone page: registers this browser as an installation, then one check after another.

import { CardReader } from "./app/card_reader.js";
import { readConfig } from "./app/config.js";
import { DeviceKey } from "./app/device_key.js";
import { Drawer } from "./app/drawer.js";
import { Journey } from "./app/journey.js";
import { PhoneUi } from "./app/phone_ui.js";
import { Refused, Service } from "./app/service.js";
import { chosenLanguage, keepLanguage, textsIn } from "./app/texts.js";

class Phone {
  constructor(config, key) {
    const texts = textsIn(chosenLanguage());
    this.service = new Service(key, config.origin);
    this.reader = new CardReader(config.cardBase, config.cardToken);
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
    for (;;) await this.oneCheck();
  }

  async oneCheck() {
    const typed = await this.ui.ask("code");
    if (typed === "history") return this.history();
    const { hint } = await this.check(typed);
    const next = await this.ui.ask("result", { hint });
    return next === "history" ? this.history() : undefined;
  }

  async check(digits) {
    try {
      await this.service.register();
      return await new Journey(this).run(digits, this.drawer.callState);
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
      if (entry === null || !(await this.ui.ask("repudiate", { entry }))) return;
      await this.service.step(entry.pairing, "repudiate", {});
      await this.ui.ask("result", { hint: "repudiated" });
    } catch (refused) {
      await this.ui.ask("result", { hint: refused.code ?? "internal_error" });
    }
  }
}

const phone = new Phone(await readConfig(), await DeviceKey.kept());
await phone.run();
