// The words of the page in its languages.

const ZH = {
  product: "核验证照", other: "English", home: "指办首页",
  lead: "扫描对方手机上的证照二维码，或粘贴它的文字。联网时每个码只能核验一次；没有网络时用本机保存的公钥核验。",
  scan: "扫码", "scan-title": "把二维码放进画面", "scan-stop": "停止扫码", "no-camera": "摄像头不可用，请改用粘贴文字。",
  paste: "证照文字或链接", "paste-hint": "在对方手机上点“复制为文字”可得到。", check: "核验", missing: "请先扫码，或粘贴证照文字。", checking: "正在核验",
  online: "现在有网络", offline: "现在没有网络：只能核验真伪、时间，以及在本机是否出示过",
  carried: "本机保存的公钥和状态列表", never: "还没有保存。请在有网络时点“更新”，之后没有网络也能核验。", "carried-at": "更新于{0}前", update: "更新", updated: "已更新", "update-failed": "现在更新不了，请稍后再试。",
  good: "真实有效", unsure: "真实，但不知道现在是否有效", refused: "不能接受",
  "good-online": "发证部门的系统刚刚确认。这个码已经用过，不能再次核验。", "good-offline": "签名真实，刚刚出示，在本机是第一次。状态列表是{0}前的：此后是否被吊销，这里不知道。",
  issuer: "签发", portrait: "本人照片", "portrait-missing": "对方选择了出示照片，但现在取不到，请稍后让对方重新出示。", again: "核验下一个",
  "why-unreadable": "这不是证照码。请让对方在指办里重新出示。", "why-issuer-unknown": "签发者不在认可名单里，或本机的名单太旧。请在有网络时更新后再试。",
  "why-forged": "签名不真实，或不是由证照所在的手机出示。", "why-late": "这个码已超过 60 秒，可能是截图。请让对方当面重新出示。", "why-expired": "证照已到期。", "why-seen": "这个码在本机出示过，可能是截图。请让对方当面重新出示。",
  "why-revoked": "证照已被吊销或注销。", "why-suspended": "证照暂停使用。", "why-status-stale": "状态列表是{0}前的，已过期。请在有网络时更新。", "why-status-missing": "本机没有它的状态列表。请在有网络时更新。", "why-status-foreign": "签名真实，由{0}签发。现在是否有效要由对方确认，请到对方的平台再核验一次。", "why-empty": "本机还没有保存公钥。请先在有网络时更新。",
  limit: "没有网络时，同一个码 60 秒内在别处出示过，这里看不出来。",
  seconds: "{0} 秒", minutes: "{0} 分钟", hours: "{0} 小时", days: "{0} 天",
};

const EN = {
  product: "Check a licence", other: "中文", home: "Zhiban",
  lead: "Scan the licence code on somebody’s phone, or paste it as text. With a line each code is checked once; without one it is checked by the public keys kept here.",
  scan: "Scan", "scan-title": "Hold the code into the picture", "scan-stop": "Stop scanning", "no-camera": "The camera cannot be used. Please paste the text instead.",
  paste: "Licence as text or link", "paste-hint": "“Copy as text” on the other phone gives it.", check: "Check", missing: "Please scan a code or paste a licence first.", checking: "Checking",
  online: "There is a line", offline: "There is no line: only genuineness, time, and whether it was shown here before can be checked",
  carried: "Public keys and status lists kept here", never: "None are kept yet. Press Update while there is a line; then licences can be checked without one.", "carried-at": "Updated {0} ago", update: "Update", updated: "Updated", "update-failed": "This cannot be updated now. Please try again later.",
  good: "Genuine and in force", unsure: "Genuine, but nobody knows whether it is in force now", refused: "Not to be accepted",
  "good-online": "The issuing department’s system has just confirmed it. This code is used up.", "good-offline": "Its signature is genuine, it was made just now, and is seen here for the first time. The status list is {0} old: a revocation since then is not known here.",
  issuer: "Issued by", portrait: "Portrait", "portrait-missing": "A portrait was to be shown but cannot be had just now. Ask the person to show the licence again later.", again: "Check another",
  "why-unreadable": "This is no licence code. Ask the person to show it again in Zhiban.", "why-issuer-unknown": "Its issuer is not recognised, or the list kept here is too old. Update while there is a line and try again.",
  "why-forged": "Its signature is not genuine, or it was not shown by the phone that holds it.", "why-late": "This code is older than 60 seconds; it may be a screenshot. Ask the person to show it again before you.", "why-expired": "The licence has run out.", "why-seen": "This code was shown here before; it may be a screenshot. Ask the person to show it again before you.",
  "why-revoked": "The licence was revoked.", "why-suspended": "The licence is suspended.", "why-status-stale": "The status list is {0} old and has run out. Update while there is a line.", "why-status-missing": "Its status list is not kept here. Update while there is a line.", "why-status-foreign": "Its signature is genuine, and {0} issued it. Whether it is in force only they can say: please have it checked there too.", "why-empty": "No public keys are kept here yet. Update while there is a line first.",
  limit: "Without a line nobody here can see that the same code was shown elsewhere within its 60 seconds.",
  seconds: "{0} s", minutes: "{0} min", hours: "{0} h", days: "{0} days",
};

const ALL = { "zh-CN": ZH, en: EN };
let current = kept();

function kept() {
  const said = localStorage.getItem("verifier-locale");
  return said in ALL ? said : /^zh/.test(navigator.language) ? "zh-CN" : "en";
}

export const locale = () => current;

export function speak(wanted) {
  current = wanted;
  localStorage.setItem("verifier-locale", wanted);
  document.documentElement.lang = wanted;
}

/** The words for ``code``; ``facts`` fill {0}, {1}. */
export function say(code, ...facts) {
  const words = ALL[current][code];
  if (words === undefined) throw new Error(`no words for ${code}`);
  return words.replace(/\{(\d)\}/g, (_, place) => facts[place]);
}

/** How long ago, in the largest unit that says it. */
export function ago(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return say("seconds", seconds);
  if (seconds < 7200) return say("minutes", Math.round(seconds / 60));
  if (seconds < 172_800) return say("hours", Math.round(seconds / 3600));
  return say("days", Math.round(seconds / 86_400));
}
