// Bills of hospitals, paid and to be paid.

const { cell } = require("../../utils/bill");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");

Page(own({
  words: "bills",
  data: { rows: [] },

  async load() {
    const { bills } = await request("/v1/bills", { signed: true });
    this.setData({ rows: bills.map(cell) });
  },
}));
