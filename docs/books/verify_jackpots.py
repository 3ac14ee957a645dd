#!/usr/bin/env python3
"""Verifies the jackpots of an export by docs/books.md alone: verify_jackpots.py FOLDER (Python 3.8 or later)
Checks wins, their payments and terms, and the lines of the audit log about terms and awards; verify_books.py the log.
Exit code 0 and a summary, or 1 and each difference in a line."""
import collections, json, pathlib, sys

differences = []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def units(amount):
    whole, _, decimals = amount.partition(".")
    return int(whole + decimals.ljust(8, "0"))

def read_rows(folder, name):
    return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def read_lines(folder):
    """The lines of the audit log by action and subject, in their order."""
    lines = collections.defaultdict(list)
    for row in read_rows(folder, "audit"):
        lines[row["action"], row["subject"]].append(row)
    return lines

def text_of(terms):
    """The text of terms in the audit log."""
    limit = f", won by {terms['mustHitBy']}" if terms["mustHitBy"] else ""
    return "version {number}: start {startAmount}, rate {rate} and {reserveRate}, odds {odds}".format_map(terms) + limit

def check_terms(group, terms, lines):
    """Each version has the line of its change, and each change its version. Another operator proposed it earlier."""
    versions = {(text_of(row), row["at"]) for row in terms}
    for change in (line for line in lines if not line["after"].startswith("proposed: ")):
        text, name = change["after"], f"audit line {change['number']}"
        expect((text, change["at"]) in versions, f"{name} changed the terms of {group}, which has no such version")
        versions.discard((text, change["at"]))
        is_before = lambda line: int(line["number"]) < int(change["number"]) and line["after"] == f"proposed: {text}"
        is_other = lambda line: line["actor"] != change["actor"] or line["actor"] == "command-line"
        is_agreed = any(is_before(line) and is_other(line) for line in lines)
        expect(is_agreed, f"no second operator proposed the terms of {group} in {name}")
    for text, since in sorted(versions):
        expect(False, f"no audit line changed the terms of {group} at {since} to {text}")

def check_award(row, lines):
    """Operators who gave a win away have their lines, and the last of them the line with which it began."""
    cause, *operators = row["cause"].split() or [""]
    if cause == "manual":
        name, told = f"the win {row['operation']}", lines["award-jackpot", row["operation"]]
        expect(len(set(operators)) == len(operators), f"the same operator proposed {name} and agreed to it")
        for by in operators:
            expect(any(line["actor"] == by for line in told), f"no audit line says that {by} awarded {name}")
        begun = [line for line in told if line["after"].startswith("won: ")]
        said = [(line["actor"], line["before"], line["after"].split(" ", 2)[2]) for line in begun]
        is_so = said == [(operators[-1], row["cause"], f"of {row['group']} to user {row['user']}")]
        amounts = {line["after"].split(" ")[1] for line in begun} - {"all"}
        expect(is_so and (not row["amount"] or amounts <= {row["amount"]}), f"{name} is not the one of its audit line")

def check_begun(rows, lines):
    """Each award that began is a win, or its pool is reserved for it."""
    operations = {row["operation"] for row in rows}
    for (action, operation), told in lines.items():
        has_begun = action == "award-jackpot" and any(line["after"].startswith("won: ") for line in told)
        is_known = operation in operations or not has_begun
        expect(is_known, f"the award {operation} began, and is neither paid nor in progress")

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

def check_fed(terms, transfers):
    """A jackpot starts with the amount of its first terms. A contribution is split by the rates of some terms."""
    starts = {f"JACKPOT-START:{group}": rows[0]["startAmount"] for group, rows in terms.items() if rows}
    found = {key: row["amount"] for key, row in transfers.items() if key.startswith("JACKPOT-START:")}
    expect(starts == found, f"jackpots started with {found}, and their terms say {starts}")
    shares = collections.defaultdict(lambda: [0, 0])
    for place, purpose in enumerate(("JACKPOT-IN:", "JACKPOT-RESERVE:")):
        for key, row in transfers.items():
            if key.startswith(purpose):
                shares[key[len(purpose):]][place] += units(row["amount"])
    for name, (pool, reserve) in shares.items():
        rates = [[units(row[rate]) for rate in ("rate", "reserveRate")] for row in terms[name.rpartition(":")[2]]]
        # Each part is rounded, by less than one unit.
        is_split = any(abs(pool * second - reserve * first) < first + second for first, second in rates)
        expect(is_split, f"the contribution {name} is not split by the rates of any terms")

def verify(folder):
    rows = {kind: collections.defaultdict(list) for kind in ("pool", "terms", "win")}
    for row in read_rows(folder, "jackpots"):
        rows[row["kind"]][row["group"]].append(row)
    check_numbers(rows["terms"], 1, "terms")
    check_numbers(rows["win"], 0, "wins")
    pools = [pool for of_group in rows["pool"].values() for pool in of_group]
    paid = {pool["group"]: int(pool["number"]) for pool in pools}
    found = {group: len(rows["win"][group]) for group in {*rows["terms"], *rows["win"]}}
    expect(len(pools) == len(paid) and paid == found, f"the pools have paid {paid} wins, and {found} are there")
    is_of_win = lambda row: row["key"].startswith(("JACKPOT:", "JACKPOT-REFILL:", "JACKPOT-TOP-UP:"))
    entries = {row["key"]: row for row in read_rows(folder, "entries") if is_of_win(row)}
    moved = {row["key"]: row for row in read_rows(folder, "transfers") if row["key"].startswith("JACKPOT-")}
    check_fed(rows["terms"], moved)
    transfers = {key: row for key, row in moved.items() if is_of_win(row)}
    wins = [win for of_group in rows["win"].values() for win in of_group]
    for win in wins:
        check_win(win, rows["terms"][win["group"]], entries, transfers)
    expect(not entries and not transfers, f"no win explains {' '.join([*entries, *transfers])}")
    lines = read_lines(folder)
    for group in {*rows["terms"], *(subject for action, subject in [*lines] if action == "update-jackpot")}:
        check_terms(group, rows["terms"][group], lines["update-jackpot", group])
    for row in [*wins, *pools]:
        check_award(row, lines)
    check_begun([*wins, *pools], lines)
    return f"{len(wins)} wins"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]))
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the jackpots cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"The jackpots are in order: {summary}.")
    sys.exit(1 if differences else 0)
