import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { fresh, page } from "./program.mjs";

const LOOK = 2000;
const OPEN = { number: "P1", subject: "quote:Q1", state: "paying", payee: "Bureau", fen: 100, title: "t", refunds: [], created_at: "2026-11-21T03:00:00Z" };
const PAID = { ...OPEN, state: "paid", paid_at: "2026-11-21T03:01:00Z" };

/** All that needs no time has happened. */
const quiet = async () => {
  for (let turn = 0; turn < 50; turn += 1) await null;
};

/** The page of one payment; ``answers`` in turn, {status, data} or null for a broken line, the last
 * one for good. ``held``: a list in which answers wait to be called. */
async function paying(...answers) {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const world = { looks: 0, held: null };
  const request = ({ success, fail }) => {
    world.looks += 1;
    const told = answers.length > 1 ? answers.shift() : answers[0];
    const answer = () => (told === null ? fail({ errMsg: "request:fail" }) : success({ statusCode: told.status, data: told.data, header: {} }));
    if (world.held) world.held.push(answer);
    else queueMicrotask(answer);
  };
  const silent = { setNavigationBarTitle() {}, pageScrollTo() {} };
  const made = fresh({ request, wechat: silent, host: {} });
  made.load("utils/session").keep({ access_token: "a", refresh_token: "r" });
  world.alive = page(made, "pages/payment/payment", { number: "P1" });
  world.alive.onShow();
  await quiet();
  world.later = async () => {
    mock.timers.tick(LOOK);
    await quiet();
  };
  return world;
}

const ok = (data) => ({ status: 200, data });
const refused = (status) => ({ status, data: { code: "no", title: "t", detail: "d" } });

test("what moves is looked at again until it has ended", async () => {
  const world = await paying(ok(OPEN), ok(PAID));
  assert.equal(world.alive.data.payment.state, "paying");
  await world.later();
  assert.equal(world.alive.data.payment.state, "paid");
  await world.later();
  assert.equal(world.looks, 2);
});

for (const [what, answer] of [["a broken line", null], ["a server that is not well", refused(503)], ["too often", refused(429)]])
  test(`${what} is tried again, and nothing is told`, async () => {
    const { alive, later } = await paying(ok(OPEN), answer, ok(PAID));
    await later();
    assert.deepEqual([alive.data.problem, alive.data.payment.state], [null, "paying"]);
    await later();
    assert.equal(alive.data.payment.state, "paid");
  });

test("a refusal is told, and ends it", async () => {
  const world = await paying(ok(OPEN), refused(404), ok(PAID));
  await world.later();
  assert.equal(world.alive.data.problem.status, 404);
  await world.later();
  assert.equal(world.looks, 2);
});

test("nobody looks for a page that nobody sees, an answer under way or not", async () => {
  const world = await paying(ok(OPEN));
  world.alive.onHide();
  await world.later();
  assert.equal(world.looks, 1);
  world.held = [];
  world.alive.onShow();
  await quiet();
  world.alive.onHide();
  world.held.forEach((answer) => answer());
  world.held = null;
  await quiet();
  await world.later();
  assert.equal(world.looks, 2);
});

test("seen again it looks at once", async () => {
  const world = await paying(ok(OPEN), ok(PAID));
  world.alive.onHide();
  world.alive.onShow();
  await quiet();
  assert.equal(world.alive.data.payment.state, "paid");
});
