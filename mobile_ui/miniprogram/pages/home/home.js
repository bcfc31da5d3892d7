// The start: who one is, what waits for one, what one is looking for, and every service on its shelf.

const { request } = require("../../utils/request");
const { pattern } = require("../../utils/guilloche");
const { cell, listPath } = require("../../utils/entries");
const region = require("../../utils/region");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const visit = require("../../utils/visit");

const QUICK = 120; // ms after the last key before titles are suggested
const PAUSE = 600; // and before all that fits is looked for: what finds nothing then is counted

Page({
  data: {
    t: {}, f: {}, card: {}, query: "", hints: [], shelves: [], counters: [], found: [], next: "", count: "", waiting: true, problem: null,
    ways: [], resident: null, nothing: "", sandbox: "", bones: [1, 2, 3, 4], pattern: pattern(), signedIn: false,
    remembered: null, shown: 0, place: null, elder: false, canEnlarge: Boolean(wx.browserHost),
  },

  onShow() {
    this.translate();
    this.look();
    this.find();
    this.meet();
    this.learnPlace();
  },

  look() {
    this.setData({ signedIn: session.signedIn(), remembered: session.remembered(), shown: this.data.shown + 1, place: region.current() });
  },

  translate() {
    const t = texts.of("home");
    this.setData({ t, f: texts.of("finding"), card: texts.of("card"), elder: Boolean(wx.getStorageSync("elder")) });
    wx.setNavigationBarTitle({ title: t.title });
  },

  async find() {
    const asked = this.data.query.trim();
    try {
      const found = await request(listPath({ q: asked, region: region.code() }));
      if (asked === this.data.query.trim()) this.show(found, asked);
    } catch (problem) {
      if (asked === this.data.query.trim()) this.setData({ problem, waiting: false, ways: [{ id: "again", text: this.data.t.again }] });
    }
  },

  /** Words are answered in order of relevance; without any, everything stands on its shelf. */
  show({ services, groups, total = services.length, next }, asked) {
    const { t, f, place } = this.data;
    const here = place ? texts.fill(f.nothingIn, { q: asked, region: place.title }) : texts.fill(t.nothingTitle, { q: asked });
    this.found = asked;
    this.setData({
      hints: [], waiting: false, problem: null, next: asked ? next || "" : "",
      found: asked ? services.map(cell) : [],
      shelves: asked ? [] : shelved(services.filter((one) => one.kind !== "listed"), groups),
      count: asked ? texts.fill(t.found, { n: total }) : "",
      nothing: asked && !services.length ? here : "",
    });
    if (asked) this.setData({ counters: [] });
    else this.countWindows();
  },

  /** What is done at windows, shelf by shelf: there may be thousands, so they have pages of their own. */
  async countWindows() {
    try {
      const { shelves = [] } = await request(listPath({ kind: "listed", region: region.code() }));
      const say = (shelf) => ({ ...shelf, url: `/pages/shelf/shelf?group=${encodeURIComponent(shelf.id)}` });
      if (!this.data.query.trim()) this.setData({ counters: shelves.map(say) });
    } catch {
      this.setData({ counters: [] });
    }
  },

  async more() {
    const asked = this.data.query.trim();
    try {
      const { services, next } = await request(listPath({ q: asked, region: region.code(), cursor: this.data.next }));
      if (asked === this.data.query.trim()) this.setData({ found: [...this.data.found, ...services.map(cell)], next: next || "" });
    } catch (problem) {
      this.setData({ problem, ways: [{ id: "again", text: this.data.t.again }] });
    }
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
    this.calm();
    this.quick = setTimeout(() => this.hint(), QUICK);
    this.pause = setTimeout(() => this.find(), PAUSE);
  },
  calm() {
    clearTimeout(this.quick);
    clearTimeout(this.pause);
  },
  /** Titles that fit so far; without an answer there are simply none. */
  async hint() {
    const asked = this.data.query.trim();
    if (!asked) return;
    const { suggestions } = await request(`/v1/suggestions?q=${encodeURIComponent(asked)}`).catch(() => ({ suggestions: [] }));
    if (asked === this.data.query.trim() && asked !== this.found) this.setData({ hints: suggestions.map((one) => ({ ...one, url: visit.service(one.id) })) });
  },
  search() {
    this.calm();
    this.find();
  },
  suggest(event) {
    this.setData({ query: event.currentTarget.dataset.words });
    this.search();
  },
  clear() {
    this.setData({ query: "", nothing: "" });
    this.search();
  },
  widen() {
    region.keep(null);
    this.look();
    this.search();
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

  enlarge() {
    const elder = !this.data.elder;
    wx.setStorageSync("elder", elder);
    this.setData({ elder });
    wx.showToast({ title: elder ? this.data.f.elderOn : this.data.f.elderOff, icon: "none" });
  },
  switchLanguage() {
    getApp().speak(texts.locale() === "en" ? "zh-CN" : "en");
    this.onShow();
  },
});

function shelved(services, groups) {
  const ids = [...new Set([...groups.map((group) => group.id), ...services.map((one) => one.group.id)])];
  const shelf = (id) => ({ id, here: services.filter((one) => one.group.id === id) });
  return ids.map(shelf).filter(({ here }) => here.length)
    .map(({ id, here }) => ({ id, title: here[0].group.title, services: here.map(cell) }));
}
