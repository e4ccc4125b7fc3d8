// A text message as the handset shows it: who, the words, and links of ours as buttons.

import { piecesOf } from "../app/link.js";
import { button, element } from "./elements.js";

export function messageBubble(t, { from, body, origin, onOpen, onClose }) {
  const pieces = piecesOf(body, origin).map(({ text, token }) =>
    token === null
      ? element("span", {}, text)
      : element("a", { href: text, class: "link", onclick: (event) => {
          event.preventDefault(); // the handset gives the app its own links: nothing is loaded
          onOpen(token);
        } }, t("message_open")),
  );
  const close = button("×", onClose, "small");
  close.setAttribute("aria-label", t("message_close"));
  return element(
    "div",
    { class: "bubble" },
    element("strong", {}, t("message_from", { from })),
    element("p", {}, ...pieces),
    close,
  );
}
