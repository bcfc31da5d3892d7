// The words of medical bills.

module.exports = {
  bills: {
    title: "Medical bills",
    empty: "No medical bills. What a hospital bills will appear here.",
  },
  bill: {
    title: "Medical bill",
    partsTitle: "Who pays what",
    parts: { government_fen: "Insurance fund", self_fen: "Your insurance account", other_fen: "Other insurance funds", cash_fen: "Cash you pay" },
    cashPaid: "Cash you paid",
    linesTitle: "What was billed",
    shareText: "Insurance reckons its parts first; you pay after you have seen them.",
    share: "Pay with insurance",
    byCash: "Pay everything in cash",
    pay: "Pay {sum}",
    confirm: "Let insurance pay it all",
    confirmTitle: "Let insurance pay it all?",
    confirmText: "There is no cash left to pay. Insurance will settle the sums above.",
    moving: { sharing: "Insurance is reckoning. A few seconds, please.", settling: "Your payment has arrived. Insurance is paying its parts." },
    until: "Please pay before {time}",
    returned: "Given back",
    backTo: { government_fen: "{sum} to the insurance fund", self_fen: "{sum} to your insurance account", other_fen: "{sum} to other funds", cash_fen: "{sum} in cash, the way it came" },
    backDone: "Arrived",
    backSoon: "On its way",
    foot: "Refunds are made by the hospital, and each part goes back to where it came from. Questions? Ask the hospital's cashier.",
  },
};
