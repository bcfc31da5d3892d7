// The form, the card it turns into, and the way to be rid of both.
import * as camera from "./camera.js";

const at = (id) => document.getElementById(id);
const words = document.body.dataset;
const form = at("form");
const GIVEN = ["name", "number", "pin", "card", "phone"];
let picture = null;
let opening = null;
let resident = null;

const show = (...ids) => ids.forEach((id) => (at(id).hidden = false));
const hide = (...ids) => ids.forEach((id) => (at(id).hidden = true));

function complain(id, message) {
  at(id).textContent = message;
  at(id).hidden = !message;
}

function choose(blob) {
  picture = blob;
  const url = URL.createObjectURL(blob);
  at("preview").src = url;
  at("got-portrait").src = url;
  complain("problem", "");
  hide("choose", "shooting", "video");
  show("preview", "chosen");
  at("submit").focus();
}

function chooseAnew() {
  if (at("preview").src) URL.revokeObjectURL(at("preview").src);
  at("preview").removeAttribute("src");
  at("got-portrait").removeAttribute("src");
  at("file").value = "";
  opening = null;
  picture = null;
  hide("preview", "chosen", "shooting", "video");
  show("choose");
}

async function openCamera() {
  complain("problem", "");
  try {
    await camera.open(at("video"));
    hide("choose");
    show("video", "shooting");
    at("shoot").focus();
  } catch (fault) {
    complain("problem", fault.name === "NotFoundError" ? words.none : words.denied);
  }
}

function closeCamera() {
  camera.close(at("video"));
  hide("video", "shooting");
  show("choose");
  at("open").focus();
}

async function send(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error(words.network);
  }
  const body = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.detail ?? words.network);
  return body;
}

async function admit() {
  const chosen = new FormData(form);
  const wanted = { portrait: await camera.encoded(picture) };
  if (at("name").value.trim()) wanted.name = at("name").value.trim();
  if (chosen.get("sex")) wanted.sex = chosen.get("sex");
  wanted.kind = at("kind").value;
  if (at("born").value) wanted.born = at("born").value;
  if (at("guardian").value.trim()) wanted.guardian = at("guardian").value.trim();
  const headers = { "Content-Type": "application/json" };
  return send("/residents", { method: "POST", headers, body: JSON.stringify(wanted) });
}

async function submit(event) {
  event.preventDefault();
  await opening; // whoever presses before a large picture is read is not told that it is missing
  if (!picture) return complain("problem", words.need);
  const button = at("submit");
  const label = button.textContent;
  button.disabled = true;
  button.textContent = words.working;
  try {
    resident = await admit();
    reveal();
  } catch (fault) {
    complain("problem", fault.message);
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
}

function reveal() {
  complain("problem", "");
  for (const known of GIVEN) at(`got-${known}`).value = resident[known];
  hide("form");
  show("result");
  at("result").focus();
  scrollTo({ top: 0 });
}

async function copy(button) {
  const output = at(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(output.value);
  } catch {
    getSelection().selectAllChildren(output); // the person can copy by hand
    return;
  }
  const label = button.textContent;
  button.textContent = words.copied;
  at("said").textContent = words.copied;
  setTimeout(() => (button.textContent = label), 1500);
}

async function remove() {
  const button = at("delete");
  if (!button.dataset.asked) {
    button.dataset.asked = button.textContent;
    button.textContent = words.sure;
    return;
  }
  try {
    const headers = { "X-Delete-Token": resident.delete_token };
    await send(`/residents/${resident.id}`, { method: "DELETE", headers });
    forget();
  } catch (fault) {
    complain("trouble", fault.message);
  }
}

function forget() {
  resident = null;
  for (const known of GIVEN) at(`got-${known}`).value = "";
  chooseAnew();
  settle();
  hide("result");
  show("gone");
  at("gone").focus();
}

function settle() {
  const button = at("delete");
  if (button.dataset.asked) button.textContent = button.dataset.asked;
  delete button.dataset.asked;
  complain("trouble", "");
}

function startAgain() {
  form.reset();
  hide("gone");
  show("form");
  at("open").focus();
}

form.addEventListener("submit", submit);
at("open").addEventListener("click", openCamera);
at("stop").addEventListener("click", closeCamera);
at("again").addEventListener("click", chooseAnew);
at("delete").addEventListener("click", remove);
at("delete").addEventListener("blur", settle);
at("another").addEventListener("click", startAgain);
at("shoot").addEventListener("click", async () => {
  const still = await camera.shoot(at("video"));
  camera.close(at("video"));
  choose(still);
});
at("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  opening = camera.fromFile(file);
  choose(await opening);
});
for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", () => copy(button));
}
addEventListener("pagehide", () => camera.close(at("video")));
if (!camera.hasCamera()) at("open").hidden = true;
