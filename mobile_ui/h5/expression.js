// The little language between {{ and }}: read once into closures, never handed to eval,
// so that the strict content security policy holds.

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_$][\w$]*)|(===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:.,()[\]]))/y;
const WORDS = { true: true, false: false, null: null, undefined: undefined };
const LOOSER_TO_TIGHTER = [
  ["||"], ["&&"], ["==", "!=", "===", "!=="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"],
];
const APPLY = {
  "==": (a, b) => a == b, "!=": (a, b) => a != b,
  "===": (a, b) => a === b, "!==": (a, b) => a !== b,
  "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b,
  "+": (a, b) => a + b, "-": (a, b) => a - b,
  "*": (a, b) => a * b, "/": (a, b) => a / b, "%": (a, b) => a % b,
};

function tokens(source) {
  const found = [];
  TOKEN.lastIndex = 0;
  const end = source.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new SyntaxError(`cannot read "${source.slice(at)}" in {{${source}}}`);
    const [, number, string, name, sign] = match;
    if (number) found.push({ kind: "value", value: Number(number) });
    else if (string) found.push({ kind: "value", value: string.slice(1, -1).replace(/\\(.)/g, "$1") });
    else if (name) found.push({ kind: "name", value: name });
    else found.push({ kind: "sign", value: sign });
  }
  return found;
}

class Reader {
  constructor(source) {
    this.source = source;
    this.tokens = tokens(source);
    this.at = 0;
  }

  whole() {
    const read = this.choice();
    if (this.at < this.tokens.length) this.refuse();
    return read;
  }

  take(...signs) {
    const token = this.tokens[this.at];
    if (token?.kind !== "sign" || !signs.includes(token.value)) return null;
    this.at += 1;
    return token.value;
  }

  expect(sign) {
    if (!this.take(sign)) this.refuse();
  }

  refuse() {
    throw new SyntaxError(`unexpected end or sign in {{${this.source}}}`);
  }

  choice() {
    const test = this.binary(0);
    if (!this.take("?")) return test;
    const yes = this.choice();
    this.expect(":");
    const no = this.choice();
    return (scope) => (test(scope) ? yes(scope) : no(scope));
  }

  binary(level) {
    if (level === LOOSER_TO_TIGHTER.length) return this.unary();
    let left = this.binary(level + 1);
    for (let sign; (sign = this.take(...LOOSER_TO_TIGHTER[level])); ) {
      left = joined(sign, left, this.binary(level + 1));
    }
    return left;
  }

  unary() {
    const sign = this.take("!", "-", "+");
    if (!sign) return this.member(this.primary());
    const inner = this.unary();
    if (sign === "!") return (scope) => !inner(scope);
    return sign === "-" ? (scope) => -inner(scope) : (scope) => +inner(scope);
  }

  member(start) {
    let value = start;
    for (let sign; (sign = this.take(".", "[")); ) {
      const key = sign === "." ? this.name() : this.choice();
      if (sign === "[") this.expect("]");
      value = within(value, key);
    }
    return value;
  }

  name() {
    const token = this.tokens[this.at];
    if (token?.kind !== "name") this.refuse();
    this.at += 1;
    return () => token.value;
  }

  primary() {
    if (this.take("(")) {
      const inner = this.choice();
      this.expect(")");
      return inner;
    }
    if (this.take("[")) return this.list();
    const token = this.tokens[this.at];
    if (!token || token.kind === "sign") this.refuse();
    this.at += 1;
    if (token.kind === "value") return () => token.value;
    return token.value in WORDS ? () => WORDS[token.value] : (scope) => scope[token.value];
  }

  list() {
    const items = [];
    while (!this.take("]")) {
      items.push(this.choice());
      this.take(",");
    }
    return (scope) => items.map((item) => item(scope));
  }
}

function joined(sign, left, right) {
  if (sign === "&&") return (scope) => left(scope) && right(scope);
  if (sign === "||") return (scope) => left(scope) || right(scope);
  const apply = APPLY[sign];
  return (scope) => apply(left(scope), right(scope));
}

// What is missing is empty, as in WeChat: a page drawn before its data came must not fail.
// Inherited members are not data: {{a.constructor}} must not reach a function.
function within(value, key) {
  return (scope) => {
    const holder = value(scope);
    if (holder === null || holder === undefined) return undefined;
    const name = key(scope);
    if (typeof holder === "string" || Array.isArray(holder)) {
      return name === "length" || /^\d+$/.test(name) ? holder[name] : undefined;
    }
    return Object.hasOwn(Object(holder), name) ? holder[name] : undefined;
  };
}

/** A function of the scope for the inside of one {{ }}; a mistake is a SyntaxError at once. */
export const expression = (source) => new Reader(source).whole();

/** A function of the scope for text with any number of {{ }}: alone it keeps its type. */
export function template(text) {
  const parts = text.split(/\{\{([\s\S]*?)\}\}/);
  if (parts.length === 1) return () => text;
  if (parts.length === 3 && !parts[0].trim() && !parts[2].trim()) return expression(parts[1]);
  const pieces = parts.map((part, place) => (place % 2 ? expression(part) : () => part));
  return (scope) => pieces.map((piece) => piece(scope) ?? "").join("");
}
