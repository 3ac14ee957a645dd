#!/usr/bin/env python3
"""Verifies the seals of days that `evens export` wrote, by docs/books.md alone: verify_seals.py FOLDER [DAY HASH]
HASH is what somebody has kept of the seal of DAY. Exit code 0 and a summary, or 1 and each difference in a line."""
import collections, functools, hashlib, itertools, json, pathlib, sys

PARTS = "wallets accounts transfers auditLog".split()
TRANSFER = "key from to amount at reference".split()
NO_HASH, differences = "0" * 64, []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def sha256(*lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

def chained(lines):
    return functools.reduce(sha256, lines, NO_HASH)

def units(amount):
    whole, _, decimals = amount.partition(".")
    return int(whole + decimals.ljust(8, "0"))

def read_rows(folder, name):
    return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def read_seals(folder):
    seals, previous = {}, NO_HASH
    for seal in read_rows(folder, "seals"):
        day = seal["day"]
        follows = seal["previousHash"] == previous and day > max(seals, default="")
        expect(follows, f"the seal of {day} does not follow the previous one")
        expect(seal["hash"] == sha256("evens-seal-1", day, seal["previousHash"], *(seal[part] for part in PARTS)),
               f"the seal of {day} does not have its hash")
        previous, seals[day] = seal["hash"], seal
    return seals

def books_of(folder, day):
    """What the books of before the end of a day come to: of a wallet, the entries before its first later one."""
    wallets, over, accounts = {}, set(), collections.Counter()
    is_sealed = lambda row: row["at"][:10] <= day
    for row in read_rows(folder, "entries"):
        over |= set() if is_sealed(row) else {row["user"]}
        if row["user"] not in over:
            wallets[row["user"]] = f"{row['user']} {row['number']} {row['hash']}"
            accounts[row["account"]] += units(row["amount"]) * (1 if row["kind"] == "DEBIT" else -1)
    transfers = list(filter(is_sealed, read_rows(folder, "transfers")))
    for row in transfers:
        accounts[row["from"]] -= units(row["amount"])
        accounts[row["to"]] += units(row["amount"])
    lines = [NO_HASH, *(row["hash"] for row in itertools.takewhile(is_sealed, read_rows(folder, "audit")))]
    return {"wallets": chained(wallets.values()), "auditLog": lines[-1],
            "accounts": chained(f"{name} {units}" for name, units in sorted(accounts.items()) if units),
            "transfers": chained(" ".join(row[field] for field in TRANSFER) for row in transfers)}

def verify(folder, kept_of=None, kept=None):
    seals = read_seals(folder)
    for day in sorted(seals)[-1:]:  # It stands for all that was sealed before it.
        found = books_of(folder, day)
        for part in PARTS:
            expect(seals[day][part] == found[part], f"the sealed {part} at the end of {day} do not match the books")
    is_kept = kept_of is None or seals.get(kept_of, {}).get("hash") == kept
    expect(is_kept, f"the seal of {kept_of} is not the one that was kept")
    return f"{len(seals)} days"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]), *sys.argv[2:4])
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the books cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"The seals hold: {summary}.")
    sys.exit(1 if differences else 0)
