// Turns a JSON Schema and its data into what a screen shows: any service, known or not yet written.

const format = require("./format");
const texts = require("./texts");

const SHOWS = {
  money: format.money, date: format.date, month: format.month, percent: format.percent,
  number: format.number, text: String, state: String,
};
const BY_FORMAT = { date: "date", month: "month" };
const RIGHT = ["money", "number", "percent"];

/** How a field is shown: what the schema says, else what its type tells. */
function showOf(schema) {
  if (schema["x-show"]) return schema["x-show"];
  if (schema.type === "array" && (schema.items || {}).type === "object") return "table";
  if (BY_FORMAT[schema.format]) return BY_FORMAT[schema.format];
  return schema.type === "integer" || schema.type === "number" ? "number" : "text";
}

/** One value as people read it. */
function shown(schema, value) {
  const t = texts.of("answer");
  if (value === null || value === undefined || value === "") return t.none;
  const label = (schema["x-labels"] || {})[value];
  if (label) return label;
  if (typeof value === "boolean") return value ? t.yes : t.no;
  if (Array.isArray(value)) return value.map((one) => shown(schema.items || {}, one)).join("、") || t.none;
  const say = SHOWS[showOf(schema)] || String;
  return say(value);
}

const named = (schema, name) => schema.title || name;

/** {headline, facts: [{name, value, state}], tables: [...]} for an answer. */
function answerView(schema, answer) {
  const view = { headline: null, facts: [], tables: [] };
  for (const [name, field] of Object.entries(schema.properties || {})) {
    if (!(name in answer)) continue;
    place(view, name, field, answer[name]);
  }
  return view;
}

function place(view, name, field, value) {
  const show = showOf(field);
  if (show === "table") view.tables.push(tableView(name, field, value || []));
  else if (field.type === "object" && field.properties && value) nested(view, name, field, value);
  else if (field["x-headline"] && !view.headline) view.headline = { name: named(field, name), value: shown(field, value), note: field.description || "" };
  else view.facts.push({ id: name, name: named(field, name), value: shown(field, value), state: show === "state" });
}

function nested(view, name, field, value) {
  const inner = answerView(field, value);
  view.facts.push(...inner.facts.map((fact) => ({ ...fact, id: `${name}.${fact.id}` })));
  view.tables.push(...inner.tables);
  view.headline = view.headline || inner.headline;
}

function tableView(name, field, rows) {
  const columns = Object.entries((field.items || {}).properties || {})
    .map(([id, column]) => ({ id, name: named(column, id), right: RIGHT.includes(showOf(column)), column }));
  const lines = rows.map((row, at) => ({
    id: at,
    cells: columns.map(({ id, name: title, right, column }) => ({ id, title, right, value: shown(column, row[id]) })),
  }));
  const heads = columns.map(({ id, name: title, right }) => ({ id, title, right }));
  return { id: name, title: named(field, name), heads, lines, wide: columns.length > 3, columns: columns.length, pairs: columns.length === 4 ? 3 : 2, series: series(field, rows) };
}

/** Points of a chart from oldest to newest, when the schema asks for one and there is a line to see. */
function series(field, rows) {
  const wanted = field["x-chart"];
  if (!wanted || rows.length < 2) return null;
  const columns = field.items.properties;
  const sorted = [...rows].sort((a, b) => (String(a[wanted.x]) < String(b[wanted.x]) ? -1 : 1));
  return {
    title: named(field, ""),
    x: sorted.map((row) => shown(columns[wanted.x], row[wanted.x])),
    lines: wanted.y.map((id) => ({
      name: named(columns[id], id),
      values: sorted.map((row) => Number(row[id]) || 0),
      say: (value) => shown(columns[id], value),
    })),
  };
}

module.exports = { answerView, named, shown, showOf };
