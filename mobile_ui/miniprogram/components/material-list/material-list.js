// The materials of an application: what is held already, what is to be uploaded, how far that is.
// ``places``: [{kind, title, required, source, upload, material}], where each comes from for this
// resident, and whether one may upload it. Emits changed {ids, missing: titles, busy}.

const { newKey } = require("../../utils/once");
const texts = require("../../utils/texts");
const upload = require("../../utils/upload");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { places: Array },
  data: { t: {}, rows: [], files: [] },
  observers: {
    places() {
      this.setData({ t: texts.of("apply") });
      this.draw();
    },
  },
  methods: {
    draw() {
      const { places, files } = this.data;
      this.setData({ rows: (places || []).map((one) => this.row(one)) });
      const lacking = this.data.rows.filter((row) => row.open && row.required && !row.files.some((file) => file.state === "sent"));
      this.triggerEvent("changed", {
        ids: files.filter((file) => file.state === "sent").map((file) => file.material),
        missing: lacking.map((row) => row.title), busy: files.some((file) => file.state === "sending"),
      });
    },

    row(one) {
      const { t, files } = this.data;
      const later = one.source === "department";
      const open = one.source === "upload" || (later && one.upload && !one.required);
      return {
        kind: one.kind, title: one.title, open, required: one.required && one.source === "upload",
        mark: open ? (one.required ? t.wanted : t.optional) : t.held,
        from: later ? (open ? t.maybe : t.heldLater) : open ? t.kinds : t.heldEarlier,
        kinds: open && later ? t.kinds : "",
        held: one.material ? [{ id: one.material.id, name: one.material.name, facts: factsOf(one.material, t) }] : [],
        files: files.filter((file) => file.kind === one.kind),
      };
    },

    picture(event) {
      return this.add(event.currentTarget.dataset.kind, upload.choosePicture());
    },
    file(event) {
      return this.add(event.currentTarget.dataset.kind, upload.chooseFile());
    },

    async add(kind, choosing) {
      let chosen;
      try {
        chosen = await choosing;
      } catch {
        return; // thought better of it
      }
      const id = newKey();
      const { t } = this.data;
      this.setData({ files: [...this.data.files, { id, kind, name: chosen.name, chosen, label: texts.fill(t.remove, chosen) }] });
      await this.bring(id);
    },

    again(event) {
      return this.bring(event.currentTarget.dataset.id);
    },

    /** The same key at each try: what had arrived after all is not kept twice. */
    async bring(id) {
      const file = this.data.files.find((one) => one.id === id);
      this.change(id, { state: "sending", progress: 0, told: this.told(0), fault: "" });
      const onProgress = ({ progress }) => this.change(id, { progress, told: this.told(progress) });
      try {
        const material = await upload.send(file.chosen, file.kind, { key: id, onProgress });
        const { t } = this.data;
        this.change(id, { state: "sent", material: material.id, told: t.sent, facts: factsOf(material, t) });
      } catch (problem) {
        this.change(id, { state: "failed", told: this.data.t.failed, fault: this.why(problem), final: Boolean(problem.code) && problem.status !== 0 && !(problem.status >= 500) });
      }
    },

    told(progress) {
      return texts.fill(this.data.t.sending, { n: progress });
    },
    why(problem) {
      const { t } = this.data;
      if (problem.code === "too-big" && problem.name) return texts.fill(t.tooBig, problem);
      if (problem.code === "wrong-kind") return texts.fill(t.wrongKind, problem);
      return problem.detail || t.failed;
    },

    change(id, change) {
      this.setData({ files: this.data.files.map((one) => (one.id === id ? { ...one, ...change } : one)) });
      this.draw();
    },
    remove(event) {
      const { id } = event.currentTarget.dataset;
      this.setData({ files: this.data.files.filter((one) => one.id !== id) });
      this.draw();
    },
  },
});

function factsOf(material, t) {
  const kind = upload.labelOf(material.media_type);
  const shown = material.size ? texts.fill(t.facts, { kind, size: upload.sizeOf(material.size) }) : "";
  return { shown, sum: material.sha256 ? texts.fill(t.sum, { sum: `${material.sha256.slice(0, 8)}…${material.sha256.slice(-8)}` }) : "", whole: material.sha256 || "" };
}
