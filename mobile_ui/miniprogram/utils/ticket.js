// A complaint, a bad rating or a report of wrong data, as lists and pages show it.

const { date, moment } = require("./format");
const texts = require("./texts");

const ICONS = { rating: "mood-sad", complaint: "message-report", field: "database-edit" };

function shown(one) {
  const t = texts.of("tickets");
  const open = !one.answered_at || one.state === "reopened";
  const due = open ? texts.fill(t.due, { day: date(one.due_on) }) : "";
  return {
    id: one.number, kind: one.kind_title, icon: ICONS[one.kind] || "message-report", state: one.state_title, open,
    tone: { answered: "good", settled: "still" }[one.state] || (one.late ? "bad" : "now"), service: one.service.title,
    number: texts.fill(t.number, one), time: moment(one.created_at), due: one.late ? t.late : due,
    url: `/pages/ticket/ticket?number=${encodeURIComponent(one.number)}`,
  };
}

module.exports = { shown };
