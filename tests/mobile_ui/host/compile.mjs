// WeChat's own compilers over the whole mini-program: node compile.mjs FOLDER PACKAGE-FOLDER

import { createRequire } from "node:module";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const [root, packages] = process.argv.slice(2);
const { wxmlToJs, wxssToJs } = createRequire(join(packages, "package.json"))("miniprogram-compiler");
const files = readdirSync(root, { recursive: true }).map(String);
globalThis.window = globalThis; // the compiled pages write their version there
const pages = new Function("global", wxmlToJs(root))({});
const styles = String(wxssToJs(root));
let accepted = 0;
for (const file of files.filter((name) => name.endsWith(".wxml"))) {
  const drawn = pages(file.replaceAll("\\", "/"));
  if (typeof drawn !== "function") throw new Error(`wcc does not know ${file}`);
  drawn({});
  accepted += 1;
}
for (const file of files.filter((name) => name.endsWith(".wxss"))) {
  if (!styles.includes(file.replaceAll("\\", "/"))) throw new Error(`wcsc does not know ${file}`);
  accepted += 1;
}
console.log(JSON.stringify({ accepted }));
