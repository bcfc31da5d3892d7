// A form of any service, drawn from its JSON Schema: fields, what is typed, what is wrong with it.

const { date, money, month, number } = require("./format");
const { named, shown, showOf } = require("./schema");
const texts = require("./texts");

const LONG = 100; // characters from which a field has several lines
const MOST_ROWS = 20; // of a list that does not say how long it may be
const NUMBER = /^-?\d+(\.\d{1,2})?$/;

/**
 * Fields of a form: [{id, title, hint, kind, options, required, limit, value, picked, fault}].
 * ``id``: "home.street" within an object, "people.0.name" within a list of objects; ``kind``: text,
 * long, number, money, date, month, choice, several, yes, lines (a list, one entry a line), rows (the
 * end of a list of objects: ``count`` of them, ``least`` and ``most``, ``schema`` of one).
 * ``filled``: what stands there already, as the schema has it; money is typed in yuan.
 */
function fieldsOf(schema, filled = {}) {
  return fieldsIn(schema, filled || {}, "", true).map((field) => ({ ...field, fault: "" }));
}

function fieldsIn(schema, filled, above, wanted) {
  const required = schema.required || [];
  return Object.entries(schema.properties || {}).flatMap(([name, field]) => {
    const id = above + name;
    const must = wanted && required.includes(name);
    const value = filled[name] === undefined ? field.default : filled[name];
    if (field.type === "object" && field.properties) return fieldsIn(field, value || {}, `${id}.`, must);
    if (field.type === "array" && (field.items || {}).properties) return rowsOf(id, named(field, name), field, must, value || []);
    return [oneField(id, named(field, name), field, must, value)];
  });
}

/** A list of objects: the fields of each, then where another one is added or the last taken away. */
function rowsOf(id, title, field, required, filled) {
  const least = Math.max(field.minItems || 0, required ? 1 : 0);
  const count = Math.max(filled.length, least);
  const end = { ...oneField(id, title, field, false, undefined), kind: "rows", schema: field.items, count, least, most: field.maxItems || MOST_ROWS };
  const rows = Array.from({ length: count }, (_, at) => oneRow(end, at, filled[at] || {}));
  return [...rows.flat(), end];
}

function oneRow({ id, title, schema }, at, filled = {}) {
  const fields = fieldsIn(schema, filled, `${id}.${at}.`, true);
  return fields.map((field, place) => ({ ...field, fault: "", above: place ? "" : `${title} ${at + 1}` }));
}

/** The fields with one more row of the list ``id``. */
function withRow(fields, id) {
  return fields.flatMap((one) => (one.id === id && one.count < one.most ? [...oneRow(one, one.count), { ...one, count: one.count + 1 }] : [one]));
}

/** The fields without the last row of the list ``id``. */
function withoutRow(fields, id) {
  const end = fields.find((one) => one.id === id);
  if (end.count <= end.least) return fields;
  const last = `${id}.${end.count - 1}.`;
  return fields.filter((one) => !one.id.startsWith(last)).map((one) => (one === end ? { ...end, count: end.count - 1 } : one));
}

function oneField(id, title, field, required, value) {
  const kind = kindOf(field);
  return {
    id, title, kind, required,
    hint: field.description || "",
    options: optionsOf(field, kind),
    limit: kind === "lines" ? 2000 : field.maxLength || 140,
    min: field.minimum, max: field.maximum,
    pattern: field.pattern || "",
    number: kind === "number",
    whole: (kind === "lines" ? field.items || {} : field).type === "integer",
    numbers: kind === "lines" && ["integer", "number"].includes((field.items || {}).type),
    value: typedFrom(kind, value),
    picked: kind === "several" ? (value || []).map(String) : [],
  };
}

function kindOf(field) {
  if (field.const === true) return "yes";
  if (field.type === "array") return (field.items || {}).enum ? "several" : "lines";
  if (valuesOf(field) || field.type === "boolean") return "choice";
  if (field.type === "integer" || field.type === "number") return showOf(field) === "money" ? "money" : "number";
  const known = { date: "date", month: "month" }[showOf(field)];
  return known || (field.maxLength > LONG ? "long" : "text");
}

const valuesOf = (field) => field.enum || ("const" in field ? [field.const] : null);

function optionsOf(field, kind) {
  const t = texts.of("answer");
  const one = kind === "several" ? field.items || {} : field;
  if (one.type === "boolean") return [{ value: "true", label: t.yes, raw: true }, { value: "false", label: t.no, raw: false }];
  return (valuesOf(one) || []).map((value) => ({ value: String(value), label: shown(one, value), raw: value }));
}

/** As a person types it: fen as yuan, everything as text. */
function typedFrom(kind, value) {
  if (value === undefined || value === null) return "";
  if (kind === "lines") return value.join("\n");
  return kind === "money" ? (value / 100).toFixed(2).replace(/\.00$/, "") : String(value);
}

/** What is sent: only what was filled in, numbers as numbers, money in fen, objects as objects. */
function collect(fields) {
  const form = {};
  for (const field of fields) {
    const value = sent(field);
    if (value === undefined) continue;
    const names = field.id.split(".");
    const last = names.pop();
    let holder = form;
    names.forEach((name, at) => {
      holder[name] = holder[name] || (/^\d+$/.test(names[at + 1] || last) ? [] : {});
      holder = holder[name];
    });
    holder[last] = value;
  }
  return form;
}

function sent(field) {
  if (field.kind === "rows") return undefined;
  if (field.kind === "several") return field.picked.length ? field.picked.map((value) => meant(field, value)) : undefined;
  if (field.value === "") return undefined;
  if (field.kind === "yes") return field.value === "true" ? true : undefined;
  if (field.kind === "money") return Math.round(Number(plain(field.value)) * 100);
  if (field.kind === "number") return Number(plain(field.value));
  if (field.kind === "lines") return linesOf(field).map((line) => (field.numbers ? Number(plain(line)) : line));
  return field.kind === "choice" ? meant(field, field.value) : field.value.trim();
}

/** What a chosen option stands for: a number stays one. */
const meant = (field, value) => (field.options.find((one) => one.value === value) || { raw: value }).raw;

const linesOf = (field) => field.value.split("\n").map((line) => line.trim()).filter(Boolean);

/** "￥1,234.5" as people type it. */
const plain = (value) => String(value).replace(/[\s,，¥￥元]/g, "");

/** The fields with what is wrong with each; none of it is the server's last word. */
const checked = (fields) => fields.map((field) => ({ ...field, fault: fault(field) }));

function fault(field) {
  const t = texts.of("form");
  const empty = field.kind === "several" ? !field.picked.length : !String(field.value).trim();
  if (empty) return field.required ? texts.fill(t[field.kind === "yes" ? "agree" : "required"], field) : "";
  if (field.kind === "money" || field.kind === "number") return numberFault(field, t);
  if (field.numbers && linesOf(field).some((line) => !NUMBER.test(plain(line)))) return texts.fill(t.number, field);
  const free = field.kind === "text" || field.kind === "long";
  if (free && field.pattern && !fits(field)) return texts.fill(t.pattern, field);
  return "";
}

function numberFault(field, t) {
  const typed = plain(field.value);
  if (!NUMBER.test(typed)) return texts.fill(t.number, field);
  if (field.kind === "number" && field.whole && typed.includes(".")) return texts.fill(t.whole, field);
  const value = sent(field);
  const say = field.kind === "money" ? money : number;
  if (field.min !== undefined && value < field.min) return texts.fill(t.min, { limit: say(field.min) });
  if (field.max !== undefined && value > field.max) return texts.fill(t.max, { limit: say(field.max) });
  return "";
}

/** A pattern this browser cannot read is left to the server. */
function fits(field) {
  try {
    return new RegExp(field.pattern, "u").test(field.value.trim());
  } catch {
    return true;
  }
}

/** The fields with the server's own words on them: a problem's ``fields`` and ``messages``. */
function refused(fields, problem) {
  const wrong = problem.fields || [];
  const messages = problem.messages || [];
  return fields.map((field) => {
    const at = wrong.findIndex((one) => one === field.id || one === `form.${field.id}`);
    return at < 0 ? field : { ...field, fault: messages[at] || texts.fill(texts.of("form").pattern, field) };
  });
}

/** What was filled in, to be read once more: [{id, title, value}]. */
function readable(fields) {
  const none = texts.of("answer").none;
  const told = fields.filter((field) => field.kind !== "rows");
  return told.map((field) => ({ id: field.id, title: field.above ? `${field.above} · ${field.title}` : field.title, value: said(field) || none }));
}

function said(field) {
  const label = (value) => (field.options.find((one) => one.value === value) || { label: value }).label;
  if (field.kind === "several") return field.picked.map(label).join(texts.of("form").and);
  if (field.kind === "lines") return linesOf(field).join(texts.of("form").and);
  if (field.kind === "yes") return field.value === "true" ? texts.of("answer").yes : "";
  if (field.value === "") return "";
  if (field.kind === "money") return money(sent(field));
  if (field.kind === "date") return date(field.value);
  if (field.kind === "month") return month(field.value);
  return field.kind === "choice" ? label(field.value) : field.value;
}

module.exports = { fieldsOf, collect, checked, refused, readable, withRow, withoutRow };
