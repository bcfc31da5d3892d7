// The words of the page about the payment provider's books and ours.

export const ZH = {
  books: "支付对账", "books-lead": "每天把支付机构的账单与我们的账簿逐笔核对。只有单号和金额，不含任何人的信息。", "books-differences": "待处理的差异", "books-none": "没有差异。", "books-number": "单号", "books-transaction": "支付流水号", "books-there": "支付机构", "books-here": "我们", "books-way": "怎样处理的", "books-settle": "记为已处理", "books-settled": "已处理", "books-days": "近一个月", "books-no-days": "还没有对过账。每天上午核对前一天。", "books-day": "日期", "books-charged-there": "支付机构收款", "books-charged-here": "我们入账", "books-returned-there": "支付机构退款", "books-returned-here": "我们退款",
};

export const EN = {
  books: "Payments", "books-lead": "Every day the provider's bill is laid beside our books, line by line. Numbers and sums, and nothing of anybody.", "books-differences": "To be seen to", "books-none": "Nothing differs.", "books-number": "Number", "books-transaction": "Provider's number", "books-there": "Provider", "books-here": "We", "books-way": "What was done", "books-settle": "Settled", "books-settled": "Settled", "books-days": "The last month", "books-no-days": "Nothing was compared yet. The day before is compared each morning.", "books-day": "Day", "books-charged-there": "Provider took", "books-charged-here": "We booked", "books-returned-there": "Provider refunded", "books-returned-here": "We refunded",
};
