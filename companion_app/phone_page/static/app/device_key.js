// The P-256 key that stays in this browser: not extractable, kept in IndexedDB. Its RFC 7638
// thumbprint is the installation; a proof signed with it goes with each request.

import { base64url, sha256, utf8 } from "./bytes.js";

const DATABASE = "kazasu-phone";
const STORE = "keys";
const NAME = "device";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };

export class DeviceKey {
  constructor(pair, jwk, thumbprint) {
    this.pair = pair;
    this.jwk = jwk;
    this.installation = thumbprint;
  }

  static async kept() {
    const database = await opened();
    try {
      const found = await stored(database, "readonly", (store) => store.get(NAME));
      if (found) return await DeviceKey.of(found);
      const made = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
      return await DeviceKey.of(await firstStored(database, made));
    } finally {
      database.close(); // who deletes it, or brings a newer one, would wait for a tab to be cleared
    }
  }

  static async of(pair) {
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const members = `{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`;
    return new DeviceKey(pair, { kty, crv, x, y }, base64url(await sha256(utf8(members))));
  }

  // `introduce` carries the public key: in the registration only.
  async proof({ method, url, body, at, introduce = false }) {
    const header = { typ: "kazasu-proof+jwt", alg: "ES256", kid: this.installation };
    if (introduce) header.jwk = this.jwk;
    const claims = {
      htm: method,
      htu: url,
      bh: base64url(await sha256(body)),
      iat: Math.floor(at),
      jti: base64url(crypto.getRandomValues(new Uint8Array(16))),
    };
    const signed = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
    const signature = await crypto.subtle.sign(
      { name: "ECDSA", hash: "SHA-256" },
      this.pair.privateKey,
      utf8(signed),
    );
    return `${signed}.${base64url(new Uint8Array(signature))}`;
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function stored(database, mode, act) {
  return new Promise((resolve, reject) => {
    const request = act(database.transaction(STORE, mode).objectStore(STORE));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// One transaction looks and stores, so that two tabs opened at once share the first key.
function firstStored(database, made) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    const look = store.get(NAME);
    let kept = made;
    look.onsuccess = () => {
      if (look.result) kept = look.result;
      else store.put(made, NAME);
    };
    transaction.oncomplete = () => resolve(kept);
    transaction.onerror = () => reject(transaction.error);
  });
}
