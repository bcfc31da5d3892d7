// The form of a resident ID number (GB 11643), so that a slip of the finger is told at once.
// The server judges again; this only spares a person a round trip.

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432"; // ISO 7064 MOD 11-2

/** Spaces, dashes, full-width digits and a small x are how people type it. */
function tidy(typed) {
  return String(typed)
    .replace(/[０-９Ｘｘ]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\s\u3000\-－·.]/g, "")
    .toUpperCase();
}

/** "" when the form is right, else which rule it breaks. */
function fault(number) {
  if (number.length !== 18) return "length";
  if (!/^\d{17}[\dX]$/.test(number)) return "characters";
  if (!realDate(number.slice(6, 14))) return "date";
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(number[place]), 0);
  return CHECKS[sum % 11] === number[17] ? "" : "check";
}

function realDate(digits) {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists && year >= 1850 && date.getTime() <= Date.now() + 8 * 3600 * 1000;
}

/** In groups of 6, 8 and 4, as on the card. */
const spaced = (number) => [number.slice(0, 6), number.slice(6, 14), number.slice(14)].filter(Boolean).join(" ");

/** Whether the birth date in the number says under fourteen: then a guardian has a say (PIPL art. 31). */
function young(number) {
  if (!/^\d{17}[\dX]$/.test(number) || !realDate(number.slice(6, 14))) return false;
  const birthday = Number(number.slice(6, 14)) + 14_0000;
  const today = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10).replace(/-/g, "");
  return Number(today) < birthday;
}

module.exports = { tidy, fault, spaced, young };
