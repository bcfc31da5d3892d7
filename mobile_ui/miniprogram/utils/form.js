// A form of any service, drawn from its JSON Schema: fields, what is typed, what is wrong with it.

const { date, money, month, number } = require("./format");
const { named, shown, showOf } = require("./schema");
const texts = require("./texts");

const LONG = 100; // characters from which a field has several lines

/**
 * Fields of a form: [{id, title, hint, kind, options, required, limit, value, picked, fault}].
 * ``id``: "home.street" within an object; ``kind``: text, long, number, money, date, month, choice,
 * several, yes. ``filled``: what stands there already, as the schema has it; money is typed in yuan.
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
    return [oneField(id, named(field, name), field, must, value)];
  });
}

function oneField(id, title, field, required, value) {
  const kind = kindOf(field);
  return {
    id, title, kind, required,
    hint: field.description || "",
    options: optionsOf(field, kind),
    limit: field.maxLength || 140,
    min: field.minimum, max: field.maximum,
    pattern: field.pattern || "",
    number: kind === "number",
    value: typedFrom(kind, value),
    picked: kind === "several" ? (value || []).map(String) : [],
  };
}

function kindOf(field) {
  if (field.const === true) return "yes";
  if (field.type === "array") return "several";
  if (field.enum || field.type === "boolean") return "choice";
  if (field.type === "integer" || field.type === "number") return showOf(field) === "money" ? "money" : "number";
  const known = { date: "date", month: "month" }[showOf(field)];
  return known || (field.maxLength > LONG ? "long" : "text");
}

function optionsOf(field, kind) {
  const t = texts.of("answer");
  const one = kind === "several" ? field.items || {} : field;
  if (one.type === "boolean") return [{ value: "true", label: t.yes }, { value: "false", label: t.no }];
  return (one.enum || []).map((value) => ({ value: String(value), label: shown(one, value) }));
}

/** As a person types it: fen as yuan, everything as text. */
function typedFrom(kind, value) {
  if (value === undefined || value === null) return "";
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
    for (const name of names) holder = (holder[name] = holder[name] || {});
    holder[last] = value;
  }
  return form;
}

function sent(field) {
  if (field.kind === "several") return field.picked.length ? field.picked : undefined;
  if (field.value === "") return undefined;
  if (field.kind === "yes") return field.value === "true" ? true : undefined;
  if (field.kind === "money") return Math.round(Number(plain(field.value)) * 100);
  if (field.kind === "number") return Number(plain(field.value));
  if (field.kind === "choice" && (field.value === "true" || field.value === "false")) return field.value === "true";
  return field.kind === "choice" ? field.value : field.value.trim();
}

/** "￥1,234.5" as people type it. */
const plain = (value) => String(value).replace(/[\s,，¥￥元]/g, "");

/** The fields with what is wrong with each; none of it is the server's last word. */
const checked = (fields) => fields.map((field) => ({ ...field, fault: fault(field) }));

function fault(field) {
  const t = texts.of("form");
  const empty = field.kind === "several" ? !field.picked.length : !String(field.value).trim();
  if (empty) return field.required ? texts.fill(t[field.kind === "yes" ? "agree" : "required"], field) : "";
  if (field.kind === "money" || field.kind === "number") return numberFault(field, t);
  const free = field.kind === "text" || field.kind === "long";
  if (free && field.pattern && !fits(field)) return texts.fill(t.pattern, field);
  return "";
}

function numberFault(field, t) {
  const typed = plain(field.value);
  if (!/^-?\d+(\.\d{1,2})?$/.test(typed)) return texts.fill(t.number, field);
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
  return fields.map((field) => ({ id: field.id, title: field.title, value: said(field) || none }));
}

function said(field) {
  const label = (value) => (field.options.find((one) => one.value === value) || { label: value }).label;
  if (field.kind === "several") return field.picked.map(label).join("、");
  if (field.kind === "yes") return field.value === "true" ? texts.of("answer").yes : "";
  if (field.value === "") return "";
  if (field.kind === "money") return money(sent(field));
  if (field.kind === "date") return date(field.value);
  if (field.kind === "month") return month(field.value);
  return field.kind === "choice" ? label(field.value) : field.value;
}

module.exports = { fieldsOf, collect, checked, refused, readable };
