// What the card signs: CMS signed attributes (RFC 5652) as a byte template with two 32-byte
// slots, hashed by the app itself. Nothing from outside is ever signed as it came.

import { joined, sha256, unhex } from "../app/bytes.js";

// Last arc of 1.3.6.1.4.1.32473.1; 32473 is the documentation number of RFC 5612.
const LAST_ARC = { call: 1, dial: 2, enrolment: 3, business: 4 };
const CONTENT_TYPE = unhex("318185 3019 06092A864886F70D010903 310C 060A 2B0601040181FD5901");
const MESSAGE_DIGEST = unhex("302F 06092A864886F70D010904 3122 0420");
const SIGNING_CERTIFICATE = unhex("3037 060B2A864886F70D010910022F 3128 3026 3024 3022 0420");
const DIGEST_INFO = unhex("3031300D060960864801650304020105000420");

// 136 bytes of DER over the canonical statement and the certificate's DER.
export async function signedAttributes(type, statement, certificate) {
  return joined(
    CONTENT_TYPE,
    Uint8Array.of(LAST_ARC[type]),
    MESSAGE_DIGEST,
    await sha256(statement),
    SIGNING_CERTIFICATE,
    await sha256(certificate),
  );
}

// 51 bytes: DigestInfo(SHA-256) for an RSA key.
export async function cardInput(type, statement, certificate) {
  return joined(DIGEST_INFO, await sha256(await signedAttributes(type, statement, certificate)));
}
