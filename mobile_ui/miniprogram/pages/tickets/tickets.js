// What one complained of or reported, and where it stands.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { shown } = require("../../utils/ticket");

Page(own({
  words: "tickets",
  data: { rows: [], next: "" },

  async load() {
    const { tickets, next } = await request("/v1/tickets", { signed: true });
    this.setData({ rows: tickets.map(shown), next: next || "" });
  },

  more() {
    return this.attempt(async () => {
      const { tickets, next } = await request(`/v1/tickets?cursor=${encodeURIComponent(this.data.next)}`, { signed: true });
      this.setData({ rows: [...this.data.rows, ...tickets.map(shown)], next: next || "" });
    });
  },
}));
