// The answer as a sealed document, printed at this kiosk; nothing of it stays behind.

import { el } from "./dom.js";
import { file } from "./line.js";
import { say } from "./words.js";

const OVER = ["session-ended", "token-expired"];

export function printing({ service, visit, end, fault }) {
  const once = crypto.randomUUID();
  const told = el("p", { class: "hint", role: "status" });
  const button = el("button", { type: "button", class: "button", id: "print", click: print }, say("print"));
  const node = el("div", { class: "printing" }, button, told);

  async function print() {
    button.disabled = true;
    told.textContent = say("printing");
    try {
      await onPaper(await file(`/v1/services/${service.id}/papers`, {}, visit.access_token, once), node);
      told.textContent = say("printed");
    } catch (problem) {
      if (OVER.includes(problem.code)) return end();
      told.textContent = "";
      fault.show(problem);
    }
    button.disabled = false;
    return undefined;
  }

  return node;
}

/** In a frame of this page, which goes with it; the kiosk's browser prints without asking. */
function onPaper(blob, node) {
  const address = URL.createObjectURL(blob);
  return new Promise((resolve) => {
    const frame = el("iframe", { class: "sheet-to-print", title: "", src: address, tabindex: -1, "aria-hidden": "true" });
    frame.addEventListener("load", () => {
      frame.contentWindow.print();
      URL.revokeObjectURL(address);
      resolve();
    });
    node.querySelector("iframe")?.remove();
    node.append(frame);
  });
}
