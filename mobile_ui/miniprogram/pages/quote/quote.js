// What is to be paid for a service: reckoned line by line, narrowed down, paid at the cashier, and
// afterwards what the office entered.

const cashier = require("../../utils/cashier");
const { collect, fieldsOf, refused } = require("../../utils/form");
const { clock, money } = require("../../utils/format");
const { keys, newKey } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const LOOK = 1500; // ms between two looks while the office is at it
const PATIENCE = 40; // looks for the provider's word after coming back from the cashier
const TONES = { offered: "warn", paid: "warn", settled: "good", refused: "bad", lapsed: "still" };

Page(own({
  words: "quote",
  data: { id: "", number: "", service: null, quote: null, fields: [], lines: [], notes: [], sum: "", pay: "", until: "", tone: "", told: "" },

  onLoad({ id, number, payment }) {
    this.once = keys();
    this.waits = payment ? PATIENCE : 0;
    this.setData({ id: id || "", number: number || "" });
  },
  address() {
    const { id, number } = this.data;
    return `/pages/quote/quote?${number ? `number=${encodeURIComponent(number)}` : `id=${encodeURIComponent(id)}`}`;
  },

  async load() {
    clearTimeout(this.timer);
    const { number } = this.data;
    const quote = number ? await this.looked(number) : await this.reckoned({});
    await this.show(quote);
  },

  /** Somebody who comes back from the cashier may be here before the provider's word of it. */
  async looked(number) {
    const path = `/v1/quotes/${encodeURIComponent(number)}`;
    const quote = await request(path, { signed: true });
    if (quote.state !== "offered" || !quote.payment) return quote;
    await request(`/v1/payments/${encodeURIComponent(quote.payment)}`, { signed: true });
    return request(path, { signed: true });
  },
  reckoned(question) {
    const { id, quote } = this.data;
    const service = quote ? quote.service.id : id;
    return request(`/v1/services/${encodeURIComponent(service)}/quotes`, { method: "POST", data: question, key: newKey(), signed: true });
  },

  async show(quote) {
    const { t } = this.data;
    if (!this.data.service) this.setData({ service: await request(`/v1/services/${encodeURIComponent(quote.service.id)}`) });
    wx.setNavigationBarTitle({ title: quote.service.title });
    const left = (new Date(quote.expires_at) - Date.now()) / 1000;
    const open = quote.state === "offered" && left > 0;
    this.setData({
      quote, number: quote.number, notes: quote.notes, sum: money(quote.fen), tone: TONES[quote.state] || "still",
      lines: quote.lines.map((one, at) => ({ id: at, title: one.title, sum: money(one.fen) })),
      fields: open ? fieldsOf(this.data.service.question, quote.question) : [],
      pay: open ? texts.fill(t.pay, { sum: money(quote.fen) }) : "", until: open ? texts.fill(t.until, { time: clock(left) }) : "",
      told: t.told[quote.state] || "",
    });
    this.lookAgain(quote);
  },
  lookAgain({ state, payment }) {
    clearTimeout(this.timer);
    const awaited = state === "offered" && payment && this.waits-- > 0;
    if (awaited || state === "paid") this.lookIn(LOOK, () => this.follow());
  },
  /** Where nothing is new, what is being filled in stays. */
  async follow() {
    const quote = await this.looked(this.data.number);
    if (quote.state === "offered") this.lookAgain(quote);
    else await this.show(quote);
  },

  async change(event) {
    const { fields } = event.detail;
    const done = await this.attempt(async () => this.show(await this.reckoned(collect(fields))));
    if (done) wx.pageScrollTo({ scrollTop: 0 });
    if (!done && (this.data.problem || {}).status === 422) this.setData({ fields: refused(fields, this.data.problem) });
  },
  toCashier() {
    return this.attempt(async () => {
      const { subject } = this.data.quote;
      const payment = await cashier.begin(subject, this.once.for({ subject }));
      if (!cashier.go(payment, this.address())) await this.load();
    });
  },
  again() {
    this.setData({ number: "", id: this.data.quote.service.id });
    return this.attempt(() => this.load());
  },
}));
