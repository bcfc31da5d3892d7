// Every partner in public: who it is, what it may ask residents for, whether it is suspended.

const { request } = require("../../utils/request");
const texts = require("../../utils/texts");
const { day } = require("../../utils/format");

Page({
  data: { t: {}, dir: "", waiting: true, partners: [], next: "", problem: null, ways: [] },

  onShow() {
    const t = texts.of("partners");
    this.setData({ t, dir: texts.direction(), waiting: true, partners: [], next: "" });
    wx.setNavigationBarTitle({ title: t.title });
    this.load("");
  },

  async load(after) {
    const { t } = this.data;
    try {
      const { partners, next } = await request(`/v1/partners${after ? `?after=${encodeURIComponent(after)}` : ""}`);
      const before = after ? this.data.partners : [];
      this.setData({ partners: [...before, ...partners.map((one) => this.shown(one))], next: next || "", waiting: false, problem: null });
    } catch (problem) {
      this.setData({ problem, waiting: false, ways: [{ id: "again", text: t.again }] });
    }
  },

  shown(one) {
    const { t } = this.data;
    return {
      ...one, test: one.environment === "sandbox", stopped: one.state === "suspended",
      code: one.credit_code ? texts.fill(t.code, { code: one.credit_code }) : "",
      since: one.since ? texts.fill(t.since, { day: day(one.since) }) : "",
      fields: one.fields.map((field) => ({ ...field, sensitive: field.sensitivity === "high" })),
    };
  },

  more() {
    this.load(this.data.next);
  },
  again() {
    this.setData({ problem: null, waiting: true });
    this.load("");
  },
});
