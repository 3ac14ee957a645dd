#!/usr/bin/env python3
"""Verifies an export by docs/books.md alone: verify_books.py FOLDER [SHA-256 OF THE MANIFEST] (Python 3.8 or later)"""
import collections, csv, hashlib, json, pathlib, sys

HASHED_OF_ENTRY = "user number key kind amount account reference balanceBefore balanceAfter at previousHash".split()
HASHED_OF_LINE = "number at actor action subject reason before after previousHash".split()
ROWS = [f"{name}.{kind}" for name in "audit entries jackpots orders players seals settings transfers users wallets".split() for kind in ("csv", "jsonl")]
WALLET, PROVIDER, OTHER = "wallet:{user}:cash", "payment-provider:{provider}", "payment-provider:{paymentProvider}"
MOVES = [  # What an order has moved: key; kind and states of the order; who gives, who gets, how much.
    ("DEPOSIT:{order}", "deposit", "COMPLETED REFUNDED DISPUTED CHARGED_BACK", PROVIDER, WALLET, "amount"),
    ("DEPOSIT-REFUND:{order}", "deposit", "REFUNDED", WALLET, PROVIDER, "amount"),
    ("SUSPENSE:{paymentId}", "unclaimed", "any", OTHER, "suspense:{paymentProvider}", "paymentAmount"),
    ("SUSPENSE-OUT:{paymentId}", "unclaimed", "RETURNED", "suspense:{paymentProvider}", OTHER, "paymentAmount"),
    ("SUSPENSE-OUT:{paymentId}", "unclaimed", "CLAIMED CHARGED_BACK", "suspense:{paymentProvider}", WALLET, "paymentAmount"),
    ("WITHDRAW:{order}", "withdrawal", "any", WALLET, "withdrawals", "amount"),
    ("WITHDRAW-REV:{order}", "withdrawal", "FAILED REJECTED CANCELLED RETURNED", "withdrawals", WALLET, "amount"),
    ("PAYOUT:{order}", "withdrawal", "COMPLETED RETURNED", "withdrawals", PROVIDER, "amount"),
    ("PAYOUT-REV:{order}", "withdrawal", "RETURNED", PROVIDER, "withdrawals", "amount"),
    ("PAID-AFTER-RETURN:{order}", "paid-after-return", "any", "receivable:{user}", PROVIDER, "amount")]
differences, UNFINISHED, NO_ENTRIES = [], "HELD APPROVED PROCESSING".split(), {"CASH": 0, "BONUS": 0, "version": 0, "head": "0" * 64}

def expect(is_so, sentence): differences.extend([] if is_so else [sentence])
def units(amount):
    whole, _, decimals = amount.partition(".")
    return int(whole + decimals.ljust(8, "0"))
def digest(values): return hashlib.sha256("\n".join(text.replace("\\", "\\\\").replace("\n", "\\n") for text in values).encode()).hexdigest()
def read_rows(folder, name): return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def read_manifest(folder, seal):
    data = (folder / "manifest.json").read_bytes()
    expect(seal in (None, hashlib.sha256(data).hexdigest()), "manifest.json is not the one that was sealed")
    expect(((manifest := json.loads(data))["format"], manifest["offenders"]) == ("evens-books/5", 0), "another format, or evens found faults")
    found = sorted(path.name for path in folder.iterdir() if path.name != "manifest.json")
    expect(found == sorted(["trial_balance.csv", *ROWS]) == sorted(manifest["files"]), "the files are not those of books.md")
    for name, said in manifest["files"].items():
        found = {"sha256": hashlib.sha256(data := (folder / name).read_bytes()).hexdigest(), "lines": data.count(b"\n")}
        expect(said == found, f"{name} has changed")
    return manifest

def add_movement(movements, row, giver, receiver):
    expect(row["key"] not in movements, f"the key {row['key']} moved money twice")
    expect(units(row["amount"]) > 0 and giver != receiver, f"{row['key']} moves nothing")
    movements[row["key"]] = giver, receiver, units(row["amount"]), row["reference"]

def check_entry(row, left, movements):
    name, kind, is_debit = f"entry {row['number']} of user {row['user']}", row["balanceKind"], row["kind"] == "DEBIT"
    after = left[kind] + (-units(row["amount"]) if is_debit else units(row["amount"]))
    said = int(row["number"]), row["previousHash"], units(row["balanceBefore"]), units(row["balanceAfter"])
    follows = said == (left["version"] + 1, left["head"], left[kind], after) and after >= 0
    expect(follows, f"{name} does not follow from entry {left['version']} and from what that left")
    hashed = [row[field] for field in HASHED_OF_ENTRY] + ["BONUS"] * (kind == "BONUS")
    expect(row["hash"] == digest(hashed), f"{name} does not have its hash")
    left.update({kind: units(row["balanceAfter"]), "version": int(row["number"]), "head": row["hash"]})
    sides = f"wallet:{row['user']}:{kind.lower()}", row["account"]
    add_movement(movements, row, *(sides if is_debit else sides[::-1]))

def check_wallets(rows, left):
    held = collections.Counter()
    for row in rows:
        cash, bonus, name = units(row["balance"]), units(row["bonus"]), f"the wallet of user {row['user']}"
        said = {"CASH": cash, "BONUS": bonus, "version": int(row["version"]), "head": row["head"]}
        expect(left.pop(row["user"], NO_ENTRIES) == said, f"{name} is not what its entries leave")
        held.update({"wallets:cash": cash, "wallets:bonus": bonus, "stakes": units(row["locked"])})
    expect(not left, f"no wallet has the entries of users {' '.join(left)}")
    return held

def check_audit(folder, head):
    number, newest, decisions, states = 0, "0" * 64, set(), {}
    for number, row in enumerate(read_rows(folder, "audit"), 1):
        expect(row["number"] == str(number) and row["previousHash"] == newest, f"audit line {number} does not follow")
        expect((newest := row["hash"]) == digest(row[field] for field in HASHED_OF_LINE), f"audit line {number} does not have its hash")
        if row["action"] == "set-switch":
            expect(row["before"] == states.get(row["subject"], "on") != row["after"], f"audit line {number} does not follow the one before it about the switch {row['subject']}")
            states[row["subject"]] = row["after"]
        about = (row["action"].replace("retry-payout", "approve-withdrawal"), row["subject"])  # A retry is approved, too.
        decisions |= {about, (*about, row["actor"])}
    expect(head == {"number": str(number), "hash": newest}, "the audit log does not end where the manifest says")
    return decisions

def check_order(order, movements, decisions):
    name, ours = order["order"], "unclaimed" * (order["paymentCurrency"] == order["currency"])
    kinds = [ours if order["unclaimed"] else order["direction"], "paid-after-return" * (order["paidAfterReturn"] == "true")]
    for key, kind, states, giver, receiver, amount in MOVES:
        if kind in kinds and (states == "any" or order["state"] in states.split()):
            key, giver, receiver = (text.format_map(order) for text in (key, giver, receiver))
            is_there = movements.get(key) == (giver, receiver, units(order[amount]), name)
            expect(is_there, f"order {name}: {key} does not move {order[amount]} from {giver} to {receiver}")
            yield key
    told = [("approve-withdrawal", name, approval.split("@")[0]) for approval in order["approvals"].split()]
    expect(decisions.issuperset(told + [("reject-withdrawal", name)] * (order["state"] == "REJECTED")), f"order {name}: the audit log does not tell who decided about it")

def check_orders(rows, movements, decisions):
    orders, explained, back = {}, set(), collections.Counter()  # For disputes, whose ids no order tells.
    for order in rows:
        is_back = "wallet:" not in movements.get("SUSPENSE-OUT:" + order["paymentId"], ("", ""))[1]  # Out of suspense.
        order["state"] = "RETURNED" if order["unclaimed"] and order["state"] == "CHARGED_BACK" and is_back else order["state"]
        expect(order["order"] not in orders, f"there are two orders {order['order']}")
        explained.update(check_order(order, movements, decisions))
        orders[order["order"]], paid = order, order["paymentAmount" if order["unclaimed"] else "amount"]
        back[order["order"]] += units(paid) if order["state"] == "CHARGED_BACK" else 0
    purposes = {"CHARGEBACK", "CHARGEBACK-OWED", "PAID-TWICE", "OWED-BACK"}.union(move[0].split(":")[0] for move in MOVES)
    for key, (_, _, amount, reference) in movements.items():
        purpose, _, name = key.partition(":")
        back[reference] -= amount * (is_back := purpose in ("CHARGEBACK", "CHARGEBACK-OWED") and reference in orders)
        is_of_another = orders.get(reference, {}).get("paymentId", name) != name  # Than the payment that it tells of.
        is_loose = is_back or is_of_another and purpose.startswith(("SUSPENSE", "PAID-TWICE", "OWED-BACK"))
        expect(is_loose or key in explained or purpose not in purposes, f"no order explains {key}")
    expect(not any(back.values()), f"not what was charged back of {' '.join(name for name in back if back[name])}")
    return sum(units(row["amount"]) for row in orders.values() if row["state"] in UNFINISHED)

def check_sums(folder, movements, accounts, held):
    received, given = collections.Counter(), collections.Counter()
    for giver, receiver, amount, _ in movements.values():
        for account, sums in ((giver, given), (receiver, received)):
            sums[f"wallets:{account.split(':')[2]}" if account.startswith("wallet:") else account] += amount
    balances = collections.Counter({name: received[name] - given[name] for name in sorted({*received, *given})})
    expect(balances == {name: units(said) for name, said in accounts.items()}, "the manifest has other accounts")
    said = [[name, *map(units, sums)] for name, *sums in [*csv.reader(open(folder / "trial_balance.csv", encoding="utf-8"))][1:]]
    expect(said == [[name, received[name], given[name], balances[name]] for name in balances], "the trial balance differs")
    balances["stakes"] = sum(balance for name, balance in balances.items() if name.startswith("stakes:"))
    for name, units_held in held.items():
        expect(balances[name] == units_held, f"{name} come to {balances[name]} units, and must to {units_held}")

def verify(folder, seal=None):
    manifest, movements, left = read_manifest(folder, seal), {}, collections.defaultdict(NO_ENTRIES.copy)
    for row in read_rows(folder, "entries"):
        check_entry(row, left[row["user"]], movements)
    for row in read_rows(folder, "transfers"):
        add_movement(movements, row, row["from"], row["to"])
    held = check_wallets(read_rows(folder, "wallets"), left)
    held["withdrawals"] = check_orders(read_rows(folder, "orders"), movements, check_audit(folder, manifest["auditHead"]))
    check_sums(folder, movements, manifest["accounts"], held)
    return f"{len(movements)} movements of money"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]), *sys.argv[2:3])
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the books cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"The books are in order: {summary}.")
    sys.exit(1 if differences else 0)
