#!/usr/bin/env python3
"""Verifies by docs/books.md alone that stakes explain the returns and payouts of an export, and that accounts and
deposits explain its bonuses: verify_play.py FOLDER (Python 3.8 or later). Exit code 0 and a summary, or 1 and each
difference in a line. verify_keys.py says whether each key has its accounts."""
import collections, json, pathlib, sys

LARGEST_MULTIPLIER = {"wingo": "9", "trx_wix": "9", "5d": "9", "k3": "207.36"}  # By GET /api/games.
differences = []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def units(amount):
    whole, _, decimals = amount.partition(".")
    return int(whole + decimals.ljust(8, "0"))

def read_rows(folder, name):
    return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def read_entries(folder):
    """The entries by purpose and by the rest of the key."""
    entries = collections.defaultdict(dict)
    for row in read_rows(folder, "entries"):
        purpose, _, rest = row["key"].partition(":")
        entries[purpose][rest] = row
    return entries

def check_bets(entries):
    """No player gets more out of a round than they staked in it and won of others."""
    left = collections.Counter()
    # Half of a payout is the winner's own stake, so all amounts are doubled.
    for purpose, share in (("BET", 2), ("REFUND", -2), ("VOID", -2), ("SETTLE", -1)):
        for row in entries[purpose].values():
            left[row["user"], row["account"]] += share * units(row["amount"])
    for (user, account), rest in left.items():
        expect(rest >= 0, f"user {user} got more out of {account} than their stakes explain")
    for bet, row in entries["REFUND"].items():
        stake = entries["BET"].get(bet)
        is_of_stake = stake and (stake["user"], stake["account"]) == (row["user"], row["account"])
        is_part = is_of_stake and units(row["amount"]) <= units(stake["amount"])
        expect(is_part, f"{row['key']} is not a part of a stake of user {row['user']}")

def check_matches(entries):
    """Each match was either paid to one player, perhaps with a commission, or returned to two."""
    matches = collections.defaultdict(list)
    for purpose in ("SETTLE", "VOID"):
        for row in entries[purpose].values():
            matches[row["reference"]].append((purpose, row["amount"], row["account"]))
    for match, ends in matches.items():
        needed = {"SETTLE": 1, "VOID": 2}[ends[0][0]]
        is_once = len(set(ends)) == 1 and len(ends) == needed
        expect(is_once, f"the match {match} was not either paid to one player, or returned to both")
    for name, row in entries["COMMISSION"].items():
        paid = entries["SETTLE"].get(name, {"amount": "0"})
        # At most a tenth of the winnings, which are half of the payout.
        expect(20 * units(row["amount"]) <= units(paid["amount"]), f"{row['key']} is no commission")

def check_game_bet(bet, parts):
    """A bet on a house game had a stake, which explains what came back for it and how that was split."""
    rows = [row for of_purpose in parts.values() for row in of_purpose.values()]
    is_of_one = "GAME" in parts and len({(row["user"], row["account"]) for row in rows}) == 1
    expect(is_of_one, f"the bet {bet} has no stake, or it is of another player or period")
    amounts = {purpose: [units(parts[purpose][kind]["amount"]) if kind in parts.get(purpose, {}) else 0
                         for kind in ("CASH", "BONUS")] for purpose in ("GAME", "WIN", "GAME-REFUND")}
    stake, won = sum(amounts["GAME"]), sum(amounts["WIN"])
    is_returned, is_none = amounts["GAME-REFUND"] == amounts["GAME"] and not won, not any(amounts["GAME-REFUND"])
    expect(is_returned or is_none, f"GAME-REFUND:{bet} is not the stake of a bet that won nothing")
    game = rows[0]["account"].partition(":")[2].split("-")[0]
    largest = units(LARGEST_MULTIPLIER.get(game, "0"))
    expect(100 * won * 10 ** 8 <= 98 * stake * largest, f"WIN:{bet} is more than a bet on {game} pays")
    is_split = not stake or amounts["WIN"][1] == won * amounts["GAME"][1] // stake
    expect(is_split, f"WIN:{bet} is not split between cash and bonus as its stake")

def check_games(entries):
    bets = collections.defaultdict(lambda: collections.defaultdict(dict))
    for purpose in ("GAME", "WIN", "GAME-REFUND"):
        for rest, row in entries[purpose].items():
            bets[rest.replace(":BONUS", "")][purpose][row["balanceKind"]] = row
    for bet, parts in bets.items():
        check_game_bet(bet, parts)

def check_bonuses(folder, entries):
    """A bonus for a sign-up is of accounts, and one for a deposit is of the player's first credited one."""
    accounts, first = {row["user"] for row in read_rows(folder, "users")}, {}
    credited = [*entries["DEPOSIT"].values(), *entries["SUSPENSE-OUT"].values()]
    for row in sorted(credited, key=lambda row: int(row["number"])):
        first.setdefault(row["user"], row["reference"])
    for rest, row in entries["BONUS"].items():
        kind, player, user = rest.split(":")[0], rest.split(":")[1], row["user"]
        is_due = {"REG": player == user and user in accounts, "REF": player != user and {player, user} <= accounts,
                  "DEP": player == user and first.get(user) == row["reference"]}
        expect(is_due.get(kind), f"{row['key']} was not due to user {user}")

def verify(folder):
    entries = read_entries(folder)
    check_bets(entries)
    check_matches(entries)
    check_games(entries)
    check_bonuses(folder, entries)
    return f"{sum(map(len, entries.values()))} entries"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]))
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the books cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"Stakes and deposits explain payouts and bonuses: {summary}.")
    sys.exit(1 if differences else 0)
