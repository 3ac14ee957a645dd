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
    seals, previous, newest = {}, NO_HASH, ""
    for seal in read_rows(folder, "seals"):
        day, after = seal["day"], seal["after"]
        follows = seal["previousHash"] == previous and day > newest and after in ("", newest)
        expect(follows, f"the seal of {day} does not follow the previous one")
        head = ["evens-seal-2", day, after] if after else ["evens-seal-1", day]
        expect(seal["hash"] == sha256(*head, seal["previousHash"], *(seal[part] for part in PARTS)),
               f"the seal of {day} does not have its hash")
        previous, newest, seals[day] = seal["hash"], day, seal
    return seals

class Books:
    """What the books of the days after `after` until `day` come to."""

    def __init__(self, after, day):
        self.after, self.day, self.wallets, self.accounts, self.transfers = after, day, {}, collections.Counter(), []

    def covers(self, day):
        return self.after < day <= self.day

    def add_entry(self, row):
        self.wallets[row["user"]] = f"{row['user']} {row['number']} {row['hash']}"
        self.accounts[row["account"]] += units(row["amount"]) * (1 if row["kind"] == "DEBIT" else -1)

    def add_transfer(self, row):
        self.transfers.append(" ".join(row[field] for field in TRANSFER))
        self.accounts[row["from"]] -= units(row["amount"])
        self.accounts[row["to"]] += units(row["amount"])

    def parts(self, lines):
        hashes = [NO_HASH, *(line["hash"] for line in itertools.takewhile(lambda line: line["at"][:10] <= self.day, lines))]
        return {"wallets": chained(self.wallets.values()), "transfers": chained(self.transfers), "auditLog": hashes[-1],
                "accounts": chained(f"{name} {units}" for name, units in sorted(self.accounts.items()) if units)}

def read_books(folder, seals):
    """The books of the newest seal that covers everything until its day, and of each one after it."""
    whole = max((day for day in seals if not seals[day]["after"]), default="")
    books = [Books(seals[day]["after"], day) for day in sorted(seals) if day >= whole]
    of_day = functools.lru_cache(None)(lambda day: [some for some in books if some.covers(day)])
    reached = collections.defaultdict(str)
    for row in read_rows(folder, "entries"):  # An entry after a later one belongs to the later day.
        reached[row["user"]] = max(reached[row["user"]], row["at"][:10])
        for some in of_day(reached[row["user"]]):
            some.add_entry(row)
    for row in read_rows(folder, "transfers"):
        for some in of_day(row["at"][:10]):
            some.add_transfer(row)
    return books

def verify(folder, kept_of=None, kept=None):
    seals = read_seals(folder)
    lines = list(read_rows(folder, "audit"))
    for books in read_books(folder, seals):
        found = books.parts(lines)
        for part in PARTS:
            expect(seals[books.day][part] == found[part],
                   f"the sealed {part} at the end of {books.day} do not match the books")
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
