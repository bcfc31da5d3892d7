// What waits for somebody at a counter: asked for again and again, drawn when it changed.

import { announce, el, message, report } from "./dom.js";
import { ask } from "./http.js";
import { say } from "./words.js";

/**
 * The queue at `root`, whose answer holds the waiting ones under `name`; `line` draws one.
 * A watching page keeps nobody signed in. `fault` shows what went wrong beside the list.
 */
export function queue({ root, name, every, line }) {
  const list = el("ul", { class: "requests" });
  const count = el("span", { class: "count" });
  const fault = message();
  const node = el("section", { class: "card queue", "aria-labelledby": "queue-title" },
    el("h2", { id: "queue-title" }, say("queue"), " ", count), fault.node, list);
  let timer = 0;
  let shown = null;

  async function refresh() {
    clearTimeout(timer);
    try {
      draw((await ask("GET", root, undefined, { watching: true }))[name]);
      fault.clear();
    } catch (problem) {
      report(fault, problem);
    }
    if (node.isConnected || shown === null) timer = setTimeout(refresh, document.hidden ? every * 6 : every);
  }

  function draw(waiting) {
    const state = JSON.stringify(waiting);
    if (state === shown) return;
    if (shown !== null) announce(say("in-queue", waiting.length));
    shown = state;
    count.textContent = waiting.length ? String(waiting.length) : "";
    const held = list.contains(document.activeElement) ? document.activeElement.dataset.id : null;
    list.replaceChildren(...(waiting.length ? waiting.map(line) : [el("li", { class: "empty" }, say("queue-empty"))]));
    if (held) list.querySelector(`[data-id="${held}"]`)?.focus();
  }

  return { node, fault, refresh, leave: () => clearTimeout(timer) };
}
