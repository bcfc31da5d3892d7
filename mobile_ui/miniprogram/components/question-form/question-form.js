// A form drawn from a JSON Schema. ``fields`` come from form.fieldsOf; emits typed {fields} at each
// change, and ask {fields} when nothing is wrong with them.

const { checked } = require("../../utils/form");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { fields: Array, label: String, busy: Boolean, submit: String, strong: Boolean },
  data: { t: {}, form: {}, choose: "", filled: [] },
  observers: {
    fields(fields) {
      const choose = texts.of("answer").choose;
      const filled = (fields || []).map((field) => drawn(field, choose));
      this.setData({ t: texts.of("service"), form: texts.of("form"), choose, filled });
    },
  },
  methods: {
    change(event) {
      const { at } = event.currentTarget.dataset;
      const { value } = event.detail;
      const field = this.data.filled[at];
      this.keep(at, { value: field.kind === "choice" ? field.choices[value].value : value });
    },
    tick(event) {
      this.keep(event.currentTarget.dataset.at, { value: event.detail.value.length ? "true" : "" });
    },
    pick(event) {
      this.keep(event.currentTarget.dataset.at, { picked: event.detail.value });
    },

    keep(at, change) {
      const field = drawn({ ...this.data.filled[at], ...change, fault: "" }, this.data.choose);
      this.setData({ [`filled[${at}]`]: field });
      this.triggerEvent("typed", { fields: this.data.filled });
    },

    ask() {
      const filled = checked(this.data.filled);
      this.setData({ filled });
      if (!filled.some((field) => field.fault)) this.triggerEvent("ask", { fields: filled });
    },
  },
});

function drawn(field, choose) {
  const choices = [{ value: "", label: choose }, ...field.options];
  const index = Math.max(0, choices.findIndex((one) => one.value === field.value));
  const boxes = field.options.map((one) => ({ ...one, on: field.picked.includes(one.value) }));
  return { ...field, choices, index, boxes };
}
