// At a window: this device shows a code, staff look at the document, a second one confirms.
// The request outlives a closed page: a person waits in a queue. Emits done, refused, other.

const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const { moment } = require("../../utils/format");

const PENDING = "session:window";
const PAUSE = 3000; // ms between two questions whether it is done

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { consent: Object, lift: Boolean },
  data: { t: {}, pending: null, shownCode: "", spelled: "", until: "", state: "waiting", stateText: "", line: true },
  lifetimes: {
    attached() {
      this.setData({ t: texts.of("window") });
      const kept = wx.getStorageSync(PENDING);
      if (kept && new Date(kept.expires_at) > new Date()) this.show(kept);
      else this.begin();
    },
    detached() {
      clearTimeout(this.clock);
      this.gone = true;
    },
  },
  methods: {
    async begin() {
      try {
        const data = { device: session.device(), consent: this.data.consent };
        const made = await request("/v1/window-requests", { method: "POST", data, proving: true });
        wx.setStorageSync(PENDING, made);
        this.show(made);
      } catch (problem) {
        this.triggerEvent("refused", { problem });
      }
    },

    show(pending) {
      const { t } = this.data;
      const code = String(pending.code).replace(/[\s-]/g, "");
      const half = Math.ceil(code.length / 2);
      this.setData({
        pending, shownCode: `${code.slice(0, half)} ${code.slice(half)}`, spelled: code.split("").join(" "),
        until: texts.fill(t.until, { time: moment(pending.expires_at) }), stateText: t.states.waiting,
      });
      this.ask();
    },

    /** Asks again and again until the window has decided; a broken line only makes it wait. */
    async ask() {
      const { pending, t } = this.data;
      try {
        const { state } = await this.post("state", { secret: pending.secret });
        this.setData({ state, stateText: t.states[state] || "", line: true });
        if (state === "confirmed") return await this.fetch();
        if (state === "refused" || state === "expired") return this.over(state);
      } catch (problem) {
        if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) return this.fail(problem);
        this.setData({ line: false });
      }
      if (!this.gone) this.clock = setTimeout(() => this.ask(), PAUSE);
      return undefined;
    },

    async fetch() {
      const { pending } = this.data;
      const data = { secret: pending.secret, device: session.device() };
      if (this.data.lift) data.lift_freeze = true;
      const answer = await this.post("tokens", data, true);
      wx.removeStorageSync(PENDING);
      this.triggerEvent("done", { answer });
    },

    post(part, data, proving = false) {
      return request(`/v1/window-requests/${this.data.pending.id}/${part}`, { method: "POST", data, proving });
    },

    over(state) {
      const { t } = this.data;
      this.fail({ status: 409, code: `window-${state}`, ...t[state], icon: "building-community" });
    },

    /** A frozen identity is freed by asking again for the same tokens. */
    fail(problem) {
      if (problem.code !== "identity-frozen") wx.removeStorageSync(PENDING);
      this.triggerEvent("refused", { problem });
    },

    other() {
      this.triggerEvent("other", {});
    },
  },
});
