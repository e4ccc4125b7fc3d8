// `config.json` beside the page: {"api_base", "card_base", "card_token"}. `api_base` is empty or
// an origin; the statement must name it as its audience.

export async function readConfig() {
  const answer = await fetch("config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`config.json: HTTP ${answer.status}`);
  const { api_base: api, card_base: cardBase, card_token: cardToken } = await answer.json();
  return { origin: new URL(api || location.origin).origin, cardBase, cardToken };
}
