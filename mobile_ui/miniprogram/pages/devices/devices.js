// Where one is signed in, which devices bring one back without a new proof, and passkeys.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const passkeys = require("../../utils/passkeys");
const returning = require("../../utils/returning");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const { moment } = require("../../utils/format");

Page(own({
  words: "devices",
  data: { sessions: [], devices: [], keys: [], canPasskey: false, canStay: false, here: false },

  async load() {
    const parts = ["sessions", "devices", "passkeys"].map((part) => request(`/v1/me/${part}`, { signed: true }));
    const [{ sessions }, { devices }, { passkeys: keys }] = await Promise.all(parts);
    const here = (session.remembered() || {}).id;
    this.setData({
      sessions: sessions.map((one) => this.place(one)), devices: devices.map((one) => this.kept(one, here)), keys: keys.map((one) => this.key(one)),
      canPasskey: passkeys.possible(), canStay: returning.possible(), here: devices.some((one) => one.id === here),
    });
  },

  place(one) {
    const { t } = this.data;
    const name = [one.partner || one.device || t.other, one.current && t.current].filter(Boolean).join(" · ");
    const where = [one.place, t.channels[one.channel]].filter(Boolean).join(" · ");
    return { id: one.id, current: one.current, name, where, used: texts.fill(t.used, { time: moment(one.last_used_at) }), agent: Boolean(one.actor) };
  },

  kept(one, here) {
    const { t } = this.data;
    const current = one.id === here;
    const name = [one.name, one.way, current && t.current].filter(Boolean).join(" · ");
    return { id: one.id, current, name, icon: one.kind === "wechat" ? "brand-wechat" : "device-mobile-check", used: texts.fill(t.used, { time: moment(one.last_used_at) }) };
  },

  key(one) {
    const { t } = this.data;
    const used = one.last_used_at ? texts.fill(t.used, { time: moment(one.last_used_at) }) : texts.fill(t.added, { time: moment(one.created_at) });
    return { id: one.id, name: one.name, used: one.usable === false ? texts.fill(t.usableFrom, { time: moment(one.usable_from) }) : used };
  },

  gone(path) {
    return this.attempt(async () => {
      await request(path, { method: "DELETE", signed: true });
      await this.load();
    });
  },

  endOther(event) {
    return this.gone(`/v1/me/sessions/${encodeURIComponent(event.currentTarget.dataset.id)}`);
  },

  endAll() {
    const { t } = this.data;
    this.sure({ title: t.outAllTitle, content: t.outAllText, yes: t.outAll }, async () => {
      await request("/v1/me/sessions", { method: "DELETE", signed: true });
      await session.leave({ forgetDevice: true });
      wx.switchTab({ url: "/pages/me/me" });
    });
  },

  forget(event) {
    const { id } = event.currentTarget.dataset;
    const here = this.data.devices.some((one) => one.id === id && one.current);
    return this.attempt(async () => {
      await request(`/v1/me/devices/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      if (here) wx.removeStorageSync("remembered");
      await this.load();
    });
  },

  stay() {
    return this.attempt(async () => {
      const { name } = await request("/v1/me", { signed: true });
      await returning.stay(name);
      await this.load();
    });
  },

  addPasskey() {
    return this.attempt(async () => {
      await passkeys.bind();
      await this.load();
    });
  },

  dropPasskey(event) {
    const { t } = this.data;
    const { id } = event.currentTarget.dataset;
    this.sure({ title: t.dropTitle, content: t.dropText, yes: t.drop }, async () => {
      await request(`/v1/me/passkeys/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      await this.load();
    });
  },
}));
