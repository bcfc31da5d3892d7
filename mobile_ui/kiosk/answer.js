// What a service answers, drawn from its own schema; gone when the visit is.

import { el, trouble } from "./dom.js";
import { ask, plain } from "./line.js";
import { printing } from "./printing.js";
import { locale, say } from "./words.js";

export function answer({ service, visit, end }) {
  const fault = trouble();
  const sheet = el("div", { class: "sheet", "aria-busy": "true" }, say("asking"));

  async function load() {
    try {
      const [about, said] = await Promise.all([
        plain(`/v1/services/${service.id}`),
        ask("POST", `/v1/services/${service.id}/answers`, {}, visit.access_token),
      ]);
      sheet.replaceChildren(...drawn(about.answer, said.answer), el("p", { class: "hint" }, said.answered_by.title));
      if (about.paper) sheet.after(printing({ service, visit, end, fault }));
    } catch (problem) {
      if (problem.code === "session-ended" || problem.code === "token-expired") return end();
      sheet.replaceChildren();
      fault.show(problem);
    }
    sheet.removeAttribute("aria-busy");
    return undefined;
  }

  load();
  return {
    title: service.title,
    node: el("section", {}, el("h1", {}, service.title), el("p", { class: "lead" }, say("answer-lead")), fault.node, sheet),
  };
}

const showOf = (field) => field["x-show"] ?? (field.type === "array" && field.items?.type === "object" ? "table" : field.format ?? "text");

const SHOWN = {
  money: (fen) => `${fen < 0 ? "−" : ""}¥${new Intl.NumberFormat(locale(), { minimumFractionDigits: 2 }).format(Math.abs(fen) / 100)}`,
  percent: (value) => `${value}%`,
  number: (value) => new Intl.NumberFormat(locale()).format(value),
  date: (value) => new Intl.DateTimeFormat(locale(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(value)),
  month: (value) => new Intl.DateTimeFormat(locale(), { year: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${value}-01`)),
};

function worded(field, value) {
  if (value === null || value === undefined || value === "") return "—";
  if (field["x-labels"]?.[value]) return field["x-labels"][value];
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (Array.isArray(value)) return value.map((one) => worded(field.items ?? {}, one)).join("、") || "—";
  return (SHOWN[showOf(field)] ?? String)(value);
}

/** The headline, a list of facts, then the tables. */
function drawn(schema, said) {
  const facts = [];
  const tables = [];
  let headline = null;
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    if (!(name in said)) continue;
    if (showOf(field) === "table") tables.push(table(field, said[name] ?? []));
    else if (field["x-headline"] && !headline) headline = el("p", { class: "headline" }, el("span", {}, field.title), el("b", {}, worded(field, said[name])));
    else facts.push(el("dt", {}, field.title ?? name), el("dd", {}, worded(field, said[name])));
  }
  return [headline, facts.length ? el("dl", { class: "facts" }, facts) : null, ...tables].filter(Boolean);
}

function table(field, rows) {
  const columns = Object.entries(field.items?.properties ?? {});
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": field.title ?? "" },
    el("table", {}, el("caption", {}, field.title ?? ""),
      el("thead", {}, el("tr", {}, columns.map(([, column]) => el("th", { scope: "col" }, column.title ?? "")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, columns.map(([name, column]) => el("td", {}, worded(column, row[name]))))))));
}
