import assert from "node:assert/strict";
import { test } from "node:test";
import { component, fresh } from "./program.mjs";

const PATH = "components/face-capture/face-capture";
const CHALLENGE = {
  id: "1", seconds: 30, prompts: ["front", "blink"],
  steps: [{ prompt: "front", pose: "front" }, { prompt: "blink", pose: "shut" }, { prompt: "blink", pose: "front" }],
};
const CLAIM = { name: "A", id_number: "11010519491231002X" };

/** In a browser: a camera that counts its pictures. */
function browser(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const taken = { count: 0 };
  const createCameraContext = () => ({ takePhoto: ({ success }) => { taken.count += 1; success({ tempImagePath: `data:image/jpeg;base64,${taken.count}` }); } });
  const alive = component(fresh({ wechat: { createCameraContext }, host: {} }), PATH);
  alive.open();
  return { alive, taken };
}

test("too late is no lost try: nothing is sent, and another way is offered", (t) => {
  const { alive } = browser(t);
  alive.changeWay();
  alive.take({ challenge: CHALLENGE });
  t.mock.timers.tick(31_000);
  assert.equal(alive.data.stage, "trouble");
  assert.deepEqual(alive.data.ways.map(({ id }) => id), ["again", "other"]);
  assert.deepEqual(alive.emitted.filter(([name]) => name === "captured"), []);
});

test("without a camera another way is one press away", (t) => {
  const { alive } = browser(t);
  alive.cameraFailed({ detail: { errMsg: "NotFoundError" } });
  alive.way({ detail: { id: "other" } });
  assert.equal(alive.emitted.at(-1)[0], "other");
});

test("one picture a step by itself, in order, labelled with its prompt", (t) => {
  const { alive, taken } = browser(t);
  alive.take({ challenge: CHALLENGE });
  for (let quarter = 0; quarter < 40; quarter += 1) t.mock.timers.tick(250);
  const [, { frames }] = alive.emitted.find(([name]) => name === "captured");
  assert.deepEqual(frames, [{ prompt: "front", image: "1" }, { prompt: "blink", image: "2" }, { prompt: "blink", image: "3" }]);
  assert.equal(taken.count, 3);
});

test("whoever presses the shutter decides when, and twice is once", (t) => {
  const { alive, taken } = browser(t);
  alive.changeWay();
  alive.take({ challenge: CHALLENGE });
  t.mock.timers.tick(6000);
  assert.equal(taken.count, 0);
  alive.shoot();
  alive.shoot();
  assert.equal(taken.count, 1);
});

test("every step has words in both languages", () => {
  const steps = ["front-front", "left-left", "right-right", "mouth-open", "nod-down", "nod-front", "blink-shut", "blink-front"];
  for (const locale of ["en", "zh-CN"]) {
    const words = fresh({ locale }).load("utils/texts").of("face").steps;
    assert.ok(steps.every((step) => words[step]));
  }
});

function wechat(startFacialRecognitionVerify) {
  const extra = startFacialRecognitionVerify ? { startFacialRecognitionVerify } : {};
  const alive = component(fresh({ host: null, wechat: { createCameraContext: () => assert.fail("a camera inside WeChat"), ...extra } }), PATH);
  alive.take({ claim: CLAIM });
  return alive;
}

test("inside WeChat its own check sees the face, and only its result comes here", () => {
  const asked = [];
  const alive = wechat((wanted) => { asked.push(wanted); wanted.success({ verifyResult: "sealed" }); });
  alive.open();
  assert.equal(alive.emitted.at(-1)[0], "ready");
  alive.take({ challenge: CHALLENGE });
  assert.deepEqual([asked[0].name, asked[0].idCardNumber], [CLAIM.name, CLAIM.id_number]);
  assert.deepEqual(alive.emitted.at(-1), ["checked", { result: "sealed" }]);
});

test("a check that WeChat stopped leads on", () => {
  const alive = wechat(({ fail }) => fail({ errMsg: "cancel" }));
  alive.open();
  alive.take({ challenge: CHALLENGE });
  assert.deepEqual([alive.data.stage, alive.data.ways.length], ["trouble", 2]);
});

test("a WeChat without that check offers another way at once", () => {
  assert.equal(wechat(null).data.wechat, false);
});
