// For whom one acts, as long as one does. ``stamp`` changes when the page is shown again.

const acting = require("../../utils/acting");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { stamp: Number, service: String },
  data: { told: "", stopText: "" },
  lifetimes: {
    attached() {
      this.look();
    },
  },
  observers: {
    "stamp, service": function again() {
      this.look();
    },
  },
  methods: {
    look() {
      const t = texts.of("acting");
      const now = acting.current();
      const outside = now && this.data.service && !acting.covers(this.data.service);
      const told = now ? texts.fill(outside ? t.notFor : t.now, { name: now.name }) : "";
      this.setData({ told, stopText: t.stop });
    },

    stop() {
      acting.stop();
      this.look();
      this.triggerEvent("stopped", {});
    },
  },
});
