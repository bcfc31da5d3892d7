// One item: what it says, the draft of a change, a look at it before it is published, its history.

import { badge, el, message, report, sure, tableOf } from "./dom.js";
import { ask } from "./http.js";
import { editor } from "./item-form.js";
import { known, say, time } from "./words.js";

export function item(id) {
  const root = `/staff/catalogue/items/${encodeURIComponent(id)}`;
  const node = el("div", {});
  const told = message();
  const title = el("h1", { tabindex: "-1" }, id);
  const head = el("section", { class: "card card--wide case-head" }, el("a", { class: "button button--small button--quiet", href: "#/catalogue" }, say("back-to-catalogue")), el("div", { class: "partner-title" }, title), told.node);

  async function refresh(done) {
    try {
      const [found, history] = await Promise.all([ask("GET", root), ask("GET", `${root}/edits`)]);
      const seen = found.draft ? await ask("GET", `${root}/edits/${found.draft.version}/preview`) : null;
      draw(found, history.edits, seen);
      told.clear();
      if (done) told.show(say(done), say("done-detail"), "good");
      title.focus({ preventScroll: !done });
    } catch (problem) { node.replaceChildren(head); report(told, problem); }
  }

  function draw(found, history, seen) {
    title.textContent = found.published.change.title?.[document.documentElement.lang] ?? found.declared.title?.[document.documentElement.lang] ?? id;
    node.replaceChildren(head, el("div", { class: "desk case-desk" },
      el("section", { class: "card", "aria-labelledby": "edit-title" }, el("h2", { id: "edit-title" }, say("edit-item")), editor(found, save)),
      el("div", { class: "column" }, facts(found), found.draft ? preview(found, seen) : null, past(found, history))));
  }

  async function save(change, note, newest) {
    await ask("POST", `${root}/edits`, { change, note, newest });
    await refresh("draft-saved");
  }

  function facts(found) {
    const pair = (code, value) => [el("dt", {}, say(code)), el("dd", {}, value)];
    return el("section", { class: "card" }, el("h2", {}, say("item-facts")), el("dl", { class: "facts facts--plain" },
      pair("item-code", found.code || "—"), pair("department", found.department.title), pair("statutory-days", String(found.statutory_days)),
      pair("version", found.published.version ? say("version-no", found.published.version) : say("as-declared"))), el("p", { class: "hint" }, say("item-facts-hint")));
  }

  /** What residents read now, and what they would read. */
  function preview(found, seen) {
    const rows = compared(seen.before, seen.after);
    const table = tableOf(say("what-changes"), ["change-member", "change-before", "change-after"]);
    table.body.append(...rows.map(([name, before, after]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, el("del", { class: "change" }, before || say("nothing"))), el("td", {}, el("ins", { class: "change" }, after || say("nothing"))))));
    return el("section", { class: "card", "aria-labelledby": "preview-title" },
      el("h2", { id: "preview-title" }, say("preview"), " ", badge("waits", say("draft-no", found.draft.version))),
      el("p", { class: "hint" }, say("made-by", found.draft.made_by, time(found.draft.made_at)), found.draft.note ? ` · ${found.draft.note}` : ""),
      rows.length ? table.node : el("p", { class: "empty" }, say("changes-nothing")),
      found.draft.mine ? el("p", { class: "hint" }, say("needs-another"))
        : el("div", { class: "buttons" }, el("button", { class: "button", type: "button", click: () => publish(found) }, say("publish"))));
  }

  async function publish(found) {
    if (!(await sure(say("publish-title"), say("publish-detail"), say("publish"), ""))) return;
    await act(() => ask("POST", `${root}/edits/${found.draft.version}/publication`), "published");
  }

  function past(found, history) {
    const restore = (version) => el("button", { class: "button button--small button--quiet", type: "button", "aria-label": `${say("restore")} ${version}`, click: () => act(() => ask("POST", `${root}/edits/${version}/restoration`, { newest: found.newest }), "restored") }, say("restore"));
    const line = (one) => el("li", { class: "request" }, el("div", {}, el("b", {}, say("version-no", one.version)), " ", badge(one.state === "published" ? "active" : one.state === "draft" ? "waits" : "step-dropped", say(`edit.${one.state}`)),
      el("p", { class: "hint" }, say("made-by", one.made_by, time(one.made_at)), one.published_by ? ` · ${say("published-by", one.published_by, time(one.published_at))}` : "", one.note ? ` · ${one.note}` : "")),
      one.state === "superseded" ? restore(one.version) : null);
    const declared = found.published.version ? el("li", { class: "request" }, el("b", {}, say("as-declared")), restore(0)) : null;
    return el("section", { class: "card" }, el("h2", {}, say("history")), history.length ? el("ul", { class: "requests" }, history.map(line), declared) : el("p", { class: "empty" }, say("history-none")));
  }

  async function act(doing, done) {
    try { await doing(); await refresh(done); } catch (problem) { report(told, problem); title.focus(); }
  }

  refresh();
  return { node, first: title };
}

/** Members that differ, as they may be read; an object's members one by one. */
function compared(before, after, path = "") {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names.flatMap((name) => {
    const [old, now] = [before?.[name], after?.[name]];
    const word = known(`member.${name}`) ? say(`member.${name}`) : name === "item" ? "" : name;
    const called = [path, word].filter(Boolean).join(" · ");
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    const deep = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
    return deep(old) && deep(now) ? compared(old, now, called) : [[called, told(old), told(now)]];
  });
}

function told(value) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return value.join(say("and"));
  return typeof value === "object" ? JSON.stringify(value, null, 1) : String(value);
}
