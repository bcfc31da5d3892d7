// A complaint, a call back or a report of wrong data, as lists and pages show it.

const { date, moment } = require("./format");
const texts = require("./texts");

const ICONS = { rating: "mood-sad", complaint: "message-report", field: "database-edit" };
const OVER = ["settled", "closed"];

function shown(one) {
  const t = texts.of("tickets");
  const state = one.state_title || t.states[one.state] || one.state;
  const over = OVER.includes(one.state);
  return {
    id: one.number, kind: one.kind_title || t.kinds[one.kind] || one.kind, icon: ICONS[one.kind] || "message-report", state,
    tone: one.state === "answered" ? "good" : over ? "still" : "now", service: (one.service || {}).title || "",
    number: texts.fill(t.number, one), time: moment(one.created_at), open: !over && one.state !== "answered",
    due: one.due_on && !over && one.state !== "answered" ? texts.fill(t.due, { day: date(one.due_on) }) : "",
    url: `/pages/ticket/ticket?number=${encodeURIComponent(one.number)}`,
  };
}

module.exports = { shown };
