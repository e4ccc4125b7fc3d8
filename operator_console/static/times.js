// Clocks of the page, by the server's time: elements with data-since or data-until tell it.

import { language, t } from "./texts.js";

let ahead = 0;

/** The server said it is `now` (RFC 3339). */
export function set(now) {
  ahead = Date.parse(now) - Date.now();
}

export function now() {
  return Date.now() + ahead;
}

export function clock(moment) {
  return new Date(moment).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** A date too when it is not of today. */
export function moment(at) {
  const day = new Date(at);
  const today = new Date(now()).toDateString() === day.toDateString();
  return today ? clock(at) : `${day.toLocaleDateString(language)} ${clock(at)}`;
}

export function tell(root = document) {
  for (const element of root.querySelectorAll("[data-since]")) {
    element.textContent = passed(Math.max(0, now() - Date.parse(element.dataset.since)));
  }
  for (const element of root.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.ceil((Date.parse(element.dataset.until) - now()) / 1000));
    element.textContent = left < 100 ? t("offer.left", { seconds: left }) : t("offer.left_minutes", { time: passed(left * 1000) });
    element.dataset.soon = left <= 5;
  }
}

function passed(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

setInterval(tell, 1000);
