// Children in one's care: registering them, the code a child begins with, what happened for them.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");
const { date, moment } = require("../../utils/format");

const PURPOSE = "guardian-consent";

Page(own({
  words: "wards",
  data: { wards: [], guardians: [], step: "", given: null, purpose: PURPOSE, code: null, seen: null },

  async load() {
    const { wards, guardians } = await request("/v1/me/wards", { signed: true });
    const { t } = this.data;
    const until = (one) => texts.fill(t.until, { day: date(one.ends_on) });
    this.setData({
      wards: wards.map((one) => ({ ...one, until: until(one), state: one.admitted ? t.admitted : t.notYet })),
      guardians: (guardians || []).map((one) => ({ ...one, until: until(one) })), step: "", code: null, seen: null,
    });
  },

  add() {
    this.setData({ step: "consent", given: null });
    wx.pageScrollTo({ scrollTop: 0 });
  },
  agreed(event) {
    this.consent = event.detail;
    this.setData({ step: "child" });
  },
  keep() {
    this.setData({ step: "" });
  },

  child(event) {
    this.setData({ given: event.detail });
    return this.attempt(async () => {
      await request("/v1/me/wards", { method: "POST", data: { ...event.detail, consent: this.consent }, signed: true });
      await this.load();
    });
  },

  code(event) {
    const { id, name } = event.currentTarget.dataset;
    return this.attempt(async () => {
      const made = await request(`/v1/me/wards/${encodeURIComponent(id)}/code`, { method: "POST", signed: true });
      this.setData({ code: { value: made.code, until: texts.fill(this.data.t.codeUntil, { name, time: moment(made.expires_at) }) } });
      wx.pageScrollTo({ scrollTop: 0 });
    });
  },

  look(event) {
    const { id, name } = event.currentTarget.dataset;
    return this.attempt(async () => {
      const { events } = await request(`/v1/me/wards/${encodeURIComponent(id)}/activity`, { signed: true });
      const shown = events.map((one, at) => ({ id: at, title: [one.title, one.service].filter(Boolean).join(" · "), time: moment(one.at) }));
      this.setData({ seen: { title: texts.fill(this.data.t.seenTitle, { name }), events: shown } });
    });
  },

  end(event) {
    const { t } = this.data;
    const { id } = event.currentTarget.dataset;
    this.sure({ title: t.endTitle, content: t.endText, yes: t.end }, async () => {
      await request(`/v1/me/wards/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      await this.load();
    });
  },
}));
