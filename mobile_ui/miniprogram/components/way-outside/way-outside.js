// The network identity: its own page proves the person and sends them back here with a result.
// ``outside``: the id one came back with; ``alone``: not within the session there is;
// ``limited``: only proven once more. Emits done
// {answer, back, alone, limited}, refused {problem}, other.

const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");

const PENDING = "session:outside";

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { claim: Object, outside: String, back: String, alone: Boolean, limited: Boolean },
  data: { t: {}, busy: false, waiting: false },
  lifetimes: {
    attached() {
      this.setData({ t: texts.of("outside"), waiting: Boolean(this.data.outside) });
      if (this.data.outside) this.fetch();
    },
  },
  methods: {
    /** The answer binds this very browser by a cookie that no script reads. */
    async begin() {
      this.setData({ busy: true });
      try {
        const { claim, back, alone, limited } = this.data;
        const data = { ...claim, device: session.device() };
        const made = await request("/v1/outside-logins", { method: "POST", data, signed: !alone && session.signedIn(), proving: true, cookies: true });
        wx.setStorageSync(PENDING, { id: made.id, secret: made.secret, back, alone, limited });
        wx.browserHost.leaveTo(made.url);
      } catch (problem) {
        this.setData({ busy: false });
        this.triggerEvent("refused", { problem });
      }
    },

    async fetch() {
      const kept = wx.getStorageSync(PENDING);
      const { outside, t } = this.data;
      if (!kept || (outside && kept.id !== outside)) {
        this.triggerEvent("refused", { problem: { status: 409, code: "outside-elsewhere", ...t.elsewhere, icon: "world-check" } });
        return;
      }
      this.setData({ waiting: true });
      try {
        const data = { secret: kept.secret, device: session.device() };
        const answer = await request(`/v1/outside-logins/${encodeURIComponent(kept.id)}/tokens`, { method: "POST", data, signed: !kept.alone && session.signedIn(), proving: true });
        wx.removeStorageSync(PENDING);
        this.triggerEvent("done", { answer, back: kept.back || "", alone: kept.alone, limited: kept.limited });
      } catch (problem) {
        if (problem.status) wx.removeStorageSync(PENDING);
        this.triggerEvent("refused", { problem });
      }
    },

    other() {
      this.triggerEvent("other", {});
    },
  },
});
