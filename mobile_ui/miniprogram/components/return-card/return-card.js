// "Continue as …" on a device that a resident chose to be remembered by. Emits back, other.

const returning = require("../../utils/returning");
const session = require("../../utils/session");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { name: String },
  data: { t: {}, go: "", not: "", busy: false, problem: null },
  observers: {
    name(name) {
      const t = texts.of("returning");
      this.setData({ t, go: texts.fill(t.go, { name }), not: texts.fill(t.other, { name }) });
    },
  },
  methods: {
    async back() {
      this.setData({ busy: true, problem: null });
      try {
        await returning.comeBack();
        this.triggerEvent("back", {});
      } catch (problem) {
        this.setData({ problem: problem.title ? problem : { ...this.data.t.gone, ...problem } });
        if (!session.remembered()) this.triggerEvent("other", { problem });
      }
      this.setData({ busy: false });
    },

    async other() {
      await session.leave({ forgetDevice: true });
      this.triggerEvent("other", {});
    },
  },
});
