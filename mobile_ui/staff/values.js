// Values of forms and findings as people read them: money, days, yes and no, words of a list.

import { el } from "./dom.js";
import { day, locale, say } from "./words.js";

const DAY = /^\d{4}-\d\d-\d\d$/;

/** One value; ``described``: its JSON Schema. */
export function shown(value, described = {}) {
  if (value === null || value === undefined || value === "") return "—";
  const labels = described["x-labels"] ?? {};
  if (String(value) in labels) return labels[String(value)];
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (Array.isArray(value)) return value.map((one) => shown(one, described.items)).join(say("and")) || "—";
  if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${described.properties?.[name]?.title ?? name} ${shown(one, described.properties?.[name])}`).join(" · ");
  if (described["x-show"] === "money") return money(value);
  if (typeof value === "string" && DAY.test(value)) return day(value);
  return String(value);
}

/** The fields of a form, each with its title, as pairs for a list of facts. */
export function factsOf(form, question) {
  return Object.entries(form).map(([name, value]) => {
    const described = question.properties?.[name] ?? {};
    return [el("dt", {}, described.title ?? name), el("dd", {}, shown(value, described))];
  });
}

/** Several values under each other, then what a person wrote. */
export function lines(values, words = "", show = "") {
  const each = values.map((value) => shown(value, { "x-show": show }));
  return [...each, words].filter(Boolean).map((text, at) => (at ? [el("br"), text] : text));
}

/** ``fen``: hundredths of a yuan. */
export function money(fen) {
  return new Intl.NumberFormat(locale(), { style: "currency", currency: "CNY" }).format(fen / 100);
}
