// A medical bill as lists and pages show it: its parts, in the order in which they are paid.

const { moment, money } = require("./format");
const texts = require("./texts");

const TONES = { paid: "good", "part-refunded": "good", refunded: "still", failed: "bad", expired: "still", ready: "warn", opened: "warn" };
const PARTS = [["government_fen", "building"], ["self_fen", "wallet"], ["other_fen", "shield-check"], ["cash_fen", "coins"]];

function cell(one) {
  return {
    number: one.number, place: one.place, care: one.care_title, state: one.state_title, tone: TONES[one.state] || "now",
    total: money(one.total_fen), time: moment(one.created_at), url: `/pages/bill/bill?number=${encodeURIComponent(one.number)}`,
  };
}

/** Who pays what; nothing before it is known. ``share``: percent of what is paid, for the bar. */
function parts(one) {
  if (!one.mix) return [];
  const t = texts.of("bill");
  const whole = PARTS.reduce((sum, [name]) => sum + one[name], 0) || 1;
  return PARTS.filter(([name]) => one[name] || name === "cash_fen").map(([name, icon]) => ({
    id: name.replace("_fen", ""), icon, title: name === "cash_fen" && one.paid_at ? t.cashPaid : t.parts[name], sum: money(one[name]), share: (one[name] / whole) * 100,
  }));
}

/** What went back, and where. */
function returned(refund) {
  const t = texts.of("bill");
  const where = PARTS.filter(([name]) => refund[name]).map(([name]) => texts.fill(t.backTo[name], { sum: money(refund[name]) }));
  return { sum: money(refund.fen), time: moment(refund.created_at), where, done: refund.done ? t.backDone : t.backSoon, tone: refund.done ? "good" : "now" };
}

module.exports = { cell, parts, returned };
