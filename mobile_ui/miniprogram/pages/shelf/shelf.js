// One shelf of what is done at windows, page by page.

const { cell, listPath } = require("../../utils/entries");
const { request } = require("../../utils/request");
const region = require("../../utils/region");
const texts = require("../../utils/texts");

Page({
  data: { t: {}, group: "", entries: [], next: "", waiting: true, problem: null, ways: [] },

  onLoad({ group }) {
    this.setData({ t: texts.of("finding"), group: group || "" });
    wx.setNavigationBarTitle({ title: this.data.t.windowsTitle });
    this.read();
  },

  async read() {
    const { group, next, t } = this.data;
    this.setData({ problem: null });
    try {
      const page = await request(listPath({ group, kind: "listed", region: region.code(), cursor: next }));
      const [first] = page.services;
      if (first) wx.setNavigationBarTitle({ title: first.group.title });
      this.setData({ entries: [...this.data.entries, ...page.services.map(cell)], next: page.next || "", waiting: false });
    } catch (problem) {
      this.setData({ problem, waiting: false, ways: [{ id: "again", text: t.again }] });
    }
  },
});
