// What one agreed to: each purpose by itself, taken back as easily as it was given.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const { day, moment } = require("../../utils/format");

Page(own({
  words: "consents",
  data: { partners: [], living: [], past: [], giving: "" },

  async load() {
    const { consents, withdrawn, partners } = await request("/v1/me/consents", { signed: true });
    const lives = new Set(consents.map((one) => one.purpose));
    const first = (one, at, all) => all.findIndex((other) => other.purpose === one.purpose) === at;
    this.setData({
      partners: partners.map((one) => this.partner(one)),
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

  partner(one) {
    const { t } = this.data;
    const named = (given) => one.scopes.filter((scope) => scope.given === given).map((scope) => scope.title).join(t.comma);
    const [gives, keeps] = [named(true), named(false)];
    return {
      id: one.id, name: one.name, organisation: one.organisation, purpose: one.purpose, kiosk: one.kind === "kiosk",
      gives: texts.fill(t.gives, { names: gives || t.numberOnly }), keeps: keeps ? texts.fill(t.keeps, { names: keeps }) : "",
      until: texts.fill(t.partnerUntil, { from: day(one.given_at), to: day(one.until) }),
      used: one.last_used_at ? texts.fill(t.used, { time: moment(one.last_used_at) }) : t.unused,
    };
  },

  /** Ends what the partner may see, its sign-ins with it. */
  leave(event) {
    const { t } = this.data;
    const { id } = event.currentTarget.dataset;
    const { name } = this.data.partners.find((one) => one.id === id);
    this.sure({ title: texts.fill(t.withdrawTitle, { title: name }), content: texts.fill(t.partnerEnds, { name }), yes: t.withdrawYes }, async () => {
      await request(`/v1/me/consents/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      this.say(t.done);
      await this.load();
    });
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
