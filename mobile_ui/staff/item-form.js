// The form of a change: only what differs from the file is sent, member by member.

import { el, field, form } from "./dom.js";
import { say } from "./words.js";

const LANGUAGES = ["zh-CN", "en"];
const EDITION = ["region", "promised_days", "phone"];

/** ``save`` is given the change, a note, and the newest version that was seen. */
export function editor(found, save) {
  const base = found.declared;
  const now = { ...base, ...(found.draft ?? found.published).change };
  const parts = found.whole ? words(now) : [];
  const editions = places(now.editions ?? [], found);
  const note = field(say("note"), { maxlength: 200 }, { hint: say("note-hint") });
  const made = form([parts.map((one) => one.node), editions.node, note.node], say("save-draft"), async () => {
    const change = {};
    for (const one of [...parts, editions]) {
      const value = one.read();
      if (value !== undefined && JSON.stringify(value) !== JSON.stringify(base[one.name] ?? null)) change[one.name] = value;
    }
    await save(change, note.input.value.trim(), found.newest);
  });
  return made.node;
}

function words(now) {
  return [
    spoken("title", now.title), spoken("summary", now.summary, "textarea"),
    plain("keywords", (now.keywords ?? []).join(" "), (text) => text.split(/[\s,，、]+/).filter(Boolean), say("keywords-hint")),
    plain("promised_days", String(now.promised_days ?? ""), (text) => (text === "" ? undefined : Number(text)), say("promised-days-hint"), { inputmode: "numeric", class: "input input--short" }),
    spoken("place", now.place), spoken("hours", now.hours),
    plain("phone", now.phone ?? "", (text) => text || undefined, "", { inputmode: "tel", class: "input input--hours" }),
    complaint(now.complaint),
  ];
}

/** One text in each language; left empty in both it is not said. */
function spoken(name, value, kind = "input") {
  const made = LANGUAGES.map((language) => {
    const control = el(kind, { class: "input", lang: language, ...(kind === "textarea" ? { rows: 2 } : {}) });
    control.value = value?.[language] ?? "";
    return field(say(`language.${language}`), {}, { control });
  });
  return {
    name,
    node: el("fieldset", { class: "field pair" }, el("legend", {}, say(`member.${name}`)), el("div", { class: "pair__two" }, made.map((one) => one.node))),
    read() {
      const said = Object.fromEntries(LANGUAGES.map((language, at) => [language, made[at].input.value.trim()]));
      return Object.values(said).some(Boolean) ? { ...value, ...said } : undefined;
    },
  };
}

function plain(name, value, read, hint = "", attributes = {}) {
  const made = field(say(`member.${name}`), { value, ...attributes }, { hint });
  return { name, node: made.node, read: () => read(made.input.value.trim()) };
}

function complaint(value) {
  const phone = field(say("member.complaint"), { value: value?.phone ?? "", inputmode: "tel", class: "input input--hours" });
  return { name: "complaint", node: phone.node, read: () => (phone.input.value.trim() ? { ...value, phone: phone.input.value.trim() } : undefined) };
}

/** Editions: what is otherwise in a place. Members that are not shown here stay as they are. */
function places(editions, found) {
  const list = el("div", {});
  const rows = [];
  const add = (edition = {}) => {
    const inputs = EDITION.map((name) => field(say(`edition.${name}`), { value: String(edition[name] ?? ""), inputmode: "numeric", class: "input" }));
    const row = { edition, inputs, node: el("div", { class: "edition" }, inputs.map((one) => one.node),
      el("button", { class: "button button--small button--danger", type: "button", click: () => { rows.splice(rows.indexOf(row), 1); row.node.remove(); } }, say("remove"))) };
    rows.push(row);
    list.append(row.node);
  };
  editions.forEach((one) => add(one));
  const read = ({ edition, inputs }) => {
    const [region, days, phone] = inputs.map((one) => one.input.value.trim());
    const made = { ...edition, region };
    if (days) made.promised_days = Number(days); else delete made.promised_days;
    if (phone) made.phone = phone; else delete made.phone;
    return made;
  };
  const offered = found.regions.length ? say("offered-in", found.regions.map((one) => `${one.title} ${one.code}`).join(say("and"))) : say("offered-everywhere");
  return {
    name: "editions",
    node: el("fieldset", { class: "field" }, el("legend", {}, say("member.editions")), el("p", { class: "hint" }, offered), list,
      el("button", { class: "button button--small button--quiet", type: "button", click: () => add() }, say("add-edition"))),
    read: () => rows.map(read).filter((one) => one.region),
  };
}
