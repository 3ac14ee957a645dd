// Texts about answers that were lost, about the account of this tab, and about the storage of this browser, in English.

export const lost = {
  "sent.bet": "{amount} on {side}",
  "sent.gameBet": "{amount} on {pick}",
  "sent.deposit": "{amount}",
  "sent.withdrawal": "{amount} to the {account}",

  "lost.title.bet": "We do not know yet whether your bet arrived",
  "lost.title.gameBet": "We do not know yet whether your bet arrived",
  "lost.title.deposit": "We do not know yet whether your deposit was opened",
  "lost.title.withdrawal": "We do not know yet whether your withdrawal was requested",
  "lost.sent": "You sent",
  "lost.at": "At",
  "lost.why.lost": "The answer got lost.",
  "lost.why.late": "The service did not answer in time.",
  "lost.why.fault": "The service could not say what became of it.",
  "lost.why.reload": "The page was loaded again before the answer came.",
  "lost.repeats":
    "We ask again with the same request, so it can only be carried out once. Until we know, the form keeps these values.",
  "lost.looks":
    "We look for it, and send nothing more. If it did not arrive, you decide again. Until we know, the form keeps these values.",
  "lost.off": "There is no connection. We ask as soon as it is back.",
  "lost.pause": "Time until we ask again",
  "lost.ask": "Ask again now",
  "lost.asking": "Asking…",
  "lost.in": "Asking again in {seconds} s…",
  "lost.bets": "See my bets",
  "lost.see": "See the form",
  "lost.arrived.bet": "Your bet arrived, once: {what}.",
  "lost.arrived.gameBet": "Your bet arrived, once: {what}.",
  "lost.arrived.deposit": "Your deposit was opened, once: {what}. Pay it in the list of deposits.",
  "lost.arrived.withdrawal": "Your withdrawal was requested, once: {what}.",
  "lost.absent.bet": "Your bet of {what} did not arrive. Nothing was placed, and nothing was taken from your balance.",
  "lost.absent.gameBet":
    "Your bet of {what} did not arrive. Nothing was placed, and nothing was taken from your balance.",
  "lost.absent.deposit": "Your deposit of {what} was not opened. Nothing was paid.",
  "lost.absent.withdrawal": "Your withdrawal of {what} was not requested. Nothing was taken from your balance.",

  "replaced.title": "Another account is logged in in this browser",
  "replaced.text": "This tab belonged to {name}. It has stopped, and does nothing for the other account.",
  "replaced.someone": "the account before",
  "replaced.number": "account {number}",
  "replaced.go": "Go on as the other account",
  "replaced.or": "Or log in below with the account of this tab. The other one is then logged out.",

  "storage.blocked":
    "This browser keeps no data of this page. After a reload you must log in again, and draws are verified without the hashes that you saw before. To change that, permit cookies and site data for this address.",
  "storage.full":
    "The storage of this browser is full. From now on, hashes that you see before a bet are kept only until you close this page. Delete data of other sites to change that.",
};
