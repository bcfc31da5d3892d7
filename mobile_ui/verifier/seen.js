// What this browser has seen: a presentation shown twice within its time is a copy. Only digests
// are kept, and only while a presentation could count; what was shown elsewhere nobody here knows.

import { GOOD_FOR, sha256 } from "./judge.js";

const KEY = "seen";
const KEPT = 4 * GOOD_FOR * 1000; // ms

/** False where it was seen before; two tabs of one browser are one verifier. */
export async function isNew(nonce, now) {
  const mark = await sha256(nonce);
  const look = () => {
    const before = Object.entries(kept()).filter(([, at]) => now - at < KEPT);
    if (before.some(([one]) => one === mark)) return false;
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...before, [mark, now]])));
    return true;
  };
  return navigator.locks ? navigator.locks.request(KEY, look) : look();
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
