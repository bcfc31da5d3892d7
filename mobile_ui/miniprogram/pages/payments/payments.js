// Everything one has paid or is to pay, the newest first, page by page.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const paid = require("../../utils/paid");

Page(own({
  words: "payments",
  data: { rows: [], next: "" },

  async load() {
    const { payments, next } = await this.ask("");
    this.setData({ rows: payments.map(paid.row), next: next || "" });
  },
  ask(cursor) {
    return request(`/v1/payments${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`, { signed: true });
  },
  more() {
    return this.attempt(async () => {
      const { payments, next } = await this.ask(this.data.next);
      this.setData({ rows: [...this.data.rows, ...payments.map(paid.row)], next: next || "" });
    });
  },
  find() {
    wx.switchTab({ url: "/pages/home/home" });
  },
}));
