import assert from "node:assert/strict";
import { test } from "node:test";
import { fresh, page } from "./program.mjs";

const SERVICE = {
  id: "withdrawal", title: "Withdrawal", kind: "application", icon: "cash", steps: [], materials: [], item: { promised_days: 1 },
  question: { required: ["amount"], properties: { amount: { title: "Amount", type: "integer", "x-show": "money" } } },
};

/** When the page waits for nothing any more. */
async function settled({ data }) {
  do await new Promise((done) => setTimeout(done, 1));
  while (data.busy || data.waiting);
}

/** The page of one service for somebody signed in; ``answers``: "METHOD path" → what is answered in
 * turn, {status, data}; null is a broken line. */
async function applying(answers = {}, options = { id: "withdrawal" }) {
  const sent = [];
  const left = Object.fromEntries(Object.entries(answers).map(([what, list]) => [what, [...list]]));
  const usual = { "GET /v1/services/withdrawal": SERVICE, "POST /v1/services/withdrawal/drafts": { number: "ZB1" }, "PUT /v1/applications/ZB1": { number: "ZB1" } };
  const request = ({ url, method = "GET", header, data, success, fail }) => {
    const what = `${method} ${url}`;
    sent.push({ what, key: header["Idempotency-Key"], data });
    const told = (left[what] || []).length ? left[what].shift() : { status: 200, data: usual[what] };
    setTimeout(() => (told === null ? fail({ errMsg: "request:fail" }) : success({ statusCode: told.status, data: told.data, header: {} })));
  };
  const quiet = { setNavigationBarTitle() {}, pageScrollTo() {}, showToast() {}, navigateTo() {} };
  const made = fresh({ request, wechat: quiet, host: {} });
  made.load("utils/session").keep({ access_token: "a", refresh_token: "r" });
  const alive = page(made, "pages/apply/apply", options);
  alive.onShow();
  await settled(alive);
  const posts = () => sent.filter(({ what }) => what === "POST /v1/services/withdrawal/applications");
  const fill = async (yuan) => {
    const fields = alive.data.fields.map((field) => ({ ...field, value: yuan }));
    alive.type({ detail: { fields } });
    await alive.fill({ detail: { fields } });
  };
  return { alive, sent, posts, fill };
}

const RECEIPT = { status: 201, data: { number: "ZB1", state: "submitted" } };
const SUBMIT = "POST /v1/services/withdrawal/applications";

test("nothing is sent before one has said that it is true", async () => {
  const { alive, fill, posts } = await applying();
  await fill("12.50");
  alive.submit();
  assert.equal(posts().length, 0);
  assert.match(alive.data.fault, /true/);
});

test("pressed twice it is sent once", async () => {
  const { alive, fill, posts } = await applying({ [SUBMIT]: [RECEIPT, RECEIPT] });
  await fill("12.50");
  alive.agree({ detail: { value: ["yes"] } });
  await Promise.all([alive.submit(), alive.submit()]);
  assert.equal(posts().length, 1);
  assert.deepEqual(posts()[0].data, { form: { amount: 1250 }, materials: [], draft: "ZB1" });
  assert.equal(alive.data.sent, true);
});

test("after a broken line what was typed is still there, and the next try has the same key", async () => {
  const { alive, fill, posts } = await applying({ [SUBMIT]: [null, RECEIPT] });
  await fill("12.50");
  alive.agree({ detail: { value: ["yes"] } });
  await alive.submit();
  assert.equal(alive.data.problem.code, "offline");
  alive.way({ detail: { id: "again" } });
  await settled(alive);
  assert.deepEqual([alive.data.problem, alive.data.step, alive.data.agreed], [null, 2, true]);
  await alive.submit();
  assert.equal(posts().length, 2);
  assert.equal(posts()[0].key, posts()[1].key);
  assert.equal(alive.data.sent, true);
});

test("what the server finds wrong stands beside its field, and another form has another key", async () => {
  const wrong = { status: 422, data: { code: "form-invalid", title: "t", detail: "d", fields: ["form.amount"], messages: ["over your balance"] } };
  const { alive, fill, posts } = await applying({ [SUBMIT]: [wrong, RECEIPT] });
  await fill("12.50");
  alive.agree({ detail: { value: ["yes"] } });
  await alive.submit();
  assert.deepEqual([alive.data.step, alive.data.problem], [0, null]);
  assert.equal(alive.data.fields[0].fault, "over your balance");
  await fill("10");
  assert.equal(alive.data.agreed, false); // to something else one has to agree anew
  alive.agree({ detail: { value: ["yes"] } });
  await alive.submit();
  assert.notEqual(posts()[0].key, posts()[1].key);
});

test("what a missing proof stops goes on when one comes back with it", async () => {
  const proof = { status: 401, data: { code: "step-up-needed", title: "t", detail: "d", ways: ["face"] } };
  const { alive, fill, posts } = await applying({ [SUBMIT]: [proof, RECEIPT] });
  await fill("12.50");
  alive.agree({ detail: { value: ["yes"] } });
  await alive.submit();
  assert.equal(alive.data.problem.code, "step-up-needed");
  alive.onShow();
  await settled(alive);
  assert.deepEqual([posts().length, alive.data.sent], [2, true]);
});

test("a draft is opened as it was left, and kept under its number", async () => {
  const draft = { number: "ZB1", service: { id: "withdrawal" }, form: { amount: 700 } };
  const { alive, fill, sent } = await applying({ "GET /v1/applications/ZB1": [{ status: 200, data: draft }] }, { id: "withdrawal", draft: "ZB1" });
  assert.equal(alive.data.fields[0].value, "7");
  await fill("8");
  assert.deepEqual(sent.at(-1), { what: "PUT /v1/applications/ZB1", key: undefined, data: { form: { amount: 800 } } });
});
