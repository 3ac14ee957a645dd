#!/usr/bin/env python3
"""Verifies by docs/books.md alone that decisions and states of an export prove each other: verify_decisions.py FOLDER
Exit code 0 and a summary, or 1 and each difference in a line. That the audit log is whole, verify_books.py says."""
import collections, datetime, hashlib, json, pathlib, sys

BY_CASHIERS = "approve-withdrawal reject-withdrawal retry-payout give-back-payout refund-deposit return-deposit claim-suspended"
BY_CASHIERS += " write-off-debt release-account adjust-wallet note-identity free-account compare-statement"
BY_OPERATORS = "block-user unblock-user end-sessions refund-bet void-match update-jackpot award-jackpot cancel-period"
BY_OPERATORS += " open-round close-round cancel-round redrive-dead-letter delete-dead-letter set-switch"
ROLES = {**dict.fromkeys(BY_CASHIERS.split(), "cashier"), **dict.fromkeys(BY_OPERATORS.split(), "operator")}
ROLES["result-round"] = "oracle"
LEEWAY, NO_HASH, differences = datetime.timedelta(minutes=1), "0" * 64, []

def expect(is_so, sentence):
    differences.extend([] if is_so else [sentence])

def sha256(*lines):
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

def time_of(row):
    return datetime.datetime.strptime(row["at"][:19], "%Y-%m-%dT%H:%M:%S")  # Whole seconds: the leeway is a minute.

def read_rows(folder, name):
    return map(json.loads, open(folder / f"{name}.jsonl", newline="\n", encoding="utf-8"))

def read_lines(folder):
    """The lines of the audit log by action and subject, in their order."""
    lines = collections.defaultdict(list)
    for row in read_rows(folder, "audit"):
        lines[row["action"], row["subject"]].append(row)
    return lines

def had_role(line, lines):
    """Whether the actor of a line had the role for it, at that time or at most a minute before."""
    for change in reversed(lines["set-role", line["actor"]]):
        if int(change["number"]) < int(line["number"]):
            if change["after"] == ROLES.get(line["action"]):
                return True
            if time_of(change) + LEEWAY < time_of(line):
                return False
    return False

def check_actors(folder, lines):
    for line in read_rows(folder, "audit"):
        is_user = line["actor"] not in ("command-line", "schedule")
        expect(not is_user or had_role(line, lines), f"audit line {line['number']}: its actor had no role for {line['action']}")

def check_account(account, lines):
    user = account["user"]
    role = [line["after"] for line in lines["set-role", user]][-1:] or ["player"]
    expect(role == [account["role"]], f"the audit log gives user {user} another role than {account['role']}")
    blocks = sorted(lines["block-user", user] + lines["unblock-user", user], key=lambda line: int(line["number"]))
    is_blocked = [line["action"] == "block-user" for line in blocks][-1:] == [True]
    expect((account["blocked"] == "true") == is_blocked, f"the audit log and the account of user {user} differ about a block")

def check_player(player, changes, lines):
    user = player["user"]
    said = [line["after"].split(",")[0] for line in lines["note-identity", user]][-1:] or ["not-asked"]
    expect(said == [player["identity"]], f"the audit log does not say that the identity of user {user} is {player['identity']}")
    number, head, settings = 0, NO_HASH, ""
    for number, change in enumerate(changes, 1):
        hashed = [change[field] for field in ("user", "number", "at", "settings", "previousHash")]
        follows = (change["number"], change["previousHash"], change["hash"]) == (str(number), head, sha256(*hashed))
        expect(follows, f"change {number} of the settings of user {user} does not follow the previous one")
        head, settings = change["hash"], change["settings"]
    newest = player["settingsNumber"], player["settingsHash"]
    expect(newest == (str(number), head), f"the newest change of the settings of user {user} is not the one of their record")
    # Settings that are older than this history have no changes.
    expect(number == 0 or settings == player["settings"], f"the settings of user {user} are not those of their newest change")

def check_withdrawal(order, lines):
    name, state, reasons = order["order"], order["state"], order["holdReasons"].split()
    approvers = {approval.split("@")[0] for approval in order["approvals"].split()}
    for by in approvers:
        told = lines["approve-withdrawal", name] + lines["retry-payout", name]
        expect(any(line["actor"] == by for line in told), f"withdrawal {name}: no line says that {by} approved it")
    is_sent = state in ("APPROVED", "PROCESSING", "COMPLETED", "RETURNED") or state == "FAILED" and order["attempt"] != ""
    needed = 0 if not reasons else 2 if "four-eyes" in reasons else 1
    # A payout can be held while it is being sent. It is then not sent again without approvals.
    is_stopped = order["attempt"] == "1" and {"owes", "account-held", "recovered"}.issuperset(reasons)
    has_all = len(approvers - {order["user"]}) >= needed
    expect(has_all or is_stopped or not is_sent, f"withdrawal {name} was held and is {state} without the approvals that it needs")
    for line in lines["approve-withdrawal", name][-1:]:
        is_kept = reasons and line["actor"] in approvers or not line["after"].startswith("APPROVED")
        expect(is_kept or not is_sent, f"withdrawal {name} does not have the approval of {line['actor']}")
    is_rejected = bool(lines["reject-withdrawal", name])
    expect((state == "REJECTED") == is_rejected, f"the audit log and withdrawal {name} differ about a rejection")
    retries = len(lines["retry-payout", name])
    expect(int(order["attempt"] or 0) <= retries + 1, f"withdrawal {name} has more attempts than retries")

def check_deposit(order, lines):
    name, state = order["order"], order["state"]
    for action, result in (("refund-deposit", "REFUNDED"), ("return-deposit", "RETURNED")):
        told = any(line["after"].split(",")[0] == result for line in lines[action, name])
        # A payment on its way back can still be taken back by its payer.
        is_taken = (result, state) == ("RETURNED", "CHARGED_BACK")
        expect(told == (state == result) or told and is_taken, f"the audit log and deposit {name} differ about {action}")

def check_seals(folder, lines):
    seals = {seal["day"]: seal["hash"] for seal in read_rows(folder, "seals")}
    said = {day: [line["after"] for line in of_day] for (action, day), of_day in lines.items() if action == "seal-day"}
    for day, hashes in said.items():
        expect(set(hashes) <= {seals.get(day)}, f"the audit log says that {day} was sealed, but that seal is missing")
    for day in seals:  # Seals from before the first such line have none.
        expect(day in said or day <= min(said, default="9"), f"the audit log has no line about the seal of {day}")

def verify(folder):
    lines, changes = read_lines(folder), collections.defaultdict(list)
    accounts, players = (list(read_rows(folder, name)) for name in ("users", "players"))
    for change in read_rows(folder, "settings"):
        changes[change["user"]].append(change)
    check_actors(folder, lines)
    for account in accounts:
        check_account(account, lines)
    for player in players:
        check_player(player, changes.pop(player["user"], []), lines)
    expect(not changes, f"users {' '.join(changes)} have changed settings, but have no record")
    for order in read_rows(folder, "orders"):
        (check_deposit if order["direction"] == "deposit" else check_withdrawal)(order, lines)
    check_seals(folder, lines)
    return f"{sum(len(of_subject) for of_subject in lines.values())} lines"

if __name__ == "__main__":
    try:
        summary = verify(pathlib.Path(sys.argv[1]))
    except (AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        differences.append(f"the books cannot be read: {type(error).__name__} {error}")
    print("\n".join(differences) if differences else f"Decisions and states prove each other: {summary} of the audit log.")
    sys.exit(1 if differences else 0)
