// One screen at a time in the phone: shows it, gives it the focus, and waits for its answer.

import { whoCalledScreen, declineScreen, deskScreen } from "../screens/call.js";
import { businessesScreen, keyedScreen, placeScreen } from "../screens/calling.js";
import { cardScreen, choiceScreen, pinScreen, shownScreen } from "../screens/card.js";
import { codeScreen } from "../screens/code.js";
import {
  historyScreen, repudiateScreen, resultScreen, workingScreen,
} from "../screens/ending.js";

const SCREENS = {
  code: codeScreen,
  businesses: businessesScreen,
  place: placeScreen,
  keyed: keyedScreen,
  who_called: whoCalledScreen,
  decline: declineScreen,
  at_desk: deskScreen,
  choice: choiceScreen,
  shown: shownScreen,
  pin: pinScreen,
  card: cardScreen,
  working: workingScreen,
  result: resultScreen,
  history: historyScreen,
  repudiate: repudiateScreen,
};

export class PhoneUi {
  constructor(place, texts, { focusFirst = false } = {}) {
    this.place = place;
    this.texts = texts;
    this.mayFocus = focusFirst;
    this.current = null;
  }

  get name() {
    return this.current?.name ?? null;
  }

  show(name, data = {}, answer = () => {}) {
    this.current = { name, data, answer };
    this.draw();
  }

  ask(name, data = {}) {
    return new Promise((resolve) => {
      this.show(name, data, resolve);
    });
  }

  // From outside the screen: the card drawer.
  answer(value) {
    this.current?.answer(value);
  }

  draw() {
    const { name, data, answer } = this.current;
    this.place.replaceChildren(SCREENS[name](this.texts, data, answer));
    this.place.scrollTop = 0;
    // The very first screen must not pull the focus into a frame of a larger page.
    if (this.mayFocus) {
      this.place.querySelector(name === "code" ? "#code" : "h1")?.focus({ preventScroll: true });
    }
    this.mayFocus = true;
  }
}
