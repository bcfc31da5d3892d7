// One way to ask the server: JSON both ways, and every refusal as a Problem (RFC 9457).

import { locale, say } from "./words.js";

export class Problem extends Error {
  constructor(said) {
    super(said.code);
    this.code = said.code;
    this.title = said.title;
    this.detail = said.detail ?? "";
    this.faults = (said.errors ?? []).map((one) => one.message);
  }
}

let ended = () => {};
export function whenSessionEnds(act) { ended = act; }

/** The JSON of the answer, null where there is none. Throws a Problem.
    ``watching``: the page asks by itself, which must not keep anybody signed in. */
export async function ask(method, path, body, { watching = false } = {}) {
  const headers = { "X-Staff-Page": watching ? "watching" : "used", "Accept-Language": locale() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem({ code: "offline", title: say("offline"), detail: say("offline-detail") });
  }
  if (answer.status === 204) return null;
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  const problem = new Problem({ code: "unknown", title: say("offline"), ...said });
  if (problem.code === "staff-sign-in-needed") ended();
  throw problem;
}
