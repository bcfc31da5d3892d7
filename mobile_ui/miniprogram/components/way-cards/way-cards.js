// The ways of proving who one is, side by side: cards of one size, none chosen beforehand.
// ``ways``: [{id, title, summary, icon, levelText}]. Emits choose {id}.
Component({
  options: { styleIsolation: "apply-shared" },
  properties: { ways: Array, label: String },
  methods: {
    choose(event) {
      this.triggerEvent("choose", { id: event.currentTarget.dataset.id });
    },
  },
});
