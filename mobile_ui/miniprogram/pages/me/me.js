// One's own identity, and the way to everything one may see and decide about it.

const { request } = require("../../utils/request");
const acting = require("../../utils/acting");
const returning = require("../../utils/returning");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");

// What each group leads to: page and icon; the words are texts' own.
const GROUPS = [
  { id: "cases", rows: [["applications", "clipboard-list"], ["bookings", "calendar"], ["payments", "cash"], ["tickets", "message-report"], ["notices", "bell"]] },
  { id: "life", rows: [["bills", "receipt"], ["cars", "car"]] },
  { id: "identity", rows: [["licences", "wallet"], ["documents", "id"], ["wards", "mood-kid"], ["family", "heart-handshake"]] },
  { id: "data", rows: [["activity", "eye-check"], ["consents", "checklist"], ["partners", "building"], ["rights", "file-certificate"]] },
  { id: "safety", rows: [["devices", "devices"], ["freeze", "snowflake"]] },
];

Page({
  data: {
    t: {}, card: {}, locale: "", languages: texts.NAMES, signedIn: false, remembered: null, resident: null, groups: [],
    levels: [], now: "", problem: null, ways: [], waiting: false, shown: 0,
  },

  onShow() {
    this.translate();
    this.load();
  },

  translate() {
    const t = texts.of("me");
    this.setData({ t, card: texts.of("card"), locale: texts.locale(), shown: this.data.shown + 1 });
    wx.setNavigationBarTitle({ title: t.title });
  },

  async load() {
    const signedIn = session.signedIn();
    this.setData({ signedIn, remembered: session.remembered(), problem: null, waiting: signedIn && !this.data.resident });
    if (!signedIn) {
      this.setData({ resident: null });
      return;
    }
    try {
      this.show(await request("/v1/me", { signed: true }));
    } catch (problem) {
      this.stop(problem);
      return;
    }
    this.count();
  },

  stop(problem) {
    if (problem.status === 401) {
      session.forget();
      this.setData({ signedIn: false, resident: null, waiting: false, remembered: session.remembered() });
      return;
    }
    this.setData({ problem, waiting: false, ways: [{ id: "again", text: this.data.t.again }] });
  },

  show(resident) {
    const { t } = this.data;
    const levels = t.levels.map((text, place) => ({ id: place + 1, text, mine: place + 1 === resident.proofed }));
    this.setData({ resident, levels, waiting: false, now: texts.fill(t.now, { n: resident.acr }), groups: this.grouped(0) });
  },

  grouped(unread) {
    const { t } = this.data;
    const row = ([id, icon]) => ({
      id, icon, url: `/pages/${id}/${id}`, title: t.rows[id].title, text: t.rows[id].text,
      count: id === "notices" && unread ? texts.fill(t.unread, { n: unread }) : "",
    });
    return GROUPS.map(({ id, rows }) => ({ id, title: t.groups[id], rows: rows.map(row) }));
  },

  /** How many notices wait; without an answer the list is simply without the number. */
  async count() {
    try {
      const { unread } = await request("/v1/me/notices", { signed: true });
      if (this.data.resident) this.setData({ groups: this.grouped(unread) });
    } catch {
      this.setData({ groups: this.grouped(0) });
    }
  },

  signOut() {
    return this.end(false);
  },
  signOutAndForget() {
    return this.end(true);
  },

  async end(forgetDevice) {
    try {
      await returning.signOut(forgetDevice);
    } catch (problem) {
      this.stop(problem);
      return;
    }
    acting.stop();
    this.setData({ signedIn: false, resident: null, remembered: session.remembered() });
    wx.showToast({ title: this.data.t.outDone, icon: "none" });
  },

  returned() {
    this.load();
  },

  speak(event) {
    getApp().speak(event.currentTarget.dataset.id);
    this.onShow();
  },

  verify() {
    visit.verify("");
  },
  freeze() {
    wx.navigateTo({ url: "/pages/freeze/freeze" });
  },

  way() {
    this.load();
  },
});
