// The end of a visit that nobody watches: always seen coming, and put off by a touch.

import { announce, button, el, icon } from "./dom.js";
import { say } from "./words.js";

const foot = document.getElementById("foot");
const WARNED = 15; // seconds before the end at which it is said aloud
let watch = null;

/** ``seconds`` untouched, or ``until`` (ms) at the latest; then ``end``. */
export function begin(seconds, end, until = Infinity) {
  stop();
  watch = { seconds, end, until, touched: Date.now(), timer: setInterval(tick, 250), warned: false };
  watch.words = el("span", { class: "foot__words" });
  watch.line = el("progress", { class: "foot__line", max: seconds, "aria-hidden": "true" });
  foot.replaceChildren(icon("clock"), el("div", { class: "foot__clock" }, watch.words, watch.line),
    button(say("end"), () => watch?.end(), { class: "button button--end", id: "end" }));
  foot.hidden = false;
  tick();
}

export function touch() {
  if (!watch) return;
  watch.touched = Date.now();
  watch.warned = false;
}


export function stop() {
  if (watch) clearInterval(watch.timer);
  watch = null;
  foot.hidden = true;
  foot.replaceChildren();
}

function tick() {
  const idle = watch.seconds - (Date.now() - watch.touched) / 1000;
  const left = Math.max(0, Math.ceil(Math.min(idle, (watch.until - Date.now()) / 1000)));
  watch.words.textContent = say("ends-in", left);
  watch.line.value = Math.min(left, watch.seconds);
  foot.classList.toggle("foot--soon", left <= WARNED);
  if (left <= WARNED && !watch.warned) {
    watch.warned = true;
    announce(say("ends-in", left));
  }
  if (left === 0) watch.end();
}

for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, touch, true);
