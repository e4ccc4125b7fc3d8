// Digits as they are spoken in Japanese calls, back to digits for the eye.

const DIGITS = {
  ゼロ: "0", イチ: "1", ニー: "2", サン: "3", ヨン: "4",
  ゴー: "5", ロク: "6", ナナ: "7", ハチ: "8", キュウ: "9",
};
const DIGIT = Object.keys(DIGITS).join("|");

export function spokenNumber(caption) {
  const runs = caption.match(new RegExp(`(?:${DIGIT}){2,}`, "g")) ?? [];
  const number = (runs[0] ?? "").replace(new RegExp(DIGIT, "g"), (word) => DIGITS[word]);
  if (number.length === 2) return number;
  if (number.length === 8 || number.length === 10) {
    return `${number.slice(0, number.length / 2)} ${number.slice(number.length / 2)}`;
  }
  return "";
}
