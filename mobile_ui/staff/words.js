// The staff pages' words. What the server refuses it explains itself, in the language asked for.

import * as bookings from "./words-bookings.js";
import * as books from "./words-books.js";
import * as clients from "./words-clients.js";
import * as house from "./words-house.js";
import * as work from "./words-work.js";

const KEY = "staff-locale";
export const ROLES = ["clerk", "supervisor", "caseworker", "case-lead", "listener", "catalogue-editor", "administrator", "operator", "partnerships"];

const ZH = {
  product: "指办 工作台", places: "页面", skip: "跳到正文", and: "、", everywhere: "全部地区",
  "sign-in": "登录", "sign-in-lead": "用密码和动态码登录。半小时不操作会自动退出。", "sign-out": "退出",
  login: "账号", "password-word": "密码", code: "动态码", "code-hint": "动态码应用中这个账号的六位数字，每个只能用一次。",
  "first-time": "首次登录：用一次性密码设置账号", enrol: "首次登录", "enrol-lead": "账号和一次性密码由管理员当面告诉您。",
  "one-time": "一次性密码", next: "下一步", "back-to-sign-in": "返回登录", qr: "添加动态码的二维码",
  scan: "用手机上的动态码应用扫描；它只显示这一次。", "or-type": "不能扫码时，手工输入：", choose: "设置自己的密码，再输入应用中显示的动态码。",
  "own-password": "新密码", "password-hint": "至少 12 个字符；一句话最好记。", again: "再输入一次", finish: "完成",
  "not-same": "两次输入的密码不一样", enrolled: "账号已设置好。等下一个动态码出现后登录。",
  password: "我的密码", "present-password": "现在的密码", change: "更改", changed: "密码已更改", "changed-detail": "您在其他地方的登录已全部退出。",
  "fill-in": "请填写空着的一项", cancel: "取消", done: "我已记下", back: "返回", offline: "连接不上", "offline-detail": "请检查网络后再试。",
  window: "窗口核验", "window-lead": "请居民在自己的手机上选择“到窗口核验”，并出示窗口码。",
  "window-code": "窗口码", "window-code-hint": "八位，15 分钟内有效，只能用一次。", take: "受理",
  "document-title": "核对证件", document: "证件种类", country: "签发国家", "country-hint": "两个字母，如 CN、FR。",
  "document-number": "证件号码", name: "姓名", "name-hint": "按证件填写；少数民族姓名用间隔号“·”。",
  "guardian-code": "监护人授权码", "guardian-hint": "只有未满 14 周岁的需要。", "submit-document": "证件无误，提交复核",
  refuse: "拒绝", "refuse-title": "拒绝这个申请？", "refuse-detail": "申请随即结束，填写的内容全部删除。居民可以重新发起。",
  refused: "已拒绝", "refused-detail": "填写的内容已删除。",
  "checked-match": "已提交复核", "checked-match-detail": "与人口登记一致。请同事查看证件并确认。",
  "checked-not-asked": "已提交复核", "checked-not-asked-detail": "这种证件无法与人口登记比对，请同事仔细查看证件。",
  "verdict.unknown": "人口登记中没有这个号码", "verdict.name-differs": "姓名与人口登记不一致", "verdict.face-differs": "与人口登记不一致", "verdict.deceased": "人口登记显示此人已故",
  "verdict-detail": "请对照证件检查是否输错。仍不一致的，不能核验；不要把这个结果告诉他人。",
  queue: "待办", "in-queue": "待办 {0} 件", "queue-empty": "现在没有待办。", "waits-for-colleague": "等同事确认", "waits-for-document": "等您填写证件", "waits-for-you": "等您确认",
  "no-document-yet": "尚未填写证件", "a-device": "一台设备", "go-on": "继续填写", look: "查看", compare: "查看并确认",
  confirming: "复核确认", "confirming-lead": "同事核对过证件的申请显示在待办中。请亲自查看证件原件，再确认。",
  "compare-title": "第二人复核", "compare-lead": "请拿到证件原件，看人、看证，与下面逐字核对。您的查看会被记录。", "waits-for-colleague-lead": "须由另一位同事确认。",
  "on-device": "在“{0}”上发起 · {1} 前有效", register: "人口登记", "register.match": "一致", "register.not-asked": "这种证件无法比对",
  confirm: "与证件一致，确认", confirmed: "已确认", "confirmed-detail": "居民的手机现在可以完成登录；敏感服务在 24 小时后开放。",
  accounts: "账号", "account-list": "全部账号", roles: "角色", region: "地区", "account-state": "状态", actions: "操作", active: "正常", disabled: "已停用", "not-enrolled": "未设置", yourself: "本人",
  reset: "重置", disable: "停用", "reset-title": "重置 {0}？", "reset-detail": "密码和动态码作废，本人须用新的一次性密码重新设置。", "disable-title": "停用 {0}？", "disable-detail": "此人随即退出，不能再登录。",
  "new-account": "新建账号", "login-hint": "小写字母和数字。", "region-hint": "地区码前两、四或六位；空着为全部。", "own-document": "本人证件种类", "own-document-hint": "为居民办事或编辑事项的人员必填：任何人不能为自己办理，也不能自编自审。只保存比对用的摘要。",
  "make-account": "新建", "choose-role": "请至少选择一个角色", "one-time-title": "一次性密码", "one-time-lead": "请当面告诉 {0} 的本人。这里只显示这一次。", "one-time-until": "{0} 前有效。",
  "role.clerk": "窗口人员", "role.supervisor": "复核人员", "role.administrator": "管理员", "role.operator": "安全值守",
  "role-does.clerk": "查看证件", "role-does.supervisor": "确认、更正、合并", "role-does.administrator": "管理账号，不为居民办理", "role-does.operator": "查看攻击情况和支付对账（不含个人信息），登记和停用自助终端",
  records: "档案变更", "change-kind": "要做的变更", "change.merge": "合并两份档案", "change.split": "拆出一份证件", "change.rename": "更改姓名",
  "change-about.merge": "两份档案属于同一人时合并。请查看两份证件原件。", "change-about.split": "证件属于他人时，移到单独的档案；原档案的所有设备会退出登录。", "change-about.rename": "证件上的姓名与档案不同时，按证件更改。请查看证件原件。",
  "paper.stays": "留下的档案：其中一份证件", "paper.goes": "并入的档案：其中一份证件", "paper.leaves": "要拆出的证件", "paper.shows": "查看过的证件",
  "new-name": "证件上的姓名", why: "理由", "choose-why": "请选择", "why.one-person": "两份档案是同一人", "why.number-changed": "此人的号码变更过", "why.anothers-document": "证件属于他人", "why.added-by-mistake": "误归入这份档案", "why.name-changed": "姓名已依法变更", "why.name-mistyped": "姓名录入有误",
  propose: "提议，交同事确认", proposed: "已提议", "proposed-detail": "请另一位有复核角色的同事在七天内查看证件并确认。", "change-until": "{0} · {1} 前有效", "recorded-name": "档案中的姓名",
  "record-changed": "已变更", "record-changed-detail": "居民会收到通知，并能在查看记录中看到两位工作人员办理了此事。",
  "take-back": "撤回", "change-refuse-title": "结束这个提议？", "change-refuse-detail": "档案不作变更，填写的内容全部删除。", "change-refused": "已结束", "change-refused-detail": "档案没有变更，填写的内容已删除。",
  corrections: "更正申请", "corrections-lead": "请核实后决定；打开本页会记入居民的查看记录，结果会通知居民。", "corrections-none": "现在没有待办的更正。",
  resident: "居民", wanted: "应为", "asked-at": "申请时间", decision: "决定", "choose-decision": "请选择", decide: "决定", decided: "已决定", "decided-detail": "居民会收到通知。",
  "decision.made": "更正", "decision.declined": "不更正", "reason.corrected": "按申请更正", "reason.corrected-elsewhere": "已在柜台或由部门更正",
  "reason.already-right": "查明现有信息无误", "reason.register-first": "须先到公安更正人口登记", "reason.not-shown": "尚无材料证明有误",
  attacks: "攻击情况", "attacks-lead": "只有次数，不含任何人的信息。", hours: "时间", "last-hours": "最近 {0} 小时", none: "没有", fewer: "少于 {0}",
  alarms: "警报", "alarms.identity:frozen": "身份被冻结", "alarms.identity:not-me": "报告“不是我”", "alarms.session:reused": "登录信息被重复使用", "alarms.passkey:refused": "通行密钥被拒", "alarms.staff:sign-in-refused": "工作人员登录被拒",
  sources: "来源", "sources.number": "证件号码", "sources.account": "账户", "sources.device": "设备", "sources.network": "网络",
  top: "最多的拒绝", "by-hour": "每小时的拒绝", way: "方式", outcome: "结果代码", times: "次数", hour: "时间",
  "way.face": "人脸", "way.window": "窗口", "way.network-identity": "网络身份", "way.bank-card": "银行卡", "way.passkey": "通行密钥",
  "document.resident-id": "居民身份证", "document.hong-kong-macao-residence": "港澳居民居住证", "document.taiwan-residence": "台湾居民居住证", "document.foreign-permanent-resident": "外国人永久居留身份证",
  "document.hong-kong-macao-travel-permit": "港澳居民来往内地通行证", "document.taiwan-travel-permit": "台湾居民来往大陆通行证", "document.passport": "护照",
};

const EN = {
  product: "Zhiban at work", places: "Pages", skip: "Skip to the page", and: ", ", everywhere: "everywhere",
  "sign-in": "Sign in", "sign-in-lead": "With password and code. After half an hour without use you are signed out.", "sign-out": "Sign out",
  login: "Login", "password-word": "Password", code: "Code", "code-hint": "The six digits your authenticator shows for this account; each works once.",
  "first-time": "First sign-in: set up with a one-time password", enrol: "First sign-in", "enrol-lead": "Your administrator tells you login and one-time password in person.",
  "one-time": "One-time password", next: "Next", "back-to-sign-in": "Back to sign-in", qr: "QR code for the authenticator",
  scan: "Scan this with the authenticator on your phone; it is shown only once.", "or-type": "If you cannot scan it, type:", choose: "Choose a password of your own, then type the code the authenticator shows.",
  "own-password": "New password", "password-hint": "At least 12 characters; a sentence is easy to remember.", again: "Once more", finish: "Finish",
  "not-same": "The two passwords differ", enrolled: "Your account is set up. Wait for the next code, then sign in.",
  password: "My password", "present-password": "Present password", change: "Change", changed: "Password changed", "changed-detail": "Everywhere else you are signed out.",
  "fill-in": "Please fill in what is empty", cancel: "Cancel", done: "I have noted it", back: "Back", offline: "No connection", "offline-detail": "Please check the network and try again.",
  window: "Window", "window-lead": "The resident chooses “At a window” on their own phone and shows you the code.",
  "window-code": "Window code", "window-code-hint": "Eight characters, good for 15 minutes and one use.", take: "Take",
  "document-title": "Check the document", document: "Document", country: "Issued by", "country-hint": "Two letters, such as CN or FR.",
  "document-number": "Number", name: "Name", "name-hint": "As on the document.",
  "guardian-code": "Guardian's code", "guardian-hint": "Only under 14 years of age.", "submit-document": "Document is right: submit",
  refuse: "Refuse", "refuse-title": "Refuse this request?", "refuse-detail": "It ends now and what was typed is deleted. The resident may begin again.",
  refused: "Refused", "refused-detail": "What was typed is deleted.",
  "checked-match": "Submitted", "checked-match-detail": "The population register agrees. A colleague now looks at the document and confirms.",
  "checked-not-asked": "Submitted", "checked-not-asked-detail": "The register does not know this kind of document: a colleague looks at it closely and confirms.",
  "verdict.unknown": "The register does not know this number", "verdict.name-differs": "The register has another name", "verdict.face-differs": "The register does not agree", "verdict.deceased": "According to the register this person has died",
  "verdict-detail": "Compare with the document for a typing mistake. If it stays so, do not verify; tell nobody what the register said.",
  queue: "To do", "in-queue": "{0} to do", "queue-empty": "Nothing to do now.", "waits-for-colleague": "waits for a colleague", "waits-for-document": "waits for the document", "waits-for-you": "waits for you",
  "no-document-yet": "No document yet", "a-device": "a device", "go-on": "Go on", look: "Look", compare: "Compare and confirm",
  confirming: "Second person", "confirming-lead": "Requests whose document a colleague checked are listed under “To do”. Look at the document yourself before you confirm.",
  "compare-title": "Second person", "compare-lead": "Take the document in your hand, look at the person, and compare every character. That you looked is recorded.", "waits-for-colleague-lead": "A colleague has to confirm it.",
  "on-device": "Begun on {0} · good until {1}", register: "Population register", "register.match": "agrees", "register.not-asked": "does not know this kind of document",
  confirm: "Same as the document: confirm", confirmed: "Confirmed", "confirmed-detail": "The resident's phone can finish now; sensitive services open after 24 hours.",
  accounts: "Accounts", "account-list": "All accounts", roles: "Roles", region: "Region", "account-state": "State", actions: "Actions", active: "active", disabled: "disabled", "not-enrolled": "not set up", yourself: "yourself",
  reset: "Reset", disable: "Disable", "reset-title": "Reset {0}?", "reset-detail": "Password and authenticator become void; the owner sets up again with a new one-time password.", "disable-title": "Disable {0}?", "disable-detail": "They are signed out and cannot come back.",
  "new-account": "New account", "login-hint": "Small letters and digits.", "region-hint": "The first two, four or six digits; empty is everywhere.", "own-document": "Their own document", "own-document-hint": "Needed for whoever serves residents or edits the catalogue: nobody serves or approves themselves. Only a digest is kept.",
  "make-account": "Make", "choose-role": "Choose at least one role", "one-time-title": "One-time password", "one-time-lead": "Tell it to the owner of {0} in person. It is shown only once.", "one-time-until": "Good until {0}.",
  "role.clerk": "clerk", "role.supervisor": "supervisor", "role.administrator": "administrator", "role.operator": "operator",
  "role-does.clerk": "looks at documents", "role-does.supervisor": "confirms, corrects, merges", "role-does.administrator": "manages accounts, serves no residents", "role-does.operator": "sees attacks and the books of payments, without personal data; enrols and suspends kiosks",
  records: "Records", "change-kind": "What is to be changed", "change.merge": "Merge two records", "change.split": "Split a document off", "change.rename": "Change a name",
  "change-about.merge": "When two records are one person's. Look at both documents themselves.", "change-about.split": "When a document is another person's, it gets a record of its own; every device of the old record is signed out.", "change-about.rename": "When the document shows another name than the record, the record takes it. Look at the document itself.",
  "paper.stays": "The record that stays: one of its documents", "paper.goes": "The record that goes into it: one of its documents", "paper.leaves": "The document that leaves", "paper.shows": "The document you looked at",
  "new-name": "Name on the document", why: "Reason", "choose-why": "Please choose", "why.one-person": "both records are one person's", "why.number-changed": "this person's number was changed", "why.anothers-document": "the document is another person's", "why.added-by-mistake": "put into this record by mistake", "why.name-changed": "the name was changed by law", "why.name-mistyped": "the name was typed wrongly",
  propose: "Propose to a colleague", proposed: "Proposed", "proposed-detail": "A colleague who is a supervisor looks at the documents and confirms within seven days.", "change-until": "{0} · good until {1}", "recorded-name": "Name in the record",
  "record-changed": "Done", "record-changed-detail": "The resident is told, and sees in their activity that two members of staff did this.",
  "take-back": "Take back", "change-refuse-title": "End this proposal?", "change-refuse-detail": "The record stays as it is, and what was typed is deleted.", "change-refused": "Ended", "change-refused-detail": "The record stayed as it is; what was typed is deleted.",
  corrections: "Corrections", "corrections-lead": "Look into it, then decide. That you opened this page is recorded for the residents, and they are told the outcome.", "corrections-none": "No correction waits now.",
  resident: "Resident", wanted: "Should be", "asked-at": "Asked", decision: "Decision", "choose-decision": "Please choose", decide: "Decide", decided: "Decided", "decided-detail": "The resident is told.",
  "decision.made": "Corrected", "decision.declined": "Not corrected", "reason.corrected": "as asked", "reason.corrected-elsewhere": "at a counter or by the department",
  "reason.already-right": "what is held is right", "reason.register-first": "the population register has to be corrected first", "reason.not-shown": "nothing shows yet that it is wrong",
  attacks: "Attacks", "attacks-lead": "Counts only, and nothing of anybody.", hours: "Period", "last-hours": "The last {0} hours", none: "None", fewer: "fewer than {0}",
  alarms: "Alarms", "alarms.identity:frozen": "Identities frozen", "alarms.identity:not-me": "“This was not me”", "alarms.session:reused": "Sign-ins used twice", "alarms.passkey:refused": "Passkeys refused", "alarms.staff:sign-in-refused": "Staff sign-ins refused",
  sources: "Sources", "sources.number": "Numbers", "sources.account": "Accounts", "sources.device": "Devices", "sources.network": "Networks",
  top: "Refused most", "by-hour": "Refused by the hour", way: "Way", outcome: "Outcome", times: "Times", hour: "Hour",
  "way.face": "face", "way.window": "window", "way.network-identity": "network identity", "way.bank-card": "bank card", "way.passkey": "passkey",
  "document.resident-id": "Resident ID card", "document.hong-kong-macao-residence": "Residence permit, Hong Kong and Macao", "document.taiwan-residence": "Residence permit, Taiwan", "document.foreign-permanent-resident": "Foreign permanent resident ID card",
  "document.hong-kong-macao-travel-permit": "Travel permit, Hong Kong and Macao", "document.taiwan-travel-permit": "Travel permit, Taiwan", "document.passport": "Passport",
};

const ALL = { "zh-CN": { ...ZH, ...bookings.ZH, ...books.ZH, ...clients.ZH, ...work.ZH, ...house.ZH }, en: { ...EN, ...bookings.EN, ...books.EN, ...clients.EN, ...work.EN, ...house.EN } };
let current = localStorage.getItem(KEY) ?? (navigator.language.toLowerCase().startsWith("en") ? "en" : "zh-CN");
if (!(current in ALL)) current = "zh-CN";
document.documentElement.lang = current;

export const locale = () => current;

export function speak(wanted) {
  current = wanted;
  localStorage.setItem(KEY, wanted);
  document.documentElement.lang = wanted;
}

/** The words for ``code``; ``facts`` fill {0}, {1}. */
export function say(code, ...facts) {
  const words = ALL[current][code];
  if (words === undefined) throw new Error(`no words for ${code}`);
  return words.replace(/\{(\d)\}/g, (_, place) => facts[place]);
}

/** Whether there are words for ``code``. */
export const known = (code) => code in ALL[current];

/** Kinds of documents, in words, by their code. */
export function DOCUMENTS() {
  const kinds = Object.keys(ZH).filter((code) => code.startsWith("document."));
  return Object.fromEntries(kinds.map((code) => [code.slice("document.".length), say(code)]));
}

/** A day without a time, as the server wrote it. */
export function day(iso) {
  return new Intl.DateTimeFormat(current, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** A day and a time, also of another year. */
export function moment(iso) {
  const at = new Date(iso);
  const year = at.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return new Intl.DateTimeFormat(current, { ...year, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}

export function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

export function time(iso) {
  const day = new Date(iso);
  const today = day.toDateString() === new Date().toDateString();
  const form = today ? { hour: "2-digit", minute: "2-digit" } : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(current, { ...form, hour12: false }).format(day);
}
