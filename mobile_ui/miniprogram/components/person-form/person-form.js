// Who one says one is: the document, the name as it stands there, the number.
// ``given``: what was typed before; ``guarded``: a guardian's code is wanted whatever the number
// says; ``child``: it is about one's child; ``nameless``: the name is known; ``skip``: the words of
// a way past it. Emits person {document_type, name, id_number, …}, empty when skipped.

const idNumber = require("../../utils/id-number");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const RESIDENT_ID = "resident-id";

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { given: Object, sandbox: String, next: String, title: String, guarded: Boolean, child: Boolean, nameless: Boolean, skip: String },
  data: {
    t: {}, types: [], titles: [], at: 0, type: {}, rule: "", example: "", weak: "", abroad: false, young: false,
    name: "", number: "", country: "", code: "", nameFault: "", numberFault: "", countryFault: "", codeFault: "",
  },
  lifetimes: {
    attached() {
      const given = this.data.given || {};
      this.setData({ t: texts.of("person"), name: given.name || "", number: given.id_number || "", country: given.country || "", code: given.guardian_code || "" });
      this.readTypes(given.document_type || RESIDENT_ID);
      this.tidyNumber();
    },
  },
  methods: {
    async readTypes(chosen) {
      try {
        const answer = await request("/v1/document-types");
        const types = answer.document_types || answer;
        this.setData({ types, titles: types.map((one) => one.title) });
        this.choose(Math.max(0, types.findIndex((one) => one.id === chosen)));
      } catch {
        const type = { id: RESIDENT_ID, title: this.data.t.residentId, example: "" };
        this.setData({ types: [type], titles: [type.title] });
        this.choose(0);
      }
    },

    choose(at) {
      const { t, types } = this.data;
      const type = types[at];
      this.setData({
        at, type, numberFault: "", rule: t.rules[type.id] || t.rules.other, abroad: Boolean(type.country),
        weak: type.register === false && !this.data.child ? t.formOnly : "",
        example: type.example ? texts.fill(t.example, { example: type.example }) : "",
      });
    },
    pickType(event) {
      this.choose(Number(event.detail.value));
      this.tidyNumber();
    },

    typeName(event) {
      this.setData({ name: event.detail.value, nameFault: "" });
    },
    addDot() {
      this.setData({ name: `${this.data.name}·` });
    },
    typeNumber(event) {
      this.setData({ number: event.detail.value, numberFault: "", young: idNumber.young(idNumber.tidy(event.detail.value)) });
    },
    typeCountry(event) {
      this.setData({ country: event.detail.value.toUpperCase(), countryFault: "" });
    },
    typeCode(event) {
      this.setData({ code: event.detail.value, codeFault: "" });
    },
    tidyNumber() {
      const plain = idNumber.tidy(this.data.number);
      this.setData({ number: plain.length === 18 ? idNumber.spaced(plain) : plain, young: idNumber.young(plain) });
    },

    submit() {
      const { t, name, number, type, abroad, country, code } = this.data;
      const guarded = !this.data.child && !this.data.nameless && (this.data.guarded || this.data.young);
      const plain = idNumber.tidy(number);
      const faults = {
        nameFault: name.trim() || this.data.nameless ? "" : t.nameMissing,
        numberFault: this.numberWrong(plain, type.id),
        countryFault: abroad && !/^[A-Z]{2}$/.test(country.trim()) ? t.countryMissing : "",
        codeFault: guarded && !code.trim() ? t.codeMissing : "",
      };
      this.setData(faults);
      if (Object.values(faults).some(Boolean)) return;
      const person = { document_type: type.id, name: name.trim(), id_number: plain };
      if (abroad) person.country = country.trim();
      if (guarded) person.guardian_code = code.trim();
      this.triggerEvent("person", person);
    },

    skipped() {
      this.triggerEvent("person", {});
    },

    /** Only the commonest number is judged here; the server judges all. */
    numberWrong(plain, kind) {
      const { t } = this.data;
      if (!plain) return t.numberMissing;
      const fault = kind === RESIDENT_ID && plain.length !== 15 ? idNumber.fault(plain) : "";
      return fault ? t.faults[fault] : "";
    },
  },
});
