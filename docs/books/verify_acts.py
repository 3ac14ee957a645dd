#!/usr/bin/env python3
"""Verifies by docs/books.md alone that money which cashiers and operators moved by hand has the lines of the audit log
that it needs, and these lines their money: verify_acts.py FOLDER (Python 3.8 or later). Exit code 0 and a summary, or 1
and each difference in a line. verify_books.py says whether the audit log is whole."""
import collections, json, pathlib, re, sys

LARGEST_BALANCE = 10 ** 28 - 1  # In units of 0.00000001.
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

def read_decided(folder):
    """Movements that cashiers or operators decide, and payouts of house games, by purpose and key."""
    decided = {purpose: {} for purpose in "ADJUST WRITE-OFF REFUND VOID GAME-REFUND WIN".split()}
    for row in (*read_rows(folder, "entries"), *read_rows(folder, "transfers")):
        decided.get(row["key"].split(":")[0], {})[row["key"]] = row
    return decided

def of_act(action, lines):
    """The lines of an action about any subject."""
    return [line for (name, _), about in lines.items() if name == action for line in about]

def line_with(key, action, lines):
    """The one line of an action about a user that ends with the key of a movement."""
    found = [line for line in lines[action, key.split(":")[1]] if line["after"].endswith(f", {key}")]
    return found[0] if len(found) == 1 else None

def agreed_before(line, wanted, lines):
    """Those who asked for an act before its last line, and are neither its actor nor the player."""
    earlier = [one for one in lines[line["action"], line["subject"]] if int(one["number"]) < int(line["number"])]
    asked = [one for one in earlier if re.search(wanted + r"\Z", one["after"])]  # The newest request is the last.
    return {one["actor"] for one in asked} - {line["actor"], line["subject"]}

def check_adjustment(entry, lines):
    """Two cashiers asked for the same kind, amount and reason, and the last line has the entry's key and balances."""
    key, line = entry["key"], line_with(entry["key"], "adjust-wallet", lines)
    if not line:
        return expect(False, f"the audit log does not have one line about {key}")
    kind, sides = "debit" if entry["kind"] == "DEBIT" else "credit", (("before", "Before"), ("after", "After"))
    is_held = all(f"{line[side]},".startswith(f"holds {entry['balance' + balance]},") for side, balance in sides)
    what = rf"{kind} {re.escape(entry['amount'])}, {re.escape(line['reason'])} wanted by 1"
    asked = {match[0] for match in re.finditer(rf", adjust \S+: {what}", line["before"])}
    done = [text for text in asked if text not in line["after"] and agreed_before(line, re.escape(text), lines)]
    is_own = line["actor"] == line["subject"]
    expect(is_held and done and not is_own, f"{key} is not what two cashiers wanted, by audit line {line['number']}")

def check_write_off(transfer, lines):
    """A cashier gave up all that was owed. If that needed more of them, they asked for it before."""
    key, amount, line = transfer["key"], transfer["amount"], line_with(transfer["key"], "write-off-debt", lines)
    if not line:
        return expect(False, f"the audit log does not have one line about {key}")
    is_whole = line["before"].startswith(f"owes {amount},") and line["after"].startswith("owes 0,")
    wanted = rf", write-off {re.escape(amount)} wanted by (\d+)"
    needed = max([0, *map(int, re.findall(wanted, line["before"]))])
    is_agreed = len(agreed_before(line, wanted, lines)) >= needed and line["actor"] != line["subject"]
    expect(is_whole and is_agreed, f"{key} is not what cashiers gave up, by audit line {line['number']}")

def check_made(lines, action, purpose, made):
    """Each line that names a movement has it."""
    found = [re.search(rf", ({purpose}:\d+:\d+)$", line["after"]) for line in of_act(action, lines)]
    lost = sorted({match[1] for match in found if match} - {*made})
    expect(not lost, f"the audit log tells of {' '.join(lost)}, which moved nothing")

def check_voids(voids, lines):
    """A match is returned if an operator says so, if its round was cancelled, or if its winner could not be paid."""
    largest = collections.Counter()
    for row in voids.values():
        paid, match = units(row["balanceBefore"]) + 2 * units(row["amount"]), row["reference"]
        largest[match] = max(largest[match], paid)
    for row in voids.values():
        is_told = lines["void-match", row["reference"]] or lines["cancel-round", row["account"].partition(":")[2]]
        expect(is_told or largest[row["reference"]] > LARGEST_BALANCE, f"no audit line explains {row['key']}")
    for line in of_act("void-match", lines):
        name = f"audit line {line['number']}"
        expect(line["subject"] in largest, f"{name} voided a match whose stakes did not go back")

def check_returns(decided, lines):
    """Refunds of bets and returned stakes of periods, with the acts of operators."""
    for line in of_act("refund-bet", lines):
        key = f"REFUND:{line['subject']}"
        expect(key in decided["REFUND"], f"audit line {line['number']} refunded a bet, and {key} is not there")
    cancelled = {f"period:{line['subject']}" for line in of_act("cancel-period", lines) if line["after"] == "CANCELLED"}
    for purpose, is_cancelled in (("GAME-REFUND", True), ("WIN", False)):
        for row in decided[purpose].values():
            is_so = (row["account"] in cancelled) == is_cancelled
            expect(is_so, f"{row['key']} and the audit log differ about a cancelled period")

def verify(folder):
    lines, decided = read_lines(folder), read_decided(folder)
    for entry in decided["ADJUST"].values():
        check_adjustment(entry, lines)
    for transfer in decided["WRITE-OFF"].values():
        check_write_off(transfer, lines)
    check_made(lines, "adjust-wallet", "ADJUST", decided["ADJUST"])
    check_made(lines, "write-off-debt", "WRITE-OFF", decided["WRITE-OFF"])
    check_voids(decided["VOID"], lines)
    check_returns(decided, lines)
    return f"{len(decided['ADJUST'])} adjustments, {len(decided['WRITE-OFF'])} debts"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]))
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the books cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"Money moved by hand has its acts: {summary}.")
    sys.exit(1 if differences else 0)
