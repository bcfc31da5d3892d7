// The wallet: licences as cards, and every kind that can be brought in from its department.

const { date } = require("../../utils/format");
const { pattern } = require("../../utils/guilloche");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const TONES = ["deep", "blue", "red", "gold"]; // by turns, so that cards are told apart at a glance

Page(own({
  words: "licences",
  data: { cards: [], ended: [], kinds: [], next: "", said: "", pattern: pattern(), verifier: wx.browserHost ? `${wx.browserHost.origin}/verify/` : "" },

  async load() {
    const { licences, types, next } = await request("/v1/licences", { signed: true });
    this.types = types;
    this.found = licences;
    this.lay(next);
  },

  lay(next) {
    const shown = this.found.map((one) => this.card(one));
    const cards = shown.filter((one) => one.living);
    const here = cards.map((one) => one.type.id);
    this.setData({
      cards, ended: shown.filter((one) => !one.living), next: next || "",
      kinds: this.types.filter((one) => !here.includes(one.id)),
    });
  },

  card(one) {
    const { t } = this.data;
    const tone = TONES[this.types.findIndex((kind) => kind.id === one.type.id) % TONES.length];
    return { ...one, tone, until: one.until ? texts.fill(t.until, { day: date(one.until) }) : t.forever, url: `/pages/licence/licence?id=${encodeURIComponent(one.id)}` };
  },

  more() {
    return this.attempt(async () => {
      const { licences, next } = await request(`/v1/licences?cursor=${encodeURIComponent(this.data.next)}`, { signed: true });
      this.found = [...this.found, ...licences];
      this.lay(next);
    });
  },

  /** What a department does not have is an answer, and stands where the button was. */
  bring(event) {
    const kind = this.types.find((one) => one.id === event.currentTarget.dataset.type);
    this.setData({ said: texts.fill(this.data.t.bringing, { who: kind.department.title }) });
    return this.attempt(async () => {
      try {
        await request(`/v1/licence-types/${kind.id}/licence`, { method: "PUT", signed: true });
        this.say(this.data.t.brought);
        this.setData({ said: "" });
        await this.load();
      } catch (problem) {
        this.setData({ said: "" });
        if (problem.code !== "no-record") throw problem;
        const nothing = texts.fill(this.data.t.nothing, { who: kind.department.title });
        this.setData({ kinds: this.data.kinds.map((one) => (one.id === kind.id ? { ...one, nothing } : one)) });
      }
    });
  },
}));
