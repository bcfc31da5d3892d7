// One payment: what for, how much, where it stands, what went back; and the way to the cashier.

const cashier = require("../../utils/cashier");
const { money, moment } = require("../../utils/format");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const paid = require("../../utils/paid");

const LOOK = 2000; // ms between two looks while it is being paid

Page(own({
  words: "payment",
  data: { number: "", payment: null, row: null, facts: [], refunds: [], about: "", may: false },

  onLoad({ number }) {
    this.looks = 0;
    this.setData({ number: number || "" });
  },
  address() {
    return `/pages/payment/payment?number=${encodeURIComponent(this.data.number)}`;
  },
  path(part = "") {
    return `/v1/payments/${encodeURIComponent(this.data.number)}${part}`;
  },

  async load() {
    this.show(await request(this.path(), { signed: true }));
  },
  show(payment) {
    const { t } = this.data;
    const facts = [
      ["payee", payment.payee], ["number", payment.number], ["transaction", payment.transaction],
      ["created", moment(payment.created_at)], ["paid", payment.paid_at && moment(payment.paid_at)],
      ["returned", payment.returned_fen ? money(payment.returned_fen) : ""],
    ].filter(([, value]) => value).map(([id, value]) => ({ id, name: t.facts[id], value }));
    const refunds = payment.refunds.map((one) => ({ id: one.number, sum: money(one.fen), state: one.state_title, tone: paid.refundTone(one.state), why: one.surplus ? t.surplus : "", time: moment(one.done_at || one.created_at) }));
    const may = paid.unpaid(payment);
    this.setData({ payment, row: paid.row(payment), facts, refunds, about: paid.about(payment.subject), may });
    if (may && this.looks++ < 30) this.lookIn(LOOK);
  },

  toCashier() {
    return this.attempt(async () => {
      const found = await request(this.path("/cashier"), { method: "POST", data: {}, signed: true });
      cashier.go({ cashier: found }, this.address());
    });
  },
}));
