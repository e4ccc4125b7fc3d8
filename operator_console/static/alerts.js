// How an offer calls: a sound, the tab's title, and words for screen readers.

import { t } from "./texts.js";

let audio = null;

/** Browsers let a page sound after the first key or click. */
export function allowSound() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

/** Two soft tones, from one tab only. */
export function ring() {
  const play = () => {
    if (audio?.state !== "running") return undefined;
    const start = audio.currentTime;
    for (const [delay, pitch] of [[0, 660], [0.22, 880]]) tone(start + delay, pitch);
    return new Promise((done) => setTimeout(done, 1500));
  };
  if (navigator.locks) navigator.locks.request("kazasu-ring", { ifAvailable: true }, (mine) => mine && play());
  else play();
}

function tone(at, pitch) {
  const source = new OscillatorNode(audio, { frequency: pitch });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.2, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.42);
}

export function title(offered, business) {
  const page = `${t("page.title")} | ${business}`;
  document.title = offered ? `${t("offer.tab")} | ${page}` : page;
}

export function say(text, { urgent = false } = {}) {
  const region = document.getElementById(urgent ? "assertive" : "polite");
  // The same words twice are still news: an empty region in between makes them so.
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
}
