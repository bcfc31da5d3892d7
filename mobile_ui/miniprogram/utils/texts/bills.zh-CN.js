// 医疗账单的用语。

module.exports = {
  bills: {
    title: "医疗账单",
    empty: "没有医疗账单。医院开出后会出现在这里。",
  },
  bill: {
    title: "医疗账单",
    partsTitle: "谁付多少",
    parts: { government_fen: "医保统筹基金", self_fen: "医保个人账户", other_fen: "其他医保基金", cash_fen: "您要付的现金" },
    cashPaid: "您付的现金",
    linesTitle: "费用明细",
    shareText: "医保先算出各部分，您确认后再付款。",
    share: "用医保支付",
    byCash: "全部自费",
    pay: "去支付 {sum}",
    confirm: "确认用医保付清",
    confirmTitle: "用医保付清？",
    confirmText: "不需要再付现金。确认后医保按上面的金额结算。",
    moving: { sharing: "医保正在计算，请稍等几秒。", settling: "已收到您的付款，医保正在结算。" },
    until: "请在 {time} 之前支付",
    returned: "已退",
    backTo: { government_fen: "退回统筹基金 {sum}", self_fen: "退回个人账户 {sum}", other_fen: "退回其他基金 {sum}", cash_fen: "现金原路退回 {sum}" },
    backDone: "已到账",
    backSoon: "退款中",
    foot: "退款由医院办理，每一部分退回原来的地方。有疑问请问医院收费处。",
  },
};
