// The words of paying.

module.exports = {
  quote: {
    title: "Payment",
    begin: "Reckon and pay",
    pay: "Pay {sum}",
    until: "Please pay by {time}; after that it is reckoned anew",
    again: "Reckon again",
    lines: "Details",
    change: "Change",
    reckon: "Reckon again",
    receipt: "The office's receipt",
    payment: "See the payment",
    told: { paid: "Paid. The office is entering it; one moment.", settled: "The office has entered it.", refused: "The office did not enter it. The money goes back by itself; you need do nothing.", lapsed: "Expired. Nothing was taken." },
  },
  payment: {
    title: "Payment",
    unpaid: "No payment has arrived. If you have just paid, wait a moment: you are not charged twice.",
    pay: "Pay",
    refund: "Refund",
    surplus: "Taken too much, going back by itself",
    about: "What it is for",
    facts: { payee: "Paid to", number: "Number", transaction: "Provider's number", created: "Begun", paid: "Paid", returned: "Refunded" },
  },
  payments: {
    title: "Payments",
    empty: "You have paid nothing here yet.",
    find: "Find a service",
    more: "More",
  },
};
