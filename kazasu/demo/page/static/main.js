// The demo page: telephone, smartphone, the operator's screen, and what happens between them.

import { Guide } from "./guide.js";
import { follow } from "./streams.js";
import { onLanguage, text, toggleLanguage } from "./texts/language.js";
import { Carrier } from "./telephone/carrier.js";
import { HandsetAround } from "./telephone/handset.js";
import { Telephone } from "./telephone/telephone.js";
import { Timeline } from "./timeline/timeline.js";

const at = (id) => document.getElementById(id);

function fillIn({ login, password }) {
  const form = at("console-frame").contentDocument;
  const [name, secret] = [form.querySelector("#login"), form.querySelector("#password")];
  if (!name || !secret) return;
  name.value = login;
  secret.value = password;
  form.querySelector("button[type=submit]")?.focus();
}

async function start() {
  const config = await (await fetch("/demo/config.json", { cache: "no-store" })).json();
  at("login").textContent = config.operator.login;
  at("password").textContent = config.operator.password;
  at("fill-in").addEventListener("click", () => fillIn(config.operator));
  at("language").addEventListener("click", toggleLanguage);
  onLanguage(() => {
    document.title = `Kazasu ${text("title")}`;
    at("phone-frame").title = text("phone_frame");
    at("console-frame").title = text("console_frame");
  });
  const carrier = new Carrier(config.carrier);
  const timeline = new Timeline(at("timeline"));
  const guide = new Guide(at("guide"), config);
  const telephone = new Telephone(at("telephone"), carrier, {
    ...config,
    onEntry: (entry) => {
      guide.carrier(entry);
      handset.carrierSays(entry);
    },
  });
  const handset = new HandsetAround(at("phone-frame"), carrier, telephone, {
    caller: config.caller,
    onPlaced: () => guide.placedByTheApp(),
  });
  await telephone.resume();
  at("guide-again").addEventListener("click", () => guide.again());
  carrier.follow((entry) => {
    telephone.heardFromCarrier(entry);
    timeline.carrier(entry);
  });
  follow("/demo/events", {
    onEvent: (kind, data) => {
      guide.service(kind, data);
      timeline.service(kind, data);
    },
  });
}

start();
