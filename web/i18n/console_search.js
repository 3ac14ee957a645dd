// The texts of the console about the search, and about lists by time.

export const searchTexts = {
  "nav.search": "Search",
  "search.label": "Find anything",
  "search.field": "Name, phone, number, order, round or bet",
  "search.placeholder": "Name, phone, order or round",
  "search.open": "Search",
  "search.empty": "Find players, orders, rounds and bets",
  "search.scope":
    "Names are found by their beginning. Phone numbers, player numbers, referral codes and the ids of orders, rounds and bets are found as a whole.",
  "search.none": "Nothing found for “{text}”",
  "search.count": "{count} found",
  "search.users": "People",
  "search.orders": "Orders",
  "search.rounds": "Rounds",
  "search.bets": "Bets",
  "search.more": "More names begin like this. Type more of the name.",
  "search.since": "since",
  "search.lastLogin": "last login",
  "search.deposit": "Deposit",
  "search.withdrawal": "Withdrawal",
  "days.from": "From",
  "days.to": "Until",
  "days.all": "All days",
  "withdrawals.completed": "Paid",
  "withdrawals.completed.none": "No paid withdrawals",
  "withdrawals.none.text":
    "Withdrawals that wait for a decision or for the provider appear here, those that wait longest first.",
  "withdrawals.none.ended":
    "Withdrawals that end in this state appear here, by the time of their request, newest first.",
  "rounds.closed.list": "Closed",
  "rounds.cancelled.list": "Cancelled",
  "rounds.ended.none": "No such rounds",
  "rounds.ended.none.text":
    "Rounds that ended in this way appear here, those that ended last first. Rounds from before there was this list are found by their id.",
  "rounds.ended": "Ended",
  "rounds.from": "Result from",
  "players.newest": "Newest players",
  "players.none": "No players",
  "players.none.text":
    "Players appear here when they sign up. Players from before this list appear at their next login.",
  "players.name": "Name",
};
