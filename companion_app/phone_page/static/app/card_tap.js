// One tap (ISO 7816-4): tries left, VERIFY, certificate, signature. At one try left no VERIFY is
// sent. The certificate comes before the signature, because what is signed holds its hash.

import { joined, unhex, utf8 } from "./bytes.js";
import { algorithmOf, written } from "../signing/keys.js";

const AID = unhex("D392F000260100000001");
const FILES = {
  id_card_auth: { pin: 0x0018, key: 0x0017, certificate: 0x000a, shape: /^[0-9]{4}$/ },
  id_card_sign: { pin: 0x001b, key: 0x001a, certificate: 0x0001, shape: /^[A-Z0-9]{6,16}$/ },
};
const KINDS = {
  JPKIAPICCTOKEN: "card",
  JPKIAPICCTOKEN2: "card",
  JPKIAPGPSETOKEN: "android",
  JPKIAPIOSTOKEN: "iphone",
};
const TOKEN_INFO = 0x0006;
const LARGEST_CERTIFICATE = 8192;

// `code`: pin_wrong, pin_last_try, pin_blocked, card_without_pin, not_a_jpki_card,
// card_unsupported (a key of a kind that the app does not know), card_refused.
export class CardTrouble extends Error {
  constructor(code, triesLeft = null) {
    super(code);
    this.code = code;
    this.triesLeft = triesLeft;
  }
}

export function wellFormed(require, typed) {
  const entry = require === "id_card_sign" ? typed.toUpperCase() : typed;
  return FILES[require]?.shape.test(entry) ? entry : null;
}

// `transmit(apdu)` gives response data and status word; `buildMessage(certificate)` what
// its key signs: a DigestInfo, or of a curve a hash.
export async function tap(transmit, { require, secret, buildMessage }) {
  const files = FILES[require];
  const card = new Card(transmit);
  const selected = await card.send(joined(unhex("00A4040C"), Uint8Array.of(AID.length), AID));
  if (selected.status === 0x6a82) throw new CardTrouble("not_a_jpki_card");
  mustBeOk(selected);
  const kind = await cardKind(card);
  await checkTries(card, files.pin);
  await verify(card, secret);
  const certificate = await readCertificate(card, files.certificate);
  const algorithm = algorithmOf(certificate);
  if (algorithm === null) throw new CardTrouble("card_unsupported");
  const message = await buildMessage(certificate);
  mustBeOk(await card.select(files.key));
  const header = joined(unhex("802A0080"), Uint8Array.of(message.length));
  const signed = await card.send(joined(header, message, Uint8Array.of(0)));
  mustBeOk(signed);
  const signature = written(algorithm, signed.data);
  if (signature === null) throw new CardTrouble("card_refused");
  return { certificate, signature, kind };
}

class Card {
  constructor(transmit) {
    this.transmit = transmit;
  }

  async send(apdu) {
    let answer = split(await this.transmit(apdu));
    const carriesLe = apdu[1] === 0xb0 || apdu[1] === 0x2a; // a VERIFY is never sent twice
    if (answer.status >> 8 === 0x6c && carriesLe) {
      const exact = Uint8Array.of(answer.status & 0xff);
      answer = split(await this.transmit(joined(apdu.slice(0, -1), exact)));
    }
    let { data } = answer;
    for (let round = 0; answer.status >> 8 === 0x61 && round < 32; round += 1) {
      answer = split(await this.transmit(Uint8Array.of(0, 0xc0, 0, 0, answer.status & 0xff)));
      data = joined(data, answer.data);
    }
    return { data, status: answer.status };
  }

  select(file) {
    return this.send(Uint8Array.of(0x00, 0xa4, 0x02, 0x0c, 0x02, file >> 8, file & 0xff));
  }

  read(offset, count) {
    return this.send(Uint8Array.of(0x00, 0xb0, offset >> 8, offset & 0xff, count & 0xff));
  }
}

function split(raw) {
  if (raw.length < 2) throw new CardTrouble("card_refused");
  return { data: raw.slice(0, -2), status: (raw.at(-2) << 8) | raw.at(-1) };
}

function mustBeOk(answer) {
  if (answer.status !== 0x9000) throw new CardTrouble("card_refused");
}

async function cardKind(card) {
  if ((await card.select(TOKEN_INFO)).status !== 0x9000) return "unknown";
  const { data } = await card.read(0, 32);
  const label = String.fromCharCode(...data).replace(/[ \0]+$/, "");
  return KINDS[label] ?? "unknown";
}

async function checkTries(card, file) {
  const selected = await card.select(file);
  if (selected.status === 0x6a82) throw new CardTrouble("card_without_pin");
  mustBeOk(selected);
  const { status } = await card.send(unhex("00200080"));
  if (status === 0x6a88) throw new CardTrouble("card_without_pin");
  stopUnlessTriesRemain(status);
  // No number told: without it a VERIFY might be the last one.
  if ((status & 0xfff0) !== 0x63c0) throw new CardTrouble("card_refused");
}

async function verify(card, secret) {
  const entry = utf8(secret);
  const command = joined(unhex("00200080"), Uint8Array.of(entry.length), entry);
  const { status } = await card.send(command);
  entry.fill(0);
  command.fill(0);
  if (status === 0x9000) return;
  stopUnlessTriesRemain(status);
  if ((status & 0xfff0) !== 0x63c0) throw new CardTrouble("card_refused");
  throw new CardTrouble("pin_wrong", status & 0x0f);
}

function stopUnlessTriesRemain(status) {
  if ([0x6983, 0x6984, 0x63c0].includes(status)) throw new CardTrouble("pin_blocked", 0);
  if (status === 0x63c1) throw new CardTrouble("pin_last_try", 1);
}

async function readCertificate(card, file) {
  mustBeOk(await card.select(file));
  let content = await readOn(card, new Uint8Array(), 4);
  if (content[0] !== 0x30 || content[1] !== 0x82) throw new CardTrouble("card_refused");
  const total = ((content[2] << 8) | content[3]) + 4;
  if (total > LARGEST_CERTIFICATE) throw new CardTrouble("card_refused");
  content = await readOn(card, content, total);
  return content.slice(0, total);
}

async function readOn(card, content, total) {
  let read = content;
  while (read.length < total) {
    const answer = await card.read(read.length, total === 4 ? 4 : 256);
    const good = answer.status === 0x9000 || answer.status === 0x6282;
    if (!good || answer.data.length === 0) throw new CardTrouble("card_refused");
    read = joined(read, answer.data);
  }
  return read;
}
