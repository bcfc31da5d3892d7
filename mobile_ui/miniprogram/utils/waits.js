// What waits for somebody, as rows of a list: what is lost soonest stands first.

const { date, moment } = require("./format");
const texts = require("./texts");

/** ``found``: the answer of /v1/me/waiting. */
function rows(found, t) {
  const all = [...found.offers.map((one) => offer(one, t)), ...found.applications.map((one) => ({ ...row(one, wish(one, t)), urgent: one.state === "supplement-asked" }))];
  if (found.bills_unpaid) all.push({ id: "bills", icon: "building-hospital", title: texts.fill(t.bills, { n: found.bills_unpaid }), text: t.billsText, url: "/pages/bills/bills" });
  if (found.messages_unread) all.push({ id: "messages", icon: "bell", title: texts.fill(t.messages, { n: found.messages_unread }), text: t.messagesText, url: "/pages/notices/notices" });
  if (found.tickets_open) all.push({ id: "tickets", icon: "message-report", title: texts.fill(t.tickets, { n: found.tickets_open }), text: t.ticketsText, url: "/pages/tickets/tickets" });
  return all;
}

/** One application. */
function row(one, text) {
  return { id: one.number, icon: one.service.icon, title: one.service.title, text, url: `/pages/application/application?number=${encodeURIComponent(one.number)}` };
}

/** A time that became free for who waits in a line: it goes to the next after ``until``. */
function offer(one, t) {
  const text = texts.fill(t.offer, { at: moment(one.starts_at), until: moment(one.until) });
  return { id: one.number, icon: "calendar-check", title: one.title, text, url: `/pages/booking/booking?number=${encodeURIComponent(one.number)}`, urgent: true };
}

function wish(one, t) {
  const what = { "supplement-asked": t.answer, approved: t.collect, draft: t.draft }[one.state] || t.answer;
  return one.due_on && one.state === "supplement-asked" ? `${what} · ${texts.fill(t.until, { day: date(one.due_on) })}` : what;
}

module.exports = { row, rows };
