// One licence: what stands on it, what of it is shown, and the code that says so for a minute.

const { date } = require("../../utils/format");
const line = require("../../utils/line");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { save } = require("../../utils/save");
const session = require("../../utils/session");
const texts = require("../../utils/texts");

const TURNS = 10; // codes in a row before it is put away by itself
const EARLY = 5; // seconds before its end that a code gives way to the next
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NUMBER = "number";
const PORTRAIT = "portrait";

Page(own({
  words: "licence",
  data: { id: "", found: null, fields: [], until: "", fault: "", code: null, label: "", left: "", announced: "", stopped: false, canCopy: Boolean(wx.browserHost) },

  onLoad({ id }) {
    this.setData({ id: id || "" });
  },
  onHide() {
    this.putAway(false);
  },
  onUnload() {
    this.putAway(false);
  },
  address() {
    return `/pages/licence/licence?id=${encodeURIComponent(this.data.id)}`;
  },
  path(part = "") {
    return `/v1/licences/${encodeURIComponent(this.data.id)}${part}`;
  },

  async load() {
    const found = await request(this.path(), { signed: true });
    const { t } = this.data;
    wx.setNavigationBarTitle({ title: found.type.title });
    this.setData({ found, until: found.until ? texts.fill(t.until, { day: date(found.until) }) : "", label: texts.fill(t.qr, { title: found.type.title }), fields: this.fields(found) });
  },

  fields(found) {
    const { t } = this.data;
    const facts = [...found.facts, { name: NUMBER, title: t.number, value: found.number }];
    const kept = this.data.fields.filter((one) => one.chosen).map((one) => one.name);
    const chosen = kept.length ? kept : found.usual;
    const rows = facts.map((one) => ({ ...one, value: DAY.test(one.value) ? date(one.value) : one.value }));
    if (found.portrait) rows.push({ name: PORTRAIT, title: t.portrait, value: "" });
    return rows.map((one) => ({ ...one, chosen: chosen.includes(one.name) }));
  },

  choose(event) {
    const chosen = event.detail.value;
    this.setData({ fields: this.data.fields.map((one) => ({ ...one, chosen: chosen.includes(one.name) })), fault: "" });
  },

  show() {
    const shown = this.data.fields.filter((one) => one.chosen).map((one) => one.name);
    if (!shown.some((name) => name !== PORTRAIT)) return this.setData({ fault: this.data.t.missing });
    this.turns = 0;
    return this.attempt(() => this.next(shown));
  },

  /** A code of its own, and the next one shortly before it is over. */
  async next(shown) {
    const made = await this.hand(shown);
    this.turns += 1;
    const code = { text: made.text, picture: made.picture };
    this.setData({ code, stopped: false });
    this.count(made.seconds - EARLY, shown);
  },

  /** A session that is bound to this device's key is shown by that key; else the house's answer is
   * whole, and so is its picture. */
  async hand(shown) {
    const key = session.bound() ? line.deviceKey() : null;
    const data = key ? { shown, key: await key.jwk() } : { shown };
    const made = await request(this.path("/presentations"), { method: "POST", data, signed: true });
    const presentation = key ? await key.shown(made) : made.presentation;
    const text = made.link + presentation;
    return { text, picture: made.qr || wx.browserHost.qr(text), seconds: made.seconds };
  },

  count(seconds, shown) {
    clearTimeout(this.timer);
    this.setData({ left: texts.fill(this.data.t.left, { n: seconds }) });
    if (seconds > 0) this.timer = setTimeout(() => this.count(seconds - 1, shown), 1000);
    else if (this.turns >= TURNS) this.putAway(true);
    else this.renew(shown);
  },

  async renew(shown) {
    try {
      await this.next(shown);
    } catch (problem) {
      this.putAway(false);
      this.stop(problem);
    }
  },

  stopShowing() {
    this.putAway(false);
  },
  putAway(stopped) {
    clearTimeout(this.timer);
    this.setData({ code: null, left: "", stopped });
  },

  copy() {
    wx.browserHost.copy(this.data.code.text);
    this.say(this.data.t.copied);
  },

  refresh() {
    return this.attempt(async () => {
      const line = await request(`/v1/licence-types/${this.data.found.type.id}/licence`, { method: "PUT", signed: true });
      this.setData({ id: line.id });
      await this.load();
      this.say(this.data.t.refreshed);
    });
  },

  pdf() {
    return this.attempt(async () => {
      const content = await request(this.path("/pdf"), { signed: true, binary: true });
      await save({ name: `${this.data.found.type.id}.pdf`, type: "application/pdf", content });
    });
  },

  back() {
    wx.navigateBack({ delta: 1 });
  },
}));
