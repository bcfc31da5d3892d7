// Draws /openapi.json as a readable page. No library: it runs under script-src 'self'.

const root = document.getElementById("routes");

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function block(title, value) {
  const made = element("div");
  made.append(element("p", title, "quiet"), element("pre", JSON.stringify(value, null, 2)));
  return made;
}

function resolved(schema, whole, seen = []) {
  if (Array.isArray(schema)) return schema.map((part) => resolved(part, whole, seen));
  if (!schema || typeof schema !== "object") return schema;
  const name = schema.$ref && schema.$ref.split("/").pop();
  if (name && seen.includes(name)) return { see: name };
  if (name) return resolved(whole.components.schemas[name], whole, [...seen, name]);
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, resolved(part, whole, seen)]));
}

function contents(operation, whole) {
  const inside = element("div");
  inside.append(element("p", `access: ${operation["x-access"]}`, "quiet"));
  if (operation.parameters.length) inside.append(block("parameters", operation.parameters));
  const body = operation.requestBody?.content["application/json"].schema;
  if (body) inside.append(block("body", resolved(body, whole)));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const [kind, content] = Object.entries(answer.content || {})[0] || [];
    if (status !== "default") inside.append(block(`${status} ${kind || ""}`, resolved(content?.schema || {}, whole)));
  }
  return inside;
}

function drawn(path, method, operation, whole) {
  const made = element("details");
  const line = element("summary");
  line.append(element("span", method.toUpperCase(), "method"), element("code", path), ` ${operation.summary}`);
  made.append(line);
  made.addEventListener("toggle", () => {
    if (made.childElementCount === 1) made.append(contents(operation, whole));
  });
  return made;
}

async function show() {
  const whole = await (await fetch("/openapi.json")).json();
  const groups = new Map();
  for (const [path, methods] of Object.entries(whole.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(drawn(path, method, operation, whole));
    }
  }
  root.replaceChildren();
  for (const [tag, routes] of groups) root.append(element("h2", tag), ...routes);
}

show().catch(() => root.replaceChildren(element("p", root.dataset.failed)));
