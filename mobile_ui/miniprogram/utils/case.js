// An application as pages show it: its state, its clock, the departments' parts, what happened.

const { date, moment } = require("./format");
const { shown } = require("./schema");
const texts = require("./texts");

const ICONS = {
  draft: "pencil", submitted: "send", accepted: "progress", "in-review": "progress", "supplement-asked": "alert-circle",
  approved: "circle-check", refused: "circle-x", withdrawn: "arrow-back-up", collected: "circle-check",
};
const TONES = { "supplement-asked": "warn", approved: "good", collected: "good", refused: "bad", withdrawn: "still", draft: "still" };
const RUNNING = ["submitted", "accepted", "in-review"];
const UNDER_WAY = ["submitted", "accepted", "in-review", "supplement-asked"];
const LEAST = 6; // percent of a lane that a bar needs to be seen

const look = (state) => ({ icon: ICONS[state] || "progress", tone: TONES[state] || "now" });

/** Whether others work on it now; what was approved is carried out before it can be rated. */
const working = ({ state, may, rating }) => RUNNING.includes(state) || (state === "approved" && !rating && !may.includes("rate"));

/** One line of the list. */
function line(one, t) {
  const due = one.due_on ? texts.fill(one.state === "supplement-asked" ? t.answerBy : t.due, { day: date(one.due_on) }) : "";
  return {
    id: one.number, title: one.service.title, icon: one.service.icon, state: t.states[one.state] || one.state_title, tone: look(one.state).tone,
    number: texts.fill(t.number, one), yours: one.waits_for === "you", time: moment(one.changed_at),
    due: UNDER_WAY.includes(one.state) ? due : "", url: address(one),
  };
}

function address(one) {
  const number = encodeURIComponent(one.number);
  if (one.state === "draft") return `/pages/apply/apply?id=${encodeURIComponent(one.service.id)}&draft=${number}`;
  return `/pages/application/application?number=${number}`;
}

/** Lanes side by side on one clock: who began when, who is done, which decides how long all takes. */
function lanes(steps, t, now = Date.now()) {
  const begun = steps.filter((step) => step.began_at).map((step) => Date.parse(step.began_at));
  const start = Math.min(...begun);
  const ends = steps.map((step) => (step.finished_at ? Date.parse(step.finished_at) : step.began_at ? now : 0));
  const whole = Math.max(1, Math.max(...ends) - start);
  const part = (time) => Math.min(100, Math.max(0, ((time - start) / whole) * 100));
  return steps.map((step) => {
    const { state } = step;
    const from = step.began_at ? Math.min(part(Date.parse(step.began_at)), 100 - LEAST) : 0;
    const to = step.began_at ? Math.max(from + LEAST, part(step.finished_at ? Date.parse(step.finished_at) : now)) : 0;
    const lasted = step.began_at && step.finished_at ? texts.fill(t.lasted, { n: duration(Date.parse(step.finished_at) - Date.parse(step.began_at), t) }) : "";
    return {
      name: step.name, title: step.title, department: (step.department || {}).title || "", state, critical: Boolean(step.critical),
      word: t.stepStates[state] || step.state_title, from, width: to - from, finding: found(step.finding),
      facts: [step.share_days ? texts.fill(t.share, { n: step.share_days }) : "", lasted].filter(Boolean).join(" · "),
      icon: { done: "circle-check", running: "progress", failed: "user", dropped: "circle-x" }[state] || "clock",
    };
  });
}

const found = (fields) => (fields || []).map((one) => ({ id: one.name, title: one.title, value: shown({ "x-show": one.show }, one.value) }));

/** Each office's share of the time so far. */
function offices(shares, t) {
  return (shares || []).filter((one) => one.percent).map((one) => ({ id: one.department.id, title: one.department.title, percent: one.percent, told: texts.fill(t.percent, { n: one.percent }) }));
}

function duration(ms, t) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 90) return texts.fill(t.seconds, { n: ms < 10000 ? (Math.max(ms, 100) / 1000).toFixed(1) : seconds });
  if (seconds < 5400) return texts.fill(t.minutes, { n: Math.round(seconds / 60) });
  return seconds < 172800 ? texts.fill(t.hours, { n: Math.round(seconds / 3600) }) : texts.fill(t.workdays, { n: Math.round(seconds / 86400) });
}

/** What the lanes say together. */
function together(all, path, t) {
  const among = (states) => new Set(all.filter((lane) => states.includes(lane.state)).map((lane) => lane.department)).size;
  const now = among(["running", "queued"]);
  const done = among(["done"]);
  const slow = all.filter((lane) => (path || []).includes(lane.name));
  return {
    parallel: now > 1 ? texts.fill(t.parallel, { n: now }) : done > 1 && !now ? texts.fill(t.parallelDone, { n: done }) : "",
    slowest: slow.length && all.length > 1 ? texts.fill(t.slowest, { names: slow.map((lane) => lane.title).join(" → ") }) : "",
  };
}

function clock(found, t) {
  if (!found || !found.promised_on) return null;
  const { days_left: left } = found;
  const said = left === null || left === undefined ? "" : left > 0 ? texts.fill(t.left, { n: left }) : left === 0 ? t.leftNone : texts.fill(t.late, { n: -left });
  return {
    promised: texts.fill(t.promised, { day: date(found.promised_on) }),
    statutory: found.statutory_on ? texts.fill(t.statutory, { day: date(found.statutory_on) }) : "",
    left: found.paused ? t.paused : said, warn: found.paused || left < 0,
  };
}

/** Newest first. */
function events(list, t) {
  return [...list].reverse().map((event, at) => ({
    id: `${event.at}-${at}`, title: event.title, words: [event.reason, event.words].filter(Boolean).join(" "),
    by: event.by_title || "", time: moment(event.at), ...look(event.state),
  }));
}

module.exports = { line, look, lanes, together, offices, clock, events, working, UNDER_WAY };
