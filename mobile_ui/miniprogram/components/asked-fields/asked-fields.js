// The fields that are asked for; each may be given, narrowed or kept. ``rows``: utils/asked.js.
// ``fixed``: only shown, all or nothing. Emits choose {id, value}.

const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { rows: Array, fixed: Boolean },
  data: { t: {} },
  lifetimes: {
    attached() {
      this.setData({ t: texts.of("asked") });
    },
  },
  observers: {
    rows() {
      this.setData({ t: texts.of("asked") });
    },
  },
  methods: {
    choose(event) {
      this.triggerEvent("choose", { id: event.currentTarget.dataset.id, value: event.detail.value });
    },
  },
});
