// Key beeps (DTMF, ITU-T Q.23), the Japanese ring-back tone and a soft hold tone, by Web Audio.

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = "123456789*0#";

export class Sounds {
  constructor() {
    this.muted = false;
    this.context = null;
    this.ringing = null;
  }

  // Browsers let sound begin only from a press of the user's.
  allow() {
    this.context ??= new AudioContext();
    this.context.resume();
  }

  key(digit) {
    const at = KEYS.indexOf(digit);
    if (at >= 0) this.tones([ROWS[Math.floor(at / 3)], COLUMNS[at % 3]], 0.12, 0.08);
  }

  hold() {
    this.tones([440], 0.25, 0.02);
  }

  ring() {
    const once = () => this.tones([400, 416], 1, 0.05);
    this.quiet();
    once();
    this.ringing = setInterval(once, 3000);
  }

  quiet() {
    clearInterval(this.ringing);
    this.ringing = null;
  }

  tones(frequencies, seconds, loudness) {
    if (this.muted || !this.context) return;
    const now = this.context.currentTime;
    const gain = this.context.createGain();
    gain.gain.setValueAtTime(loudness, now);
    gain.gain.setTargetAtTime(0, now + seconds - 0.03, 0.01);
    gain.connect(this.context.destination);
    for (const frequency of frequencies) {
      const tone = this.context.createOscillator();
      tone.frequency.value = frequency;
      tone.connect(gain);
      tone.start(now);
      tone.stop(now + seconds);
    }
  }
}
