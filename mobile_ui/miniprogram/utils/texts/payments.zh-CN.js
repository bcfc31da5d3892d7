// 缴费的文字。

module.exports = {
  quote: {
    title: "缴费",
    begin: "去核算并缴费",
    pay: "去付款 {sum}",
    until: "请在 {time} 前付款，过后重新核算",
    again: "重新核算",
    lines: "费用明细",
    change: "调整",
    reckon: "重新核算",
    receipt: "部门收据",
    payment: "查看付款记录",
    told: { paid: "已付款，部门正在入账，稍等片刻。", settled: "部门已经入账。", refused: "部门没有入账，款项正自动原路退回，您不用做什么。", lapsed: "已过期，没有扣款。" },
  },
  payment: {
    title: "缴费详情",
    unpaid: "还没收到付款。如果刚付过，请稍等，不会重复扣款。",
    pay: "去付款",
    refund: "退款",
    surplus: "多付的款项，自动退回",
    about: "查看缴费项目",
    facts: { payee: "收款单位", number: "单号", transaction: "支付流水号", created: "发起时间", paid: "付款时间", returned: "已退回" },
  },
  payments: {
    title: "缴费记录",
    empty: "还没有缴费记录。",
    find: "去找服务",
    more: "更多",
  },
};
