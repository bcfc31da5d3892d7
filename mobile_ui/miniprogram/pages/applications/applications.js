// Everything one has applied for, the newest first, page by page.

const { line } = require("../../utils/case");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const FILTERS = ["all", "supplement-asked", "in-review", "approved", "refused", "draft"];

Page(own({
  words: "applications",
  data: { rows: [], next: "", filter: "all", filters: [], empty: "" },

  async load() {
    const { applications, next } = await this.ask("");
    const { t } = this.data;
    this.setData({ rows: applications.map((one) => line(one, t)), next: next || "", ...this.told() });
  },

  ask(cursor) {
    const { filter } = this.data;
    const asked = [["state", filter === "all" ? "" : filter], ["cursor", cursor]].filter(([, value]) => value);
    const query = asked.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    return request(`/v1/applications${query ? `?${query}` : ""}`, { signed: true });
  },

  told() {
    const { t, filter } = this.data;
    return {
      filters: FILTERS.map((id) => ({ id, title: t.filters[id] || t.states[id], now: id === filter })),
      empty: filter === "all" ? t.empty : t.emptyHere,
    };
  },

  choose(event) {
    this.setData({ filter: event.currentTarget.dataset.id });
    return this.attempt(() => this.load());
  },

  more() {
    return this.attempt(async () => {
      const { applications, next } = await this.ask(this.data.next);
      this.setData({ rows: [...this.data.rows, ...applications.map((one) => line(one, this.data.t))], next: next || "" });
    });
  },

  find() {
    wx.switchTab({ url: "/pages/home/home" });
  },
}));
