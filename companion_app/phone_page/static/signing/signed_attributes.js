// What the card signs: CMS signed attributes (RFC 5652) as a byte template with two slots for
// hashes, made by the app itself. Nothing from outside is ever signed as it came.

import { digest, joined, unhex } from "../app/bytes.js";
import { algorithmOf } from "./keys.js";

// Last arc of 1.3.6.1.4.1.32473.1; 32473 is the documentation number of RFC 5612.
const LAST_ARC = { call: 1, dial: 2, enrolment: 3, business: 4 };
const CONTENT_TYPE = unhex("3019 06092A864886F70D010903 310C 060A 2B0601040181FD5901");
// SHA-256 is what signing-certificate-v2 means when it names no hash; any other stands in it.
const TEMPLATES = {
  "SHA-256": {
    head: joined(unhex("318185"), CONTENT_TYPE),
    messageDigest: unhex("302F 06092A864886F70D010904 3122 0420"),
    signingCertificate: unhex("3037 060B2A864886F70D010910022F 3128 3026 3024 3022 0420"),
  },
  "SHA-384": {
    head: joined(unhex("3181B2"), CONTENT_TYPE),
    messageDigest: unhex("303F 06092A864886F70D010904 3132 0430"),
    signingCertificate: unhex(
      "3054 060B2A864886F70D010910022F 3145 3043 3041 303F 300B 0609608648016503040202 0430",
    ),
  },
};

// DER over the canonical statement and the certificate's DER: 136 bytes, with SHA-384 181.
export async function signedAttributes(type, statement, certificate, hash = "SHA-256") {
  const template = TEMPLATES[hash];
  return joined(
    template.head,
    Uint8Array.of(LAST_ARC[type]),
    template.messageDigest,
    await digest(hash, statement),
    template.signingCertificate,
    await digest(hash, certificate),
  );
}

// By the certificate's key, which must be one of those in keys.js: for RSA 51 bytes, a DigestInfo;
// for a curve the bare hash of the attributes.
export async function cardInput(type, statement, certificate) {
  const algorithm = algorithmOf(certificate);
  const attributes = await signedAttributes(type, statement, certificate, algorithm.digest);
  return joined(algorithm.inputHead, await digest(algorithm.digest, attributes));
}
