// The code a call speaks: 8 or 10 digits, the last a Damm digit (H. M. Damm, 2004).

const TABLE = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
];
const LENGTHS = new Set([8, 10]);

export function digitsOf(typed) {
  return typed.normalize("NFKC").replace(/[^0-9]/g, "").slice(0, 10);
}

export function isComplete(digits) {
  return LENGTHS.has(digits.length);
}

// Whether a call could have spoken these digits. If not, nothing needs to be sent.
export function isSpokenCode(digits) {
  if (!isComplete(digits)) return false;
  let interim = 0;
  for (const digit of digits) interim = Number(TABLE[interim][Number(digit)]);
  return interim === 0;
}

// Two groups of equal size, as the call says them: 4-4 or 5-5.
export function grouped(digits) {
  const size = digits.length > 8 ? 5 : 4;
  return digits.length > size ? `${digits.slice(0, size)}-${digits.slice(size)}` : digits;
}
