// The words of the page in its languages. The choice is a visitor's and ends with the page.

const ZH = {
  product: "指办 自助终端", trouble: "出了一点问题", "trouble-detail": "请再试一次，或请工作人员帮助。", offline: "现在连不上", "offline-detail": "请稍后再试，或请工作人员帮助。",
  "enrol-title": "登记这台终端", "enrol-lead": "请输入值守人员告诉您的登记码。登记后，本机密钥不会离开这台设备。", "enrol-code": "登记码", enrol: "登记", "enrol-again": "重新登记这台终端",
  choose: "您要办什么？", "choose-lead": "请选择一项服务。本机不会保留您的任何信息。", back: "返回",
  "ways-lead": "请选择一种登录方式，结果相同。", "way-phone": "用手机登录", "way-phone-detail": "扫码，在手机上同意，再输入四位数字", "way-card": "用身份证和刷脸登录", "way-card-detail": "放上身份证，再看镜头",
  qr: "用手机扫描的二维码", "qr-left": "{0} 秒后换新码", "type-instead": "不能扫码？在手机上输入：",
  "phone-1": "用手机打开“指办”，扫描这个码。", "phone-2": "在手机上核对地点和服务，选择同意或拒绝。", "phone-3": "把手机上显示的四位数字输入这里。",
  "confirm-there": "请在手机上确认，再输入手机上的数字", number: "手机上显示的四位数字", erase: "删除", "wrong-number": "数字不对", "tries-left": "还可以输入 {0} 次。", "not-yet": "手机上还没有同意", "not-yet-detail": "请先在手机上选择同意，再输入数字。",
  refused: "没有获准", "refused-detail": "手机上拒绝了，或数字输错了三次。如果不是您本人操作，请告知工作人员。", "too-late": "时间已过", "too-late-detail": "请重新开始。", "try-again": "再试一次",
  suspended: "这台终端已停用", "suspended-detail": "请使用其他终端，并告知工作人员。",
  asking: "正在查询…", "answer-lead": "看完请按“结束”。", print: "打印盖章证明", printing: "正在打印…", printed: "请取走打印件", yes: "是", no: "否", "ends-in": "{0} 秒后自动结束", end: "结束",
  over: "已结束", "over-detail": "本机没有留下您的任何信息。请取走身份证和物品。", "next-visitor": "下一位",
  agree: "同意并继续", "use-phone": "改用手机登录", "lay-card": "请把身份证放在读卡器上", "lay-card-detail": "放平，不要移动，直到读完。", "card-lies": "已放好", "no-card": "没有读到身份证", checking: "正在核对…", take: "拍照", "by-hand": "我自己按快门", step: "第 {0} 张，共 {1} 张",
  "no-camera": "摄像头不可用", "no-camera-detail": "请改用手机登录，并告知工作人员。",
  "pose-front-front": "请正对屏幕", "pose-left-left": "慢慢向左转头，停住", "pose-right-right": "慢慢向右转头，停住", "pose-nod-front": "请正对屏幕", "pose-nod-down": "眼看屏幕，低下头，停住", "pose-blink-front": "睁眼，正对屏幕", "pose-blink-shut": "闭上眼睛，听到提示音再睁开", "pose-mouth-open": "张开嘴，停住",
};

const EN = {
  product: "Zhiban kiosk", trouble: "Something went wrong", "trouble-detail": "Please try again, or ask the staff.", offline: "No connection now", "offline-detail": "Please try again soon, or ask the staff.",
  "enrol-title": "Enrol this kiosk", "enrol-lead": "Type the code that the operator has told you. The key of this machine never leaves it.", "enrol-code": "Enrolment code", enrol: "Enrol", "enrol-again": "Enrol this kiosk anew",
  choose: "What would you like to do?", "choose-lead": "Choose a service. This machine keeps nothing of yours.", back: "Back",
  "ways-lead": "Choose how to sign in. Both lead to the same.", "way-phone": "Sign in by phone", "way-phone-detail": "Scan, agree on the phone, type four digits here", "way-card": "Sign in by ID card and face", "way-card-detail": "Lay the card, then look at the camera",
  qr: "QR code to scan with your phone", "qr-left": "A new code in {0} s", "type-instead": "Cannot scan? Type this on the phone:",
  "phone-1": "Open Zhiban on your phone and scan this code.", "phone-2": "Check the place and the service there; allow or refuse.", "phone-3": "Type the four digits that the phone shows here.",
  "confirm-there": "Confirm on the phone, then type its number", number: "Four digits shown on the phone", erase: "Delete", "wrong-number": "That is not the number", "tries-left": "{0} tries left.", "not-yet": "Not allowed on the phone yet", "not-yet-detail": "Allow it on the phone first, then type the number.",
  refused: "Not let in", "refused-detail": "It was refused on the phone, or the number was wrong three times. If this was not you, tell the staff.", "too-late": "Time is over", "too-late-detail": "Please begin again.", "try-again": "Try again",
  suspended: "This kiosk is suspended", "suspended-detail": "Please use another one, and tell the staff.",
  asking: "Asking…", "answer-lead": "Press End when you are done.", print: "Print a sealed certificate", printing: "Printing…", printed: "Please take the print", yes: "Yes", no: "No", "ends-in": "Ends by itself in {0} s", end: "End",
  over: "Ended", "over-detail": "Nothing of yours is left here. Take your card and your things with you.", "next-visitor": "Next visitor",
  agree: "Agree and go on", "use-phone": "Sign in by phone instead", "lay-card": "Lay your ID card on the reader", "lay-card-detail": "Flat and still until it has been read.", "card-lies": "It lies there", "no-card": "No card was read", checking: "Checking…", take: "Take the picture", "by-hand": "I will press myself", step: "Picture {0} of {1}",
  "no-camera": "The camera cannot be used", "no-camera-detail": "Sign in by phone instead, and tell the staff.",
  "pose-front-front": "Look at the screen", "pose-left-left": "Slowly turn left and hold", "pose-right-right": "Slowly turn right and hold", "pose-nod-front": "Look at the screen", "pose-nod-down": "Lower your chin and hold, eyes on the screen", "pose-blink-front": "Eyes open, look at the screen", "pose-blink-shut": "Close your eyes until you hear the tone", "pose-mouth-open": "Open your mouth and hold",
};

const ALL = { "zh-CN": ZH, en: EN };
let current = "zh-CN";

export const locale = () => current;

export function speak(wanted) {
  current = wanted;
  document.documentElement.lang = wanted;
}

/** The words for ``code``; ``facts`` fill {0}, {1}. */
export function say(code, ...facts) {
  const words = ALL[current][code];
  if (words === undefined) throw new Error(`no words for ${code}`);
  return words.replace(/\{(\d)\}/g, (_, place) => facts[place]);
}
