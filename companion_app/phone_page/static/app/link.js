// The link of a text message, opened by the app itself. The token is the fragment, which no server
// and no preview ever sees; nothing is fetched.

const TOKEN = /^[A-Za-z0-9_-]{22,128}$/;

export function tokenOf(link, origin) {
  let found;
  try {
    found = new URL(link);
  } catch {
    return null;
  }
  if (found.origin !== origin || found.pathname !== "/l" || found.search) return null;
  const token = found.hash.slice(1);
  return TOKEN.test(token) ? token : null;
}

// A text message in pieces: words, and links of ours.
export function piecesOf(body, origin) {
  return body
    .split(/(https?:\/\/[^\s]+)/)
    .filter((text) => text !== "")
    .map((text) => ({ text, token: tokenOf(text, origin) }));
}
