#!/usr/bin/env python3
"""Verifies by docs/books.md alone that each movement of an export has a known key, with the accounts and the reference
that such a key has: verify_keys.py FOLDER (Python 3.8 or later). Exit code 0 and a summary, or 1 and each difference in
a line. verify_books.py says whether the books are whole, and whether each order has its movements."""
import collections, json, pathlib, re, sys

# Each key with its movement: kind of the entry, or TRANSFER; who gives; who gets; reference. A name in braces is the
# same text wherever it is in a row.
RULES = """
DEPOSIT:{order}                 CREDIT    payment-provider:{via}   wallet:{user}:cash       {order}
DEPOSIT-REFUND:{order}          DEBIT     wallet:{user}:cash       payment-provider:{via}   {order}
WITHDRAW:{order}                DEBIT     wallet:{user}:cash       withdrawals              {order}
WITHDRAW-REV:{order}            REFUND    withdrawals              wallet:{user}:cash       {order}
PAYOUT:{order}                  TRANSFER  withdrawals              payment-provider:{via}   {order}
PAYOUT-REV:{order}              TRANSFER  payment-provider:{via}   withdrawals              {order}
PAID-AFTER-RETURN:{order}       TRANSFER  receivable:{user}        payment-provider:{via}   {order}
PAID-TWICE:{order}:{payout}     TRANSFER  receivable:{user}        payment-provider:{via}   {order}
OWED-BACK:{order}:{payout}      TRANSFER  payment-provider:{via}   receivable:{user}        {order}
OWED-BACK:{order}:{payout}      TRANSFER  payment-provider:{via}   bad-debt                 {order}
CHARGEBACK:{dispute}            DEBIT     wallet:{user}:cash       payment-provider:{via}   {order}
CHARGEBACK-OWED:{dispute}       TRANSFER  receivable:{user}        payment-provider:{via}   {order}
SUSPENSE:{payment}              TRANSFER  payment-provider:{via}   suspense:{via}           {order}
SUSPENSE-OUT:{payment}          TRANSFER  suspense:{via}           payment-provider:{via}   {order}
SUSPENSE-OUT:{payment}          CREDIT    suspense:{via}           wallet:{user}:cash       {order}
BET:{bet}                       DEBIT     wallet:{user}:cash       stakes:{round}           {bet}
REFUND:{bet}                    REFUND    stakes:{round}           wallet:{user}:cash       {bet}
SETTLE:{match}:{user}           CREDIT    stakes:{round}           wallet:{user}:cash       {match}
VOID:{match}:{user}             REFUND    stakes:{round}           wallet:{user}:cash       {match}
COMMISSION:{match}:{user}       DEBIT     wallet:{user}:cash       revenue                  {match}
GAME:{bet}                      DEBIT     wallet:{user}:cash       period:{period}          {bet}
GAME:{bet}:BONUS                DEBIT     wallet:{user}:bonus      period:{period}          {bet}
WIN:{bet}                       CREDIT    period:{period}          wallet:{user}:cash       {bet}
WIN:{bet}:BONUS                 CREDIT    period:{period}          wallet:{user}:bonus      {bet}
GAME-REFUND:{bet}               REFUND    period:{period}          wallet:{user}:cash       {bet}
GAME-REFUND:{bet}:BONUS         REFUND    period:{period}          wallet:{user}:bonus      {bet}
FUND:{name}                     CREDIT    house                    wallet:{user}:cash       {name}
ADJUST:{user}:{number}          PAYOUT    house                    wallet:{user}:cash       ADJUST:{user}:{number}
ADJUST:{user}:{number}          DEBIT     wallet:{user}:cash       house                    ADJUST:{user}:{number}
WRITE-OFF:{user}:{number}       TRANSFER  bad-debt                 receivable:{user}        WRITE-OFF:{user}:{number}
BONUS:REG:{user}                CREDIT    bonus-pool               wallet:{user}:bonus      reg_bonus_{user}
BONUS:REF:{player}              CREDIT    bonus-pool               wallet:{user}:bonus      ref_bonus_{player}
BONUS:REF:{player}:{level}      CREDIT    bonus-pool               wallet:{user}:bonus      ref_bonus_{player}_{level}
BONUS:DEP:{user}                CREDIT    bonus-pool               wallet:{user}:bonus      {order}
FEE:{via}:{day}                 TRANSFER  provider-fees:{via}      payment-provider:{via}   {day}
SETTLEMENT:{name}               TRANSFER  bank                     payment-provider:{via}   {name}
FUNDING:{name}                  TRANSFER  payment-provider:{via}   bank                     {name}
JACKPOT:{operation}             CREDIT    jackpot-pool:{group}     wallet:{user}:cash       {operation}
JACKPOT-START:{group}           TRANSFER  house                    jackpot-pool:{group}     {group}
JACKPOT-IN:{operation}:{group}  TRANSFER  house                    jackpot-pool:{group}     {operation}
JACKPOT-RESERVE:{operation}:{group}  TRANSFER  house                    jackpot-reserve:{group}  {operation}
JACKPOT-REFILL:{operation}      TRANSFER  jackpot-reserve:{group}  jackpot-pool:{group}     {operation}
JACKPOT-TOP-UP:{operation}      TRANSFER  house                    jackpot-pool:{group}     {operation}
"""
NAMES = {**dict.fromkeys("order bet match via group".split(), r"[^:\t]+"), "day": r"\d{4}-\d\d-\d\d",
         **dict.fromkeys("user player number level".split(), r"\d+")}
NEVER_BELOW = ("stakes:", "suspense:", "jackpot-pool:", "jackpot-reserve:", "withdrawals", "revenue")
NEVER_ABOVE = ("receivable:", "provider-fees:", "bonus-pool", "bad-debt")
WITHOUT_FUNDINGS = ["evens-dev", "evens-staging", "evens-prod"]  # The tables of these stages, by default.
differences = []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def units(amount):
    whole, _, decimals = amount.partition(".")
    return int(whole + decimals.ljust(8, "0"))

def read_rows(folder, name):
    return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def pattern_of(rule):
    """A regular expression for the values of a row that a rule allows, joined by tabs."""
    seen = set()
    def part(match):
        is_new = match[1] not in seen
        seen.add(match[1])
        return f"(?P<{match[1]}>{NAMES.get(match[1], '[^' + chr(9) + ']+')})" if is_new else f"(?P={match[1]})"
    return re.compile("\t".join(re.sub(r"\\{(\w+)\\}", part, re.escape(field)) for field in rule.split()))

PATTERNS = collections.defaultdict(list)
for rule in RULES.split("\n")[1:-1]:
    PATTERNS[rule.split(":")[0]].append(pattern_of(rule))

def read_movements(folder):
    for row in read_rows(folder, "entries"):
        sides = f"wallet:{row['user']}:{row['balanceKind'].lower()}", row["account"]
        giver, receiver = sides if row["kind"] == "DEBIT" else sides[::-1]
        yield row["key"], row["kind"], giver, receiver, row["amount"], row["reference"]
    for row in read_rows(folder, "transfers"):
        yield row["key"], "TRANSFER", row["from"], row["to"], row["amount"], row["reference"]

def check_keys(folder):
    """The movements that an order explains, by key: the names of the rule, and the amount. Also their number."""
    count, sums, of_orders = 0, collections.Counter(), {}
    for count, (key, kind, giver, receiver, amount, reference) in enumerate(read_movements(folder), 1):
        purpose, row = key.split(":")[0], "\t".join([key, kind, giver, receiver, reference])
        found = [match.groupdict() for match in (pattern.fullmatch(row) for pattern in PATTERNS[purpose]) if match]
        expect(found, f"{key}: no {kind} from {giver} to {receiver} about {reference} has such a key")
        sums[giver] -= units(amount)
        sums[receiver] += units(amount)
        if found and ("order" in found[0] or purpose == "WRITE-OFF"):
            of_orders[key] = {**found[0], "units": units(amount), "receiver": receiver}
    for account, balance in sorted(sums.items()):
        is_wrong = balance < 0 and account.startswith(NEVER_BELOW) or balance > 0 and account.startswith(NEVER_ABOVE)
        expect(not is_wrong, f"{account} has a balance of {balance} units, which it never has")
    return of_orders, count

def check_order(key, moved, order, movements):
    """What belongs to an order is of its player and its provider, and not more than the order explains."""
    is_of_player = moved.get("user", order["user"]) == order["user"]
    is_of_provider = moved.get("via", order["provider"]) in (order["provider"], order["paymentProvider"])
    expect(is_of_player and is_of_provider, f"{key} is of another player or provider than its order")
    purpose, _, rest = key.partition(":")
    is_whole = order["direction"] == "withdrawal" and moved["units"] == units(order["amount"])
    if purpose == "PAID-TWICE":
        expect(is_whole, f"{key} is not the amount of its withdrawal")
    elif purpose == "OWED-BACK":
        is_owed = f"PAID-TWICE:{rest}" in movements or f"PAID-AFTER-RETURN:{moved['order']}" in movements
        expect(is_whole and is_owed, f"{key} came back, and was not owed")
    elif purpose == "SUSPENSE-OUT":
        into, fields = movements.get(f"SUSPENSE:{rest}", {}), ("units", "order", "via")
        is_same = all(into.get(field) == moved[field] for field in fields)
        expect(is_same, f"{key} is not what came into suspense")

def verify(folder):
    movements, count = check_keys(folder)
    orders, forgiven = {row["order"]: row for row in read_rows(folder, "orders")}, collections.Counter()
    for key, moved in movements.items():
        order = orders.get(moved.get("order"))
        expect(order or key.startswith(("WRITE-OFF:", "BONUS:")), f"{key} is of no order")
        if order:
            check_order(key, moved, order, movements)
        if key.startswith("WRITE-OFF:"):
            forgiven[moved["user"]] += moved["units"]
        elif moved["receiver"] == "bad-debt":
            forgiven[order["user"] if order else ""] -= moved["units"]
    for user, rest in forgiven.items():
        expect(rest >= 0, f"more came back to bad-debt than user {user} was forgiven")
    table = json.loads((folder / "manifest.json").read_bytes())["table"]
    for row in read_rows(folder, "entries") if table in WITHOUT_FUNDINGS else []:
        expect(not row["key"].startswith("FUND:"), f"no wallet of {table} can be funded, but {row['key']} is there")
    return f"{count} movements"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]))
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the books cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"Each movement has a known key: {summary}.")
    sys.exit(1 if differences else 0)
