// What one agreed to: each purpose by itself, taken back as easily as it was given.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const { moment } = require("../../utils/format");

Page(own({
  words: "consents",
  data: { living: [], past: [], giving: "" },

  async load() {
    const { consents, withdrawn } = await request("/v1/me/consents", { signed: true });
    const lives = new Set(consents.map((one) => one.purpose));
    const first = (one, at, all) => all.findIndex((other) => other.purpose === one.purpose) === at;
    this.setData({
      living: consents.map((one, at) => this.shown(one, at)), giving: "",
      past: withdrawn.map((one, at, all) => ({ ...this.shown(one, at), again: !lives.has(one.purpose) && first(one, at, all) })),
    });
  },

  shown(one, at) {
    const { t } = this.data;
    const given = texts.fill(t.given, { time: moment(one.given_at), version: one.version });
    return {
      id: `${one.purpose}-${at}`, purpose: one.purpose, title: one.title, given,
      withdrawn: one.withdrawn_at ? texts.fill(t.withdrawn, { time: moment(one.withdrawn_at) }) : "",
      consequence: one.consequence,
    };
  },

  withdraw(event) {
    const { t } = this.data;
    const { purpose } = event.currentTarget.dataset;
    const { title, consequence } = this.data.living.find((one) => one.purpose === purpose);
    this.sure({ title: texts.fill(t.withdrawTitle, { title }), content: consequence, yes: t.withdrawYes }, async () => {
      await request(`/v1/me/consents/${encodeURIComponent(purpose)}`, { method: "DELETE", signed: true });
      this.say(t.done);
      await this.after();
    });
  },

  /** Some withdrawals end the session; then this page cannot be read any more, and says so. */
  async after() {
    try {
      await this.load();
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      await session.leave({ forgetDevice: true });
      wx.switchTab({ url: "/pages/me/me" });
    }
  },

  give(event) {
    this.setData({ giving: event.currentTarget.dataset.purpose });
    wx.pageScrollTo({ scrollTop: 0 });
  },
  keep() {
    this.setData({ giving: "" });
  },

  agreed(event) {
    return this.attempt(async () => {
      await request("/v1/me/consents", { method: "POST", data: event.detail, signed: true });
      await this.load();
    });
  },
}));
