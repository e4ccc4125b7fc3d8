// What came from carrier and service, as rows of one kind: when, which sort, words, how long, where.

const SHOWN = new Set([
  "webhook", "document", "say", "key", "queue", "bridge", "status", "rest", "error", "fault",
  "not_simulated", "end",
]);

export function fromCarrier(entry) {
  if (!SHOWN.has(entry.kind)) return null;
  const path = (address) => new URL(address).pathname + new URL(address).search;
  const webhook = entry.kind === "webhook";
  return {
    wall: entry.wall,
    sort: "carrier",
    kind: entry.kind,
    words: webhook
      ? masked(`${entry.request.method} ${path(entry.request.url)} → ${entry.response?.status ?? "×"}`)
      : masked(entry.text ?? ""),
    milliseconds: entry.latency_ms ?? null,
    bad: ["error", "fault", "not_simulated"].includes(entry.kind),
    request: webhook ? new URLSearchParams(entry.request.form).toString().replaceAll("&", "\n") : "",
    response: masked(entry.response?.body ?? entry.twiml ?? ""),
    curl: webhook ? curlOfWebhook(entry.request) : "",
  };
}

// The token joins an operator to one caller, once: it is no more to be read here than in a log.
const TOKEN = /([?&;]token=)[^&#"'\s<]+/g;

function masked(words) {
  return words.replace(TOKEN, "$1…");
}

export function fromService(kind, data, words) {
  if (kind === "api") return apiRow(data, words);
  if (kind === "pairing") {
    return row(data, "state", kind, `${data.status} / ${data.hint}`, { bad: data.status === "failed" });
  }
  if (kind === "flow") {
    const where = data.line ? `${data.file}:${data.line}` : data.file;
    const exit = data.exit ? ` → ${data.exit}` : "";
    const fault = data.fault ? ` ✕ ${data.fault}` : "";
    return row(data, "flow", kind, `${where}  ${data.node}${exit}${fault}`, {
      milliseconds: data.milliseconds, bad: Boolean(data.fault),
    });
  }
  if (kind === "flows") {
    const problems = data.problems[words.language];
    const said = problems.length ? words.flowBad : words.flowOk;
    return row(data, "flow", kind, said, {
      bad: problems.length > 0,
      response: problems.join("\n") || JSON.stringify(data.versions, null, 2),
    });
  }
  return null;
}

function apiRow(data, words) {
  return row(data, "api", "api", `${data.method} ${data.route} → ${data.status}`, {
    milliseconds: data.milliseconds,
    bad: data.status >= 400,
    request: data.request,
    response: data.response,
    curl: curlOfApi(data, words.proof),
  });
}

function row(data, sort, kind, words, more) {
  return {
    wall: data.wall, sort, kind, words,
    milliseconds: null, bad: false, request: "", response: "", curl: "", ...more,
  };
}

// A signature covers address and form, so the same request is taken again by the service.
function curlOfWebhook(request) {
  if (masked(request.url) !== request.url) return "";
  const form = new URLSearchParams(request.form).toString();
  const signature = request.headers["X-Twilio-Signature"] ?? "";
  return [
    `curl -X ${request.method} ${quoted(request.url.split("#")[0])}`,
    `-H ${quoted(`X-Twilio-Signature: ${signature}`)}`,
    `-d ${quoted(form)}`,
  ].join(" \\\n  ");
}

function curlOfApi(data, proof) {
  const body = data.request
    ? ` \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(data.request)}`
    : "";
  return `${proof}\ncurl -X ${data.method} ${quoted(location.origin + data.path)}${body}`;
}

function quoted(words) {
  return `'${words.replaceAll("'", "'\\''")}'`;
}
