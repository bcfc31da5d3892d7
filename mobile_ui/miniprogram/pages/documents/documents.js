// The documents one is known by: look, link another, take one away. One that a register knows is
// proven by itself, and its record then joined with this one.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");
const { date } = require("../../utils/format");

Page(own({
  words: "documents",
  data: { documents: [], adding: false, sandbox: "" },

  async load() {
    const { documents } = await request("/v1/me/documents", { signed: true });
    this.setData({ documents: documents.map((one) => this.shown(one)) });
  },

  shown(one) {
    const { t } = this.data;
    const until = one.valid_until ? texts.fill(t.until, { day: date(one.valid_until) }) : "";
    return { ...one, level: texts.fill(t.level, { n: one.level }), until, tag: one.expired ? t.expired : one.main ? t.main : "" };
  },

  add() {
    this.setData({ adding: true });
    wx.pageScrollTo({ scrollTop: 0 });
  },
  keep() {
    this.setData({ adding: false });
  },

  link(event) {
    const { document_type, id_number: number, country } = event.detail;
    const data = { document_type, number };
    if (country) data.country = country;
    return this.attempt(async () => {
      try {
        await request("/v1/me/documents", { method: "POST", data, signed: true });
      } catch (problem) {
        if (problem.code !== "document-needs-proof") throw problem;
        this.prove(event.detail);
        return;
      }
      this.setData({ adding: false });
      this.say(this.data.t.added);
      await this.load();
    });
  },

  prove(person) {
    this.setData({ adding: false });
    getApp().globalData.person = person;
    visit.verify(this.address(), ["face", "network-identity"], "1");
  },

  drop(event) {
    const { t } = this.data;
    const { id } = event.currentTarget.dataset;
    this.sure({ title: t.dropTitle, content: t.dropText, yes: t.drop }, async () => {
      await request(`/v1/me/documents/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      await this.load();
    });
  },
}));
