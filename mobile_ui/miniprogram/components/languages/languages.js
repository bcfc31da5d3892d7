// The languages, side by side, each in its own script. Emits spoken when another is chosen.

const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { stamp: Number },
  data: { t: {}, names: texts.NAMES, now: "" },
  lifetimes: {
    attached() {
      this.look();
    },
  },
  observers: {
    stamp() {
      this.look();
    },
  },
  methods: {
    look() {
      this.setData({ t: texts.of("languages"), now: texts.locale() });
    },

    choose(event) {
      const { id } = event.currentTarget.dataset;
      if (id === this.data.now) return;
      getApp().speak(id);
      this.look();
      this.triggerEvent("spoken", {});
    },
  },
});
