// A payment as lists and its own page show it.

const { money, moment } = require("./format");

const TONES = { opened: "warn", paying: "warn", paid: "good", "part-refunded": "good", refunded: "still", closed: "still", failed: "bad" };
const REFUNDS = { done: "good", failed: "bad" };
const PAGES = { quote: "quote", "medical-bill": "bill" };

const row = (one) => ({
  id: one.number, title: one.title, sum: money(one.fen), state: one.state_title, tone: TONES[one.state] || "still",
  time: moment(one.paid_at || one.created_at), url: `/pages/payment/payment?number=${encodeURIComponent(one.number)}`,
});

const refundTone = (state) => REFUNDS[state] || "warn";

const unpaid = (one) => ["opened", "paying"].includes(one.state);

/** The page of what it was paid for, "quote:BJ…" for one. */
function about(subject) {
  const [kind, number] = subject.split(":");
  return PAGES[kind] ? `/pages/${PAGES[kind]}/${PAGES[kind]}?number=${encodeURIComponent(number)}` : "";
}

module.exports = { row, refundTone, unpaid, about };
