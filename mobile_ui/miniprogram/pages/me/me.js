// One's own identity, who read one's data, where one is signed in, which language.

const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const { moment } = require("../../utils/format");
const visit = require("../../utils/visit");

const LANGUAGES = [{ id: "zh-CN", name: "中文" }, { id: "en", name: "English" }];

Page({
  data: {
    t: {}, card: {}, locale: "", languages: LANGUAGES, signedIn: false, resident: null, levels: [], now: "",
    events: [], next: null, empty: false, sessions: [], problem: null, ways: [], waiting: false,
  },

  onShow() {
    this.translate();
    this.load();
  },

  translate() {
    const t = texts.of("me");
    this.setData({ t, card: texts.of("card"), locale: texts.locale() });
    wx.setNavigationBarTitle({ title: t.title });
  },

  async load() {
    const signedIn = session.signedIn();
    this.setData({ signedIn, problem: null, waiting: signedIn && !this.data.resident });
    if (!signedIn) {
      this.setData({ resident: null, events: [], sessions: [] });
      return;
    }
    try {
      const asked = ["", "/activity", "/sessions"].map((part) => request(`/v1/me${part}`, { signed: true }));
      this.show(...(await Promise.all(asked)));
    } catch (problem) {
      this.stop(problem);
    }
  },

  stop(problem) {
    if (problem.status === 401) {
      session.forget();
      this.setData({ signedIn: false, resident: null, waiting: false });
      return;
    }
    this.setData({ problem, waiting: false, ways: [{ id: "again", text: this.data.t.again }] });
  },

  show(resident, activity, { sessions }) {
    const { t } = this.data;
    const levels = t.levels.map((text, place) => ({ id: place + 1, text, mine: place + 1 === resident.proofed }));
    this.setData({
      resident, levels, waiting: false, now: texts.fill(t.now, { n: resident.acr }),
      events: activity.events.map((event, at) => this.told(event, at)), next: activity.next,
      empty: !activity.events.length, sessions: sessions.map((one) => this.device(one)),
    });
  },

  told(event, at) {
    const { t } = this.data;
    return {
      id: `${event.at}-${at}`, title: [event.title, event.service].filter(Boolean).join(" · "), time: moment(event.at),
      by: event.actor ? texts.fill(t.by, { who: event.actor }) : "",
      why: event.purpose ? texts.fill(t.purpose, { what: event.purpose }) : "",
    };
  },

  device(one) {
    const { t } = this.data;
    return { id: one.id, current: one.current, name: [one.device, one.current && t.current].filter(Boolean).join(" · ") || t.other, used: texts.fill(t.used, { time: moment(one.last_used_at) }) };
  },

  async more() {
    try {
      const page = await request(`/v1/me/activity?cursor=${encodeURIComponent(this.data.next)}`, { signed: true });
      const had = this.data.events.length;
      this.setData({ events: [...this.data.events, ...page.events.map((event, at) => this.told(event, had + at))], next: page.next });
    } catch (problem) {
      this.stop(problem);
    }
  },

  async endOther(event) {
    await this.end(event.currentTarget.dataset.id);
    this.load();
  },

  async end(id) {
    try {
      await request(`/v1/me/sessions/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      return true;
    } catch (problem) {
      this.stop(problem);
      return problem.status === 401;
    }
  },

  async signOut() {
    if (await this.end("current")) this.left();
  },

  signOutAll() {
    const { t } = this.data;
    wx.showModal({
      title: t.outAllTitle, content: t.outAllText, confirmText: t.outAll, cancelText: t.cancel,
      success: ({ confirm }) => confirm && this.endAll(),
    });
  },

  /** This device last, because ending it ends the right to end the others. */
  async endAll() {
    for (const one of this.data.sessions.filter((other) => !other.current)) {
      if (!(await this.end(one.id))) return;
    }
    await this.signOut();
  },

  withdraw() {
    const { t } = this.data;
    wx.showModal({
      title: t.withdraw, content: t.withdrawText, confirmText: t.withdrawYes, cancelText: t.cancel,
      success: ({ confirm }) => confirm && this.withdrawn(),
    });
  },

  async withdrawn() {
    try {
      await request("/v1/me/consents/identity-verification", { method: "DELETE", signed: true });
      this.left();
    } catch (problem) {
      this.stop(problem);
    }
  },

  left() {
    session.forget();
    this.setData({ signedIn: false, resident: null, events: [], sessions: [] });
    wx.showToast({ title: this.data.t.outDone, icon: "none" });
  },

  speak(event) {
    getApp().speak(event.currentTarget.dataset.id);
    this.onShow();
  },

  verify() {
    visit.verify("");
  },

  way() {
    this.load();
  },
});
