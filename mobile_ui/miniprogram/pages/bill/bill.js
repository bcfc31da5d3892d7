// One medical bill: what was billed, who pays which part, paying the rest, and what went back.

const bills = require("../../utils/bill");
const cashier = require("../../utils/cashier");
const { clock, money } = require("../../utils/format");
const { keys } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const LOOK = 1500; // ms between two looks while insurance is at it
const MOVING = ["sharing", "settling"];
const PATIENCE = 40; // looks for the provider's word after coming back from the cashier

Page(own({
  words: "bill",
  data: { number: "", payment: "", bill: null, row: null, parts: [], lines: [], returned: [], may: {}, pay: "", until: "", moving: "" },

  onLoad({ number, payment }) {
    this.once = keys();
    this.waits = PATIENCE;
    this.setData({ number: number || "", payment: payment || "" });
  },
  address() {
    return `/pages/bill/bill?number=${encodeURIComponent(this.data.number)}`;
  },
  path(part = "") {
    return `/v1/bills/${encodeURIComponent(this.data.number)}${part}`;
  },

  async load() {
    this.show(await this.looked());
  },
  /** Somebody who comes back from the cashier may be here before the provider's word of it. */
  async looked() {
    const bill = await request(this.path(), { signed: true });
    if (bill.state !== "ready" || !this.data.payment) return bill;
    const payment = await request(`/v1/payments/${encodeURIComponent(this.data.payment)}`, { signed: true });
    if (payment.state !== "paid") this.setData({ payment: payment.state === "paying" && (this.waits -= 1) ? this.data.payment : "" });
    return request(this.path(), { signed: true });
  },
  show(bill) {
    const { t } = this.data;
    const sign = { fee: "", addition: "+ ", reduction: "− " };
    const left = (new Date(bill.expires_at) - Date.now()) / 1000;
    this.setData({
      bill, row: bills.cell(bill), parts: bills.parts(bill), returned: bill.refunds.map(bills.returned),
      lines: bill.lines.map((one) => ({ ...one, sum: sign[one.kind] + money(one.fen) })),
      may: Object.fromEntries(bill.may.map((one) => [one === "by-cash" ? "cash" : one, true])),
      pay: texts.fill(t.pay, { sum: money(bill.cash_fen) }), moving: MOVING.includes(bill.state) ? t.moving[bill.state] : "",
      until: bill.may.length ? texts.fill(t.until, { time: clock(left) }) : "",
    });
    if (MOVING.includes(bill.state) || (bill.state === "ready" && this.data.payment)) this.lookIn(LOOK);
  },

  share() {
    return this.divide(true);
  },
  byCash() {
    return this.divide(false);
  },
  divide(insurance) {
    return this.attempt(async () => {
      await request(this.path("/share"), { method: "POST", data: { insurance }, signed: true });
      await this.load();
    });
  },
  confirm() {
    const { t } = this.data;
    this.sure({ title: t.confirmTitle, content: t.confirmText, yes: t.confirm }, async () => {
      await request(this.path("/confirm"), { method: "POST", data: {}, signed: true });
      await this.load();
    });
  },
  toCashier() {
    return this.attempt(async () => {
      const { subject } = this.data.bill;
      const payment = await cashier.begin(subject, this.once.for({ subject }));
      if (!cashier.go(payment, this.address())) await this.load();
    });
  },
}));
