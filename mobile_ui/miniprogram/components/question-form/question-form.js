// A form drawn from a JSON Schema. ``fields`` come from form.fieldsOf; emits typed {fields} at each
// change, and ask {fields} when nothing is wrong with them.

const { checked, withRow, withoutRow } = require("../../utils/form");
const texts = require("../../utils/texts");

const WIDE = ["long", "lines", "several", "yes"]; // kinds with a whole row of the form

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { fields: Array, label: String, busy: Boolean, submit: String, strong: Boolean },
  data: { t: {}, form: {}, choose: "", filled: [] },
  observers: {
    fields(fields) {
      this.setData({ t: texts.of("service"), form: texts.of("form"), choose: texts.of("answer").choose });
      this.draw(fields || []);
    },
  },
  methods: {
    draw(fields) {
      const { choose, form } = this.data;
      this.setData({ filled: fields.map((field) => drawn(field, choose, form)) });
    },

    add(event) {
      this.rows(withRow(this.data.filled, event.currentTarget.dataset.id));
    },
    drop(event) {
      this.rows(withoutRow(this.data.filled, event.currentTarget.dataset.id));
    },
    rows(fields) {
      this.draw(fields);
      this.triggerEvent("typed", { fields: this.data.filled });
    },

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
      const { choose, form } = this.data;
      const field = drawn({ ...this.data.filled[at], ...change, fault: "" }, choose, form);
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

function drawn(field, choose, form) {
  if (field.kind === "rows") return { ...field, add: texts.fill(form.add, field), drop: texts.fill(form.drop, { title: field.title, n: field.count }), wide: true };
  const choices = [{ value: "", label: choose }, ...field.options];
  const index = Math.max(0, choices.findIndex((one) => one.value === field.value));
  const boxes = field.options.map((one) => ({ ...one, on: field.picked.includes(one.value) }));
  return { ...field, choices, index, boxes, wide: WIDE.includes(field.kind) || Boolean(field.above) };
}
