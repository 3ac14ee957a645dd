#!/usr/bin/env python3
"""Verifies the jackpots of an export by docs/books.md alone: verify_jackpots.py FOLDER (Python 3.8 or later)
Exit code 0 and a summary, or 1 and each difference in a line. That the books are whole, verify_books.py says."""
import collections, json, pathlib, sys

differences = []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def units(amount):
    whole, _, decimals = amount.partition(".")
    return int(whole + decimals.ljust(8, "0"))

def read_rows(folder, name):
    return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def check_numbers(rows, first, what):
    for group, numbers in rows.items():
        gapless = list(range(first, first + len(numbers)))
        expect([int(row["number"]) for row in numbers] == gapless, f"{what} of {group} do not follow each other")

def check_win(win, terms, entries, transfers):
    name, key, group = f"the win {win['operation']}", win["operation"], win["group"]
    entry = entries.pop(f"JACKPOT:{key}", {})
    paid = [entry.get(field) for field in ("user", "amount", "account", "kind", "reference")]
    said = [win["user"], win["amount"], f"jackpot-pool:{group}", "CREDIT", key]
    expect(paid == said, f"{name} was not paid as it says")
    for purpose, field in (("REFILL", "refill"), ("TOP-UP", "topUp")):
        moved = transfers.pop(f"JACKPOT-{purpose}:{key}", {"amount": "0"})["amount"]
        expect(moved == win[field], f"{name} moved {moved} as {field}, and says {win[field]}")
    amount, before, refill, top_up = (units(win[field]) for field in ("amount", "poolBefore", "refill", "topUp"))
    rest = before - amount
    starts = {max(rest, units(row["startAmount"])) for row in terms if row["at"].rstrip("Z") <= win["at"].rstrip("Z")}
    expect(rest >= 0, f"{name} was larger than its pool")
    expect(rest + refill + top_up in starts, f"after {name} the pool did not start again by its terms")
    if win["ticket"] != "":
        odds = [units(row["odds"]) for row in terms if row["number"] == win["termsVersion"]]
        cash, ticket = units(win["cash"]), int(win["ticket"], 16)
        wins = [cash >= number or ticket * number < cash << 64 for number in odds]
        expect(wins == [win["cause"].startswith("drawn ")], f"the ticket of {name} says otherwise")

def verify(folder):
    rows = {"terms": collections.defaultdict(list), "win": collections.defaultdict(list)}
    for row in read_rows(folder, "jackpots"):
        rows[row["kind"]][row["group"]].append(row)
    check_numbers(rows["terms"], 1, "terms")
    check_numbers(rows["win"], 0, "wins")
    is_of_win = lambda row: row["key"].startswith(("JACKPOT:", "JACKPOT-REFILL:", "JACKPOT-TOP-UP:"))
    entries = {row["key"]: row for row in read_rows(folder, "entries") if is_of_win(row)}
    transfers = {row["key"]: row for row in read_rows(folder, "transfers") if is_of_win(row)}
    wins = [win for of_group in rows["win"].values() for win in of_group]
    for win in wins:
        check_win(win, rows["terms"][win["group"]], entries, transfers)
    expect(not entries and not transfers, f"no win explains {' '.join([*entries, *transfers])}")
    return f"{len(wins)} wins"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]))
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the jackpots cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"The jackpots are in order: {summary}.")
    sys.exit(1 if differences else 0)
