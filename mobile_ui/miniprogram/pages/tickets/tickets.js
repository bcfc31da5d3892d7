// What one complained of or reported, and where it stands.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { shown } = require("../../utils/ticket");

Page(own({
  words: "tickets",
  data: { rows: [] },

  async load() {
    const { tickets } = await request("/v1/tickets", { signed: true });
    this.setData({ rows: tickets.map(shown) });
  },
}));
