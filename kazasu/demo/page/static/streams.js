// Server-sent events by fetch, because EventSource cannot send a token. Resumes by itself.

const AGAIN_AFTER = 1000;

export async function follow(url, { headers = {}, onEvent }) {
  let last = "";
  for (;;) {
    try {
      const resume = last ? { "Last-Event-ID": last } : {};
      const answer = await fetch(url, { headers: { ...headers, ...resume }, cache: "no-store" });
      if (answer.ok) {
        await read(answer.body, (event) => {
          if (event.id) last = event.id;
          if (event.data) onEvent(event.kind, JSON.parse(event.data));
        });
      }
    } catch {
      // The process is gone or not yet there; the next round tells.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
  }
}

async function read(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) onEvent(parse(block));
  }
}

function parse(block) {
  const event = { kind: "message", id: "", data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) event.id = line.slice(4);
    else if (line.startsWith("event: ")) event.kind = line.slice(7);
    else if (line.startsWith("data: ")) event.data += line.slice(6);
  }
  return event;
}
