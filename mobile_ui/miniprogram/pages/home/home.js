// The start: who one is, what one is looking for, and every service on its shelf.

const { request } = require("../../utils/request");
const { pattern } = require("../../utils/guilloche");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");

const PAUSE = 250; // ms after the last key before asking

Page({
  data: {
    t: {}, card: {}, query: "", shelves: [], count: "", waiting: true, problem: null, ways: [],
    resident: null, nothing: "", sandbox: "", bones: [1, 2, 3, 4], pattern: pattern(), signedIn: false, remembered: null, shown: 0,
  },

  onShow() {
    this.translate();
    this.look();
    this.find();
    this.meet();
    this.learnPlace();
  },

  look() {
    this.setData({ signedIn: session.signedIn(), remembered: session.remembered(), shown: this.data.shown + 1 });
  },

  translate() {
    const t = texts.of("home");
    this.setData({ t, card: texts.of("card") });
    wx.setNavigationBarTitle({ title: t.title });
  },

  async find() {
    const asked = this.data.query.trim();
    try {
      const found = await request(`/v1/services${asked ? `?q=${encodeURIComponent(asked)}` : ""}`);
      if (asked === this.data.query.trim()) this.show(found, asked);
    } catch (problem) {
      this.setData({ problem, waiting: false, ways: [{ id: "again", text: this.data.t.again }] });
    }
  },

  show({ services, groups }, asked) {
    const order = groups.map((group) => group.id);
    const ids = [...new Set([...order, ...services.map((one) => one.group.id)])];
    const shelves = ids.map((id) => {
      const here = services.filter((one) => one.group.id === id);
      return { id, title: here.length ? here[0].group.title : "", services: here.map(cell) };
    }).filter((shelf) => shelf.services.length);
    const { t } = this.data;
    this.setData({
      shelves, waiting: false, problem: null,
      count: asked ? texts.fill(t.found, { n: services.length }) : "",
      nothing: asked && !services.length ? texts.fill(t.nothingTitle, { q: asked }) : "",
    });
  },

  async meet() {
    if (!session.signedIn()) {
      this.setData({ resident: null });
      return;
    }
    try {
      this.setData({ resident: await request("/v1/me", { signed: true }) });
    } catch (problem) {
      // The card invites again; the services below work without it.
      this.setData({ resident: null, signedIn: session.signedIn() && problem.status !== 401, remembered: session.remembered() });
    }
  },

  async learnPlace() {
    try {
      this.setData({ sandbox: (await request("/v1/environment")).sandbox_url || "" });
    } catch {
      this.setData({ sandbox: "" });
    }
  },

  type(event) {
    this.setData({ query: event.detail.value });
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.find(), PAUSE);
  },

  search() {
    clearTimeout(this.pause);
    this.find();
  },

  clear() {
    this.setData({ query: "", nothing: "" });
    this.find();
  },

  /** Came back without a new proof, or said to be somebody else. */
  returned() {
    this.look();
    this.meet();
  },

  invite() {
    visit.verify("");
  },

  way() {
    this.setData({ problem: null, waiting: true });
    this.find();
  },

  switchLanguage() {
    getApp().speak(texts.locale() === "en" ? "zh-CN" : "en");
    this.onShow();
  },
});

function cell(service) {
  return {
    id: service.id, title: service.title, summary: service.summary, icon: service.icon,
    department: service.department.title, url: visit.service(service.id),
  };
}
