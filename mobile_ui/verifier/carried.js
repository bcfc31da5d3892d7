// What this page carries along for a time without a line: public keys of issuers, status lists as
// they were signed, and the words of licences. Fetched while there is a line; nobody's data.

const KEY = "carried";
const PATIENCE = 15_000; // ms

/** {issuers, types, lists: {address: token}, at} or null. */
export function carried() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** Everything anew; rejects where there is no line. */
export async function fetchAll() {
  const [{ issuers }, { types }, { status_lists: addresses }] = await Promise.all(
    ["/v1/issuers", "/v1/licence-types", "/v1/status-lists"].map((path) => asked(path).then((answer) => answer.json())),
  );
  const tokens = await Promise.all(addresses.map(async (one) => [one, await (await asked(here(one))).text()]));
  const made = { issuers, types, lists: Object.fromEntries(tokens), at: Date.now() };
  localStorage.setItem(KEY, JSON.stringify(made));
  return made;
}

/** Lists of this house are asked for where the page came from, by whatever name it was reached. */
const here = (address) => new URL(address).pathname;

async function asked(path) {
  const answer = await fetch(path, { credentials: "omit", cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer;
}

/** The keys of an issuer whose licences count today; none for whom nobody recognises. */
export function keysOf(bag, issuer, now) {
  return bag.issuers
    .filter((one) => one.iss === issuer && !(one.ended_at && Date.parse(one.ended_at) <= now))
    .flatMap((one) => one.keys)
    .filter((key) => !key.until || now < key.until * 1000);
}

const said = (names, locale) => (names[locale] ?? Object.values(names)[0]);

export function issuerTitle(bag, issuer, locale) {
  const found = bag.issuers.find((one) => one.iss === issuer);
  return found ? said(found.title, locale) : issuer;
}

/** Another province, recognised: its status lists lie there and not here. */
export const isForeign = (bag, issuer) => bag.issuers.some((one) => one.iss === issuer && one.kind === "recognised");

/** The words of a kind of licence and of its facts; codes stay where a kind is not known here. */
export function words(bag, vct, locale) {
  const kind = bag.types.find((one) => one.vct === vct);
  const named = (display, otherwise) => (display ?? []).find((one) => one.locale === locale)?.name ?? otherwise;
  const claims = Object.fromEntries((kind?.claims ?? []).map((one) => [one.path[0], named(one.display, one.path[0])]));
  return { title: named(kind?.display, vct), fact: (name) => claims[name] ?? name };
}
