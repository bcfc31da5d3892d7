// Numbers, money and time as people write them here.

const texts = require("./texts");

const CHINA = 8 * 3600 * 1000; // people read Asia/Shanghai, which has no summer time

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function number(value) {
  const [whole, part] = String(Math.abs(value)).split(".");
  return (value < 0 ? "−" : "") + grouped(whole) + (part ? `.${part}` : "");
}

/** Integer fen as yuan with separators: 1234567 is ¥12,345.67. */
function money(fen) {
  const digits = String(Math.abs(fen)).padStart(3, "0");
  return `${fen < 0 ? "−" : ""}¥${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`;
}

const percent = (value) => `${number(value)}%`;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function month(value) {
  const [year, one] = String(value).split("-");
  if (texts.locale() === "ug") return `${year}-يىل ${Number(one)}-ئاي`;
  return texts.locale() === "en" ? `${MONTHS[one - 1]} ${year}` : `${year}年${Number(one)}月`;
}

function date(value) {
  const [year, one, day] = String(value).slice(0, 10).split("-");
  if (texts.locale() === "ug") return `${year}-يىل ${Number(one)}-ئاينىڭ ${Number(day)}-كۈنى`;
  return texts.locale() === "en" ? `${Number(day)} ${MONTHS[one - 1]} ${year}` : `${year}年${Number(one)}月${Number(day)}日`;
}

const inChina = (time) => new Date(new Date(time).getTime() + CHINA).toISOString();

const day = (time) => date(inChina(time));

const moment = (time) => `${day(time)} ${inChina(time).slice(11, 16)}`;

/** The time of day some seconds from now. */
function clock(seconds) {
  const then = new Date(Date.now() + seconds * 1000);
  return seconds < 43200 ? inChina(then).slice(11, 16) : moment(then);
}

module.exports = { number, money, percent, month, date, day, moment, clock };
