// Elements, fields and messages, built by hand: text is always text, never markup.

import { say } from "./words.js";

let count = 0;

/** An element; attributes that are functions become listeners, false and null are left out. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value === true) node.setAttribute(key, "");
    else node.setAttribute(key, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** A labelled input (or ``control`` of one's own) with a hint and room for its fault. */
export function field(label, attributes = {}, { hint = "", control = null } = {}) {
  const id = `f${(count += 1)}`;
  const input = control ?? el("input", { class: "input", ...attributes });
  input.id = id;
  const notes = hint ? [el("p", { class: "hint", id: `${id}-hint` }, hint)] : [];
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  const node = el("div", { class: "field" }, el("label", { for: id }, label), input, notes);
  return { node, input };
}

/** A list to choose from; ``options`` are pairs of value and words. */
export function choice(label, options, attributes = {}) {
  const control = el("select", { class: "input", ...attributes },
    options.map(([value, words]) => el("option", { value }, words)));
  return field(label, {}, { control });
}

/** Boxes to tick; ``options``: value, words and, where it needs one, what it means. */
export function boxes(legend, options, { chosen = [], hint = "", columns = false } = {}) {
  const name = `b${(count += 1)}`;
  const inputs = options.map(([value]) => el("input", { type: "checkbox", value, id: `${name}-${value}`, checked: chosen.includes(value) }));
  const line = (input, [, words, about]) => el("label", { class: "check", for: input.id }, input,
    el("span", {}, el("b", {}, words), about ? el("span", { class: "hint" }, about) : null));
  const node = el("fieldset", { class: "field" }, el("legend", {}, legend), hint ? el("p", { class: "hint" }, hint) : null,
    el("div", { class: columns ? "checks checks--columns" : "checks" }, inputs.map((input, at) => line(input, options[at]))));
  return {
    node,
    first: inputs[0],
    values: () => inputs.filter((input) => input.checked).map((input) => input.value),
    clear() { for (const input of inputs) input.checked = false; },
  };
}

/** A box that says what went wrong, or well; read out when it appears. */
export function message(kind = "fault") {
  const node = el("div", { class: `message message--${kind}`, role: kind === "fault" ? "alert" : "status", hidden: true });
  return {
    node,
    clear() { node.hidden = true; node.replaceChildren(); },
    show(title, detail = "", as = kind) {
      node.className = `message message--${as}`;
      node.replaceChildren(el("strong", {}, title), detail ? el("span", {}, detail) : "");
      node.hidden = false;
    },
  };
}

/** A state in a word. */
export function badge(state, words) {
  return el("span", { class: `badge badge--${state}` }, words);
}

/** A table that scrolls by itself; rows go into ``body``. ``columns`` are codes of words. */
export function tableOf(label, columns) {
  const body = el("tbody", {});
  const node = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el("table", {}, el("thead", {}, el("tr", {}, columns.map((code) => el("th", { scope: "col" }, say(code))))), body));
  return { node, body };
}

/** A form that is sent once at a time; ``send`` may throw a Problem, which ``told`` then shows. */
export function form(parts, label, send, { told = message(), extra = [], kind = "" } = {}) {
  const button = el("button", { class: `button ${kind}`, type: "submit" }, label);
  const node = el("form", { class: "form", novalidate: true, submit: submit }, parts, told.node,
    el("div", { class: "buttons" }, button, extra));
  async function submit(event) {
    event.preventDefault();
    if (button.disabled) return;
    const empty = [...node.querySelectorAll("[required]")].find((input) => !input.value.trim());
    if (empty) { told.show(say("fill-in")); empty.focus(); return; }
    button.disabled = true;
    told.clear();
    try { await send(); } catch (problem) { report(told, problem); } finally { button.disabled = false; }
  }
  return { node, told, button };
}

/** Show a Problem where its cause lies; what is no Problem is our own fault and goes on. */
export function report(told, problem) {
  if (!problem.title) throw problem;
  told.show(problem.title, [problem.detail, ...problem.faults].filter(Boolean).join(" "));
}

/** Ask before something that cannot be taken back; resolves to true or false. */
export function sure(title, detail, yes, kind = "button--danger") {
  return new Promise((answer) => {
    const close = (value) => () => { dialog.close(); dialog.remove(); answer(value); };
    const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title", cancel: close(false) },
      el("h2", { id: "dialog-title" }, title), el("p", {}, detail),
      el("div", { class: "buttons" },
        el("button", { class: `button ${kind}`, type: "button", click: close(true) }, yes),
        el("button", { class: "button button--quiet", type: "button", click: close(false) }, say("cancel"))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Something to do before one goes on; Escape leaves it as it is. */
export function overlay(title, ...content) {
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title", close: () => dialog.remove() },
    el("h2", { id: "dialog-title" }, title), content);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Something that is shown this once. */
export function once(title, ...content) {
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title", close: () => dialog.remove() },
    el("h2", { id: "dialog-title" }, title), content,
    el("div", { class: "buttons" }, el("button", { class: "button", type: "button", click: () => dialog.close() }, say("done"))));
  document.body.append(dialog);
  dialog.showModal();
}

export function announce(text) {
  document.getElementById("announce").textContent = text;
}
