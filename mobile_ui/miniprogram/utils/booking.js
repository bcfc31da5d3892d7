// Appointments as pages show them: days, times, states; and what a person has to state.

const { date, moment } = require("./format");
const texts = require("./texts");

const TONES = { offered: "warn", held: "warn", booked: "good", arrived: "good", "no-show": "bad" };
const ICONS = { offered: "bell", held: "clock", booked: "calendar-check", arrived: "circle-check", "no-show": "calendar-x" };

/** "09:30" in China, of a moment as the server writes it. */
const clock = (time) => moment(time).slice(-5);

/** A day's name of the week, by the page's own words. */
const weekday = (day) => texts.of("book").weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()];

/** "12-01" of "2026-12-01": short enough for a button. */
const short = (day) => day.slice(5);

function line(one) {
  const t = texts.of("bookings");
  return {
    id: one.number, title: one.title, office: one.office.title, time: moment(one.starts_at),
    state: one.state_title, tone: TONES[one.state] || "still", icon: ICONS[one.state] || "calendar",
    until: one.until ? texts.fill(t.until, { time: moment(one.until) }) : "",
    url: `/pages/booking/booking?number=${encodeURIComponent(one.number)}`,
  };
}

function waiting(one) {
  const t = texts.of("bookings");
  return {
    id: String(one.id), title: one.title, office: one.office.title, day: date(one.day), mine: one.state === "waiting",
    state: one.state_title, ahead: one.state === "waiting" ? texts.fill(one.ahead ? t.ahead : t.first, { n: one.ahead }) : t.turn,
  };
}

/** The statements of a service with the law they come from, none made yet. */
const statements = (plan) => plan.statements.map((one) => ({
  code: one.code, said: one.said, made: false, source: texts.fill(texts.of("book").source, one.source),
}));

/** The same with these made, as a page keeps them: what is made, and whether that is all. */
const stating = (said, codes) => ({ said: said.map((one) => ({ ...one, made: codes.includes(one.code) })), stated: codes, fault: "" });

module.exports = { clock, weekday, short, line, waiting, statements, stating };
