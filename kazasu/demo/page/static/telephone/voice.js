// Reads captions aloud where the browser has a voice of that language. Never the only way to know.

export class Voice {
  constructor(onChange) {
    this.muted = false;
    this.voices = [];
    const synthesis = globalThis.speechSynthesis;
    if (!synthesis) return;
    const load = () => {
      this.voices = synthesis.getVoices();
      onChange();
    };
    synthesis.addEventListener("voiceschanged", load);
    this.voices = synthesis.getVoices();
  }

  has(language) {
    return this.voices.some((voice) => voice.lang.slice(0, 2) === language.slice(0, 2));
  }

  say(words, language, speed) {
    if (this.muted || !this.has(language)) return;
    const spoken = new SpeechSynthesisUtterance(words);
    spoken.lang = language;
    spoken.rate = Math.min(10, Math.max(1, speed));
    speechSynthesis.speak(spoken);
  }

  quiet() {
    globalThis.speechSynthesis?.cancel();
  }
}
