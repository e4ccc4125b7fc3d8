// Which keys the app lets a card sign with, and how their signatures are written. It walks to the
// public key of the certificate (RFC 5280) and compares the bytes in front of the key.

import { joined, unhex } from "../app/bytes.js";

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const VERSION = 0xa0;

// `keyHead` stands before the key in SubjectPublicKeyInfo, which has `keySize` octets in all;
// `inputHead` before the hash in what the card gets. `half`: octets of r and of s, 0 for RSA.
const ALGORITHMS = [
  {
    name: "RSA-2048",
    keyHead: unhex("30820122 300D 06092A864886F70D010101 0500 0382010F00 3082010A 0282010100"),
    keySize: 294,
    digest: "SHA-256",
    inputHead: unhex("3031300D060960864801650304020105000420"),
    half: 0,
  },
  {
    name: "P-256",
    keyHead: unhex("3059 3013 06072A8648CE3D0201 06082A8648CE3D030107 034200 04"),
    keySize: 91,
    digest: "SHA-256",
    inputHead: new Uint8Array(),
    half: 32,
  },
  {
    name: "P-384",
    keyHead: unhex("3076 3010 06072A8648CE3D0201 06052B81040022 036200 04"),
    keySize: 120,
    digest: "SHA-384",
    inputHead: new Uint8Array(),
    half: 48,
  },
];

// null for a key of any other kind, and for what is no certificate.
export function algorithmOf(certificate) {
  const key = publicKey(certificate);
  if (key === null) return null;
  const fits = ({ keyHead, keySize }) =>
    key.length === keySize && keyHead.every((octet, place) => key[place] === octet);
  return ALGORITHMS.find(fits) ?? null;
}

// A card's answer as the service takes it: RSA as it comes, of a curve the DER of r and s, which
// some cards give and others leave to us. null when it can be no signature.
export function written({ half }, answer) {
  if (half === 0 || isTwoIntegers(answer)) return answer.length > 0 ? answer : null;
  if (answer.length !== 2 * half) return null;
  const pair = joined(integer(answer.slice(0, half)), integer(answer.slice(half)));
  return joined(Uint8Array.of(SEQUENCE, pair.length), pair);
}

// SubjectPublicKeyInfo: the sixth field of the certificate's body, after the version.
function publicKey(certificate) {
  const body = element(certificate, element(certificate, 0)?.start);
  const version = element(certificate, body?.start);
  let place = version?.tag === VERSION ? version.end : body?.start;
  for (let field = 0; field < 5; field += 1) place = element(certificate, place)?.end;
  const key = element(certificate, place);
  return key === null ? null : certificate.slice(place, key.end);
}

// null beyond the end of everything.
function element(der, place) {
  if (place === undefined || place + 2 > der.length) return null;
  let start = place + 2;
  let length = der[place + 1];
  if (length & 0x80) {
    const octets = length & 0x7f;
    if (octets < 1 || octets > 3) return null;
    length = der.slice(start, start + octets).reduce((sum, octet) => sum * 256 + octet, 0);
    start += octets;
  }
  const end = start + length;
  return end > der.length ? null : { tag: der[place], start, end };
}

function isTwoIntegers(answer) {
  const outer = element(answer, 0);
  const first = element(answer, outer?.start);
  const second = element(answer, first?.end);
  return (
    outer?.tag === SEQUENCE && first?.tag === INTEGER && second?.tag === INTEGER &&
    second.end === outer.end && outer.end === answer.length
  );
}

// DER of a positive number: no needless zero in front, one where the first bit is set.
function integer(octets) {
  const place = octets.findIndex((octet) => octet !== 0);
  const digits = place < 0 ? Uint8Array.of(0) : octets.slice(place);
  const front = digits[0] & 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return joined(Uint8Array.of(INTEGER, front.length + digits.length), front, digits);
}
