// The operators' API. A problem is thrown with its stable code.

export class Problem extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const csrf = document.querySelector('meta[name="csrf-token"]').content;

export function get(path) {
  return ask(path, {});
}

export function post(path, body = {}) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
  });
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`/operator/${path}`, { ...options, cache: "no-store", redirect: "error" });
  } catch {
    throw new Problem(0, "offline");
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({}));
  if (problem.code === "csrf") location.reload(); // signed in anew in another tab
  throw new Problem(answer.status, problem.code ?? "other");
}
