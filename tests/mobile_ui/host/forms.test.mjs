import assert from "node:assert/strict";
import { test } from "node:test";
import { component, fresh } from "./program.mjs";

const SCHEMA = {
  required: ["purpose", "amount"],
  properties: {
    purpose: { title: "What for", enum: ["rent", "home"], "x-labels": { rent: "Rent", home: "A home" } },
    amount: { title: "Amount", type: "integer", "x-show": "money", minimum: 1, maximum: 100_000_00 },
    months: { title: "Months", type: "integer", default: 3, minimum: 1, maximum: 12 },
    home: { title: "Home", type: "object", required: ["street"], properties: { street: { title: "Street", type: "string", maxLength: 120 } } },
    kinds: { title: "Kinds", type: "array", items: { enum: ["a", "b"], "x-labels": { a: "A", b: "B" } } },
  },
};
const filled = { purpose: "rent", amount: 120050, months: 2, home: { street: "Tianhe Road" }, kinds: ["b"] };
const form = () => fresh().load("utils/form");
const of = (fields, id) => fields.find((field) => field.id === id);

test("what is missing, too much, too little or no number is told beside its field", () => {
  const { checked, fieldsOf } = form();
  const fields = fieldsOf(SCHEMA, { ...filled, months: 13 });
  of(fields, "purpose").value = "";
  of(fields, "amount").value = "a lot";
  const wrong = checked(fields).filter((field) => field.fault);
  assert.deepEqual(wrong.map((field) => field.id), ["purpose", "amount", "months"]);
  assert.match(of(wrong, "months").fault, /12/);
});

test("the server's own words stand beside the field they are about", () => {
  const { fieldsOf, refused } = form();
  const told = refused(fieldsOf(SCHEMA), { fields: ["form.amount", "elsewhere"], messages: ["over your balance", "x"] });
  assert.deepEqual(told.filter((field) => field.fault).map((field) => [field.id, field.fault]), [["amount", "over your balance"]]);
});

test("what was filled in comes back as it was, money typed in yuan", () => {
  const { collect, fieldsOf } = form();
  const fields = fieldsOf(SCHEMA, filled);
  assert.equal(of(fields, "amount").value, "1200.50");
  assert.deepEqual(collect(fields), filled);
});

for (const [typed, fen] of [["1,200.5", 120050], ["￥0.1", 10], ["19.99元", 1999], ["8", 800], ["1.15", 115]]) {
  test(`${typed} is ${fen} fen`, () => {
    const { collect, fieldsOf } = form();
    const fields = fieldsOf({ properties: { amount: SCHEMA.properties.amount } });
    fields[0].value = typed;
    assert.deepEqual(collect(fields), { amount: fen });
  });
}

test("what is left empty is not sent, and a default is there to be seen", () => {
  const { collect, fieldsOf } = form();
  assert.deepEqual(collect(fieldsOf(SCHEMA)), { months: 3 });
  assert.equal(of(fieldsOf(SCHEMA), "home.street").required, false); // the object itself may be absent
});

test("it is read once more in words", () => {
  const { fieldsOf, readable } = form();
  assert.deepEqual(readable(fieldsOf(SCHEMA, filled)).map((row) => row.value), ["Rent", "¥1,200.50", "2", "Tianhe Road", "B"]);
});

test("the same content keeps its key, other content gets another", () => {
  const once = fresh().load("utils/once").keys();
  const first = once.for({ a: 1 });
  assert.equal(once.for({ a: 1 }), first);
  assert.notEqual(once.for({ a: 2 }), first);
});

const PEOPLE = {
  required: ["people"],
  properties: {
    people: { title: "Who", type: "array", maxItems: 2, items: { type: "object", required: ["name"], properties: { name: { title: "Name", type: "string" }, share: { title: "Share", type: "integer", enum: [25, 50] } } } },
    notes: { title: "Notes", type: "array", items: { type: "string" } },
    floors: { title: "Floors", type: "array", items: { type: "integer" } },
  },
};

test("a list of objects has the fields of each, of which one may be added and taken away within its bounds", () => {
  const { collect, fieldsOf, withRow, withoutRow } = form();
  const first = fieldsOf(PEOPLE);
  assert.deepEqual(first.map((field) => field.id), ["people.0.name", "people.0.share", "people", "notes", "floors"]);
  const two = withRow(first, "people");
  assert.deepEqual(withRow(two, "people"), two); // two at most
  assert.deepEqual(withoutRow(first, "people"), first); // it is required: one at least
  of(two, "people.0.name").value = "Li";
  of(two, "people.1.name").value = "Wu";
  of(two, "people.1.share").value = "50";
  assert.deepEqual(collect(two), { people: [{ name: "Li" }, { name: "Wu", share: 50 }] }); // a number stays one
  assert.deepEqual(collect(withoutRow(two, "people")), { people: [{ name: "Li" }] });
});

test("what a list of objects held comes back, and what is missing in it is told there", () => {
  const { checked, collect, fieldsOf } = form();
  const held = { people: [{ name: "Li", share: 25 }, { name: "Wu" }], notes: ["a", "b"], floors: [1, 2] };
  assert.deepEqual(collect(fieldsOf(PEOPLE, held)), held);
  assert.deepEqual(checked(fieldsOf(PEOPLE)).filter((field) => field.fault).map((field) => field.id), ["people.0.name"]);
});

test("a list of words is one entry a line, empty lines are none", () => {
  const { checked, collect, fieldsOf } = form();
  const fields = fieldsOf(PEOPLE);
  of(fields, "notes").value = " a \n\nb";
  of(fields, "floors").value = "one";
  assert.deepEqual(collect(fields).notes, ["a", "b"]);
  assert.match(of(checked(fields), "floors").fault, /number/);
});

test("half of what is counted in wholes is told at once", () => {
  const { checked, fieldsOf } = form();
  assert.match(of(checked(fieldsOf(SCHEMA, { ...filled, months: 1.5 })), "months").fault, /whole/);
});

const BYTES = { pdf: [0x25, 0x50, 0x44, 0x46, 0x2d], exe: [0x4d, 0x5a, 0x90, 0x00] };
const buffer = (bytes) => new Uint8Array(bytes).buffer;

/** A list with one place; the chooser gives ``file``, the server answers with ``statuses`` in turn. */
function uploads(file, statuses) {
  const sent = [];
  const request = ({ url, header, data, onProgress, success, fail }) => {
    sent.push({ url, header, size: data.byteLength });
    onProgress({ progress: 50 });
    const status = statuses.shift();
    if (!status) return fail({ errMsg: "request:fail" });
    return success({ statusCode: status, header: {}, data: status < 300 ? { id: "m1", media_type: "application/pdf", size: data.byteLength, sha256: "ab".repeat(32) } : { code: "material-kind-wrong", title: "t", detail: "no" } });
  };
  const wechat = {
    chooseMessageFile: ({ success, fail }) => (file ? success({ tempFiles: [{ path: "p", name: file.name, size: file.size ?? 5 }] }) : fail({})),
    getFileSystemManager: () => ({ readFile: ({ success }) => success({ data: buffer(BYTES[file.bytes]) }) }),
  };
  const made = fresh({ request, wechat });
  const list = component(made, "components/material-list/material-list");
  list.take({ places: [{ kind: "lease", title: "Lease", required: true, source: "upload", upload: true, material: null }] });
  const choose = () => list.add("lease", made.load("utils/upload").chooseFile());
  return { list, sent, choose, file: () => list.data.files[0], last: () => list.emitted.at(-1)[1] };
}

test("a file that lies in its name is not sent", async () => {
  const { choose, file, last, sent } = uploads({ name: "lease.pdf", bytes: "exe" }, []);
  await choose();
  assert.equal(sent.length, 0);
  assert.equal(file().state, "failed");
  assert.match(file().fault, /lease\.pdf/);
  assert.deepEqual(last().missing, ["Lease"]);
});

test("a file over ten megabytes is not read", async () => {
  const { choose, file, sent } = uploads({ name: "big.pdf", bytes: "pdf", size: 10 * 1024 * 1024 + 1 }, []);
  await choose();
  assert.deepEqual([sent.length, file().state], [0, "failed"]);
});

test("who thinks better of choosing leaves nothing behind", async () => {
  const { choose, list } = uploads(null, []);
  await choose();
  assert.equal(list.data.files.length, 0);
});

test("after a broken line the same file goes with the same key", async () => {
  const { choose, file, last, list, sent } = uploads({ name: "租约 (1).pdf", bytes: "pdf" }, [0, 201]);
  await choose();
  assert.equal(file().state, "failed");
  await list.again({ currentTarget: { dataset: { id: file().id } } });
  assert.equal(file().state, "sent");
  assert.equal(sent[0].header["Idempotency-Key"], sent[1].header["Idempotency-Key"]);
  assert.match(sent[1].header["content-disposition"], /^attachment; filename\*=UTF-8''[A-Za-z0-9%.]+$/); // RFC 8187
  assert.deepEqual(last(), { ids: ["m1"], missing: [], busy: false });
});
