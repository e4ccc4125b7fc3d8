// The peer: a webhook as Twilio's own guides write it. Express, Twilio's middleware for the
// signature, its classes for the document, and one session read and written a request.
"use strict";
const express = require("express");
const { twiml, webhook } = require("twilio");
const { createClient } = require("redis");

const { PEER_PORT, PEER_BASE, PEER_TOKEN, PEER_REDIS } = process.env;

async function sessions() {
  if (!PEER_REDIS) {
    const kept = new Map();
    return { get: async (key) => kept.get(key), set: async (key, text) => kept.set(key, text) };
  }
  const client = createClient({ socket: { path: PEER_REDIS } });
  await client.connect();
  return { get: (key) => client.get(key), set: (key, text) => client.set(key, text, { EX: 3600 }) };
}

function hold(n) {
  const response = new twiml.VoiceResponse();
  const gather = response.gather({
    action: `${PEER_BASE}/turn?n=${n}`, method: "POST", actionOnEmptyResult: true,
    numDigits: 1, timeout: 1,
  });
  gather.say({ language: "ja-JP", voice: "Polly.Kazuha-Neural" }, "アプリの質問にお答えください。");
  gather.play({ loop: 6 }, `${PEER_BASE}/audio/tick.wav`);
  return response.toString();
}

async function main() {
  const store = await sessions();
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.use(webhook(PEER_TOKEN, { protocol: new URL(PEER_BASE).protocol.slice(0, -1),
    host: new URL(PEER_BASE).host }));
  app.post(["/voice", "/turn"], async (request, response) => {
    const key = `session:${request.body.CallSid}`;
    const session = JSON.parse((await store.get(key)) || '{"n":0,"answers":{},"trail":[]}');
    session.n += 1;
    session.answers.last = request.body.Digits || "";
    session.trail = [...session.trail, request.body.CallStatus].slice(-20);
    await store.set(key, JSON.stringify(session));
    response.type("text/xml").send(hold(session.n));
  });
  app.post("/status", (request, response) => response.status(204).end());
  const server = app.listen(Number(PEER_PORT), "127.0.0.1", () => {
    console.log(JSON.stringify({ event: "listening", port: server.address().port }));
  });
}

main();
