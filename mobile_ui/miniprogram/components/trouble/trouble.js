// What went wrong, in the server's own words, and ways on. ``ways``: [{id, text}].
Component({
  options: { styleIsolation: "apply-shared" },
  properties: {
    problem: Object,
    ways: Array,
  },
  methods: {
    go(event) {
      this.triggerEvent("way", { id: event.currentTarget.dataset.id });
    },
  },
});
