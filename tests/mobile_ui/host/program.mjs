// The mini-program's own modules as the host loads them, with a wx of memory for the tests.

import * as program from "../program.js";
import { library } from "../h5/library.js";

export { program };

/** {wx, modules: path → exports}: each call is a fresh program with fresh storage. */
export function fresh({ request = () => {}, locale = "en" } = {}) {
  const kept = new Map([["locale", locale]]);
  const wx = {
    browserHost: true,
    getStorageSync: (key) => kept.get(key) ?? "",
    setStorageSync: (key, value) => kept.set(key, value),
    removeStorageSync: (key) => kept.delete(key),
    request,
  };
  let needs;
  const probe = { ...program, modules: { ...program.modules, probe(module, exports, require) { needs = require; } }, templates: { ...program.templates, probe: "" } };
  const pages = library(probe, wx);
  pages.page("probe");
  return { wx, kept, load: (path) => needs(path) };
}
