#!/usr/bin/env python3
"""Verifies payments in suspense of an export by docs/books.md alone: verify_suspense.py FOLDER (Python 3.8 or later)
Each one that left suspense was given to the player, sent back or taken back, and the audit log says who decided it.
Exit code 0 and a summary, or 1 and each difference in a line. verify_books.py checks that the books are whole."""
import collections, json, pathlib, re, sys

differences = []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def read_rows(folder, name):
    return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def read_lines(folder):
    """The lines of the audit log by action and order."""
    lines = collections.defaultdict(list)
    for row in read_rows(folder, "audit"):
        lines[row["action"], row["subject"]].append(row)
    return lines

def read_ways_out(folder):
    """The payments that left suspense, by order: those that went to the wallet, and those that went back."""
    ways = collections.defaultdict(lambda: (set(), set()))
    for place, name in enumerate(("entries", "transfers")):
        for row in read_rows(folder, name):
            purpose, _, payment = row["key"].partition(":")
            if purpose == "SUSPENSE-OUT":
                ways[row["reference"]][place].add(payment)
    return ways

def check_claims(order, lines, in_wallet):
    """Each cashier of a claim has a line about it, and each payment that a line gives to the player is given."""
    name, given = f"deposit {order['order']}", set()
    for claim in order["claims"].split():
        state, cashiers, payment = claim.split(":", 2)
        given |= {payment} if state == "given" else set()
        expect(cashiers or state != "given", f"{name}: {payment} was given to the player without an approval")
        for by in cashiers.split(",") if cashiers else []:
            is_told = any(line["actor"] == by and f", {payment} with " in line["after"] for line in lines)
            expect(is_told, f"{name}: no audit line says that {by} approved the claim of {payment}")
    found = [re.fullmatch(r"\S+, (\S+) with \d+ approvals, given", line["after"]) for line in lines]
    said = {match[1] for match in found if match}
    expect(said == given, f"{name}: the audit log gives {sorted(said)} to the player, and the deposit {sorted(given)}")
    expect(in_wallet == given, f"{name}: {sorted(in_wallet)} went from suspense to the wallet, not {sorted(given)}")
    states = {"CLAIMED", "CHARGED_BACK"} if order["paymentId"] in given else {order["state"]} - {"CLAIMED"}
    expect(order["state"] in states, f"{name} is {order['state']}, which its claims do not explain")

def check_returns(order, lines, sent):
    """Each payment that was sent back has a line, and each line that sends one back its payment."""
    name, returns, taken = f"deposit {order['order']}", set(order["returns"].split()), set(order["takenBack"].split())
    own = {order["paymentId"]} if order["state"] == "RETURNED" else set()
    is_enough = len(lines) >= len(returns) + len(own)
    expect(is_enough, f"{name}: the audit log has {len(lines)} lines about {len(returns) + len(own)} that were sent back")
    found = [re.search(r", (\S+) returned$", line["after"]) for line in lines]
    said = {match[1] for match in found if match}
    lost = sorted(said - returns - taken)
    expect(not lost, f"{name}: the audit log sends {lost} back, and the deposit does not")
    # A payment in another currency is in no account of ours.
    is_foreign = order["paymentCurrency"] != order["currency"]
    gone = (returns | taken | own) - ({order["paymentId"]} if is_foreign else set())
    expect(sent == gone, f"{name}: {sorted(sent)} went back from suspense, not {sorted(gone)}")

def verify(folder):
    lines, ways, count = read_lines(folder), read_ways_out(folder), 0
    for order in (row for row in read_rows(folder, "orders") if row["direction"] == "deposit"):
        in_wallet, sent = ways.pop(order["order"], (set(), set()))
        count += len(in_wallet) + len(sent)
        check_claims(order, lines.pop(("claim-suspended", order["order"]), []), in_wallet)
        check_returns(order, lines.pop(("return-deposit", order["order"]), []), sent)
    expect(not ways, f"no order explains what left suspense for {' '.join(sorted(ways))}")
    for action, name in sorted(lines):
        is_of_deposit = action in ("claim-suspended", "return-deposit")
        expect(not is_of_deposit, f"there is no deposit {name}, about which the audit log has {action}")
    return f"{count} payments"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]))
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the books cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"Payments left suspense by a decision or a dispute: {summary}.")
    sys.exit(1 if differences else 0)
