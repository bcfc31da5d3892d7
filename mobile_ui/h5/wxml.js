// Reads WXML text into a tree that render.js draws: elements, texts, and the two structures
// of the language, choices (wx:if, wx:elif, wx:else) and repeats (wx:for).

import { expression, template } from "./expression.js";

const TAG = /<!--[\s\S]*?-->|<\/([\w-]+)\s*>|<([\w-]+)((?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'))?)*)\s*(\/?)>/g;
const ATTRIBUTE = /([\w:.-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?/g;
const EVENT = /^(?:bind|catch):?([a-z]+)$/;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&nbsp;": "\u00a0" };

/** The tree of one WXML file; a tag left open or a broken expression is a SyntaxError. */
export function parse(source, file = "wxml") {
  const root = { children: [] };
  const open = [root];
  let last = 0;
  for (const match of source.matchAll(TAG)) {
    addText(open.at(-1), source.slice(last, match.index), file);
    last = match.index + match[0].length;
    const [, closes, opens, attributes, empty] = match;
    if (closes) close(open, closes, file);
    else if (opens) {
      const node = element(opens, attributes);
      open.at(-1).children.push(node);
      if (!empty) open.push(node);
    }
  }
  addText(open.at(-1), source.slice(last), file);
  if (open.length > 1) throw new SyntaxError(`${file}: <${open.at(-1).name}> is not closed`);
  return structured(root.children);
}

function addText(parent, text, file) {
  if (!text.trim()) return;
  if (/<[a-zA-Z/]/.test(text)) throw new SyntaxError(`${file}: cannot read ${text.trim()}`);
  const plain = text.replace(/&[a-z]+;/g, (entity) => ENTITIES[entity] ?? entity);
  parent.children.push({ text: template(plain.replace(/^\s+|\s+$/g, " ").trim()) });
}

function close(open, name, file) {
  const node = open.pop();
  if (node.name !== name) throw new SyntaxError(`${file}: </${name}> closes <${node.name ?? "nothing"}>`);
}

function element(name, source) {
  const node = { name, attributes: {}, events: {}, data: {}, logic: {}, children: [] };
  for (const [, key, double, single] of source.matchAll(ATTRIBUTE)) {
    const value = double ?? single;
    const event = EVENT.exec(key);
    if (event) node.events[event[1]] = { handler: template(value), stops: key.startsWith("catch") };
    else if (key.startsWith("wx:")) node.logic[key.slice(3)] = value ?? "";
    else if (key.startsWith("data-")) node.data[camel(key.slice(5))] = template(value ?? "");
    else node.attributes[key] = value === undefined ? () => true : template(value);
  }
  return node;
}

/** data-service-id is dataset.serviceId, and a component's show-all is its property showAll. */
export const camel = (name) => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());

function structured(nodes) {
  const made = [];
  for (const node of nodes) {
    if (node.text) {
      made.push(node);
      continue;
    }
    node.children = structured(node.children);
    const { logic } = node;
    if ("if" in logic && !("for" in logic)) made.push({ branches: [branch(logic.if, node)] });
    else if ("elif" in logic || "else" in logic) lastChoice(made, node).push(branch(logic.elif, node));
    else made.push(repeated(node));
  }
  return made;
}

function lastChoice(made, node) {
  const choice = made.at(-1);
  if (!choice?.branches) throw new SyntaxError(`<${node.name}>: wx:else has no wx:if before it`);
  return choice.branches;
}

const inner = (value) => template(value);
const branch = (test, node) => ({ test: test === undefined ? () => true : inner(test), node: repeated(node) });

function repeated(node) {
  const { logic } = node;
  if (!("for" in logic)) return node;
  const each = "if" in logic ? { branches: [branch(logic.if, { ...node, logic: {} })] } : node;
  return {
    list: inner(logic.for),
    item: logic["for-item"] ?? "item",
    index: logic["for-index"] ?? "index",
    key: logic.key,
    each,
  };
}

export { expression };
