"""Tests a deployed stage: `deployed.py TEMPLATES EVENS [PROVIDER]`, after deployed.sh has deployed it.

TEMPLATES is the output folder of for_emulator.py, EVENS the evens binary, PROVIDER a file with the address of the
sandbox payment provider that the functions use. Each step prints a line. The first failed step exits with 1.
"""

import base64
import json
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from deployed_stage import (PROVIDER, STAGE, TEMPLATES, Api, Player, call_back, client, evens, expect, pay, provider,
                            recorded, step, until)


# Resource types of the templates that the local stage lacks, with the reason. Any other missing resource is an error.
LEFT_OUT = {
    "AWS::CloudWatch::Alarm": "alarms over more than one metric, which emulators do not have",
    "AWS::CloudWatch::CompositeAlarm": "alarms over other alarms, which emulators do not have",
    "AWS::CloudFormation::Stack": "stacks of nothing but such alarms",
    "AWS::Budgets::Budget": "what the account may cost, as no sum was given",
    "AWS::SQS::QueuePolicy": "queues that refuse what is not encrypted, as emulators are spoken to without TLS",
    "AWS::SNS::Subscription": "notifications by e-mail, because no address was given",
    "AWS::SNS::TopicPolicy": "rights of CloudWatch and EventBridge to send to the topics, as emulators check none",
    "AWS::Events::Rule": "rules that tell that an alarm is over, as alarms of emulators never ring",
}


def main() -> None:
    stack = f"evens-{STAGE}"
    resources(stack)
    outputs = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    api = Api(outputs["ApiUrl"])
    api.answers(200, "GET", "/health")
    step("GET /health: table and queues answer")
    # Unique, so that a second run on the same table can create its players and rounds.
    run = f"{time.time_ns() // 1_000_000 % 10_000_000:07d}"
    ann, ben = (Player(f"+9198{digit}{run}") for digit in (1, 2))
    sign_up(api, ann, ben)
    bad_input(api, ann)
    bet_and_settle(api, ann, ben, f"round-{run}")
    refund(api, ann, f"waiting-{run}")
    operator = close(api, ann, f"closing-{run}")
    schedules()
    game(api, ann)
    payee, cashier = payees(api, ann, ben, run), cashiers(api, ann)
    if PROVIDER:
        deposit(api, ann, run)
        withdrawal(api, ann, payee, run)
        held(api, ann, cashier, payee, run)
    else:
        without_provider(api, ann, payee)
    jackpot(api, operator, ben, run)
    for queue in ("settle", "payments", "withdrawals", "jackpots"):
        dead_letter(api, ann, operator, outputs["QueueUrlPrefix"], queue)
    books()


def resources(stack: str) -> None:
    """All resources of the templates exist, except those in LEFT_OUT."""
    there, missing = 0, {}
    todo = [(stack, Path("template.json"))]
    cloudformation = client("cloudformation")
    while todo:
        stack, place = todo.pop()
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        found = {found["LogicalResourceId"]: found for page in pages for found in page["StackResourceSummaries"]}
        for name, resource in json.loads((TEMPLATES / place).read_text())["Resources"].items():
            if name not in found:
                expect(resource["Type"] in LEFT_OUT and "Condition" in resource, f"{name} of {place} was not created")
                missing[resource["Type"]] = missing.get(resource["Type"], 0) + 1
                continue
            status = found[name]["ResourceStatus"]
            expect(status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), f"{name} of {place} is {status}")
            there += 1
            if resource["Type"] == "AWS::CloudFormation::Stack":
                nested = place.parent / resource["Properties"]["TemplateURL"]
                todo.append((found[name]["PhysicalResourceId"], nested))
    step(f"{there} resources are there")
    for kind, count in missing.items():
        step(f"left out: {count} of {kind}: {LEFT_OUT[kind]}")


def sign_up(api: "Api", ann: "Player", ben: "Player") -> None:
    account = api.answers(201, "POST", "/api/users/signup", ann.login)
    code = account["user"]["referringCode"]
    api.answers(201, "POST", "/api/users/signup", ben.login | {"referredBy": code})
    for player in (ann, ben):
        api.answers(409, "POST", "/api/users/signup", player.login)
        session = api.answers(200, "POST", "/api/users/login", player.login)
        player.token, player.user = session["tokens"]["accessToken"], session["user"]["userId"]
        bonus = lambda: api.answers(200, "GET", "/api/wallet", by=player)["bonusBalance"] == 25
        until("the bonus is there", bonus)
        attends = lambda: api.answers(200, "GET", "/api/attendance", by=player)["streak"] == 1
        until("the login marked the day", attends)
    referred = lambda: api.answers(200, "GET", "/api/users/me", by=ann)["directReferralCount"] == 1
    until("the referral was recorded", referred)
    step("sign-up: two players, their bonuses, the referral, the day of the login")


def bad_input(api: "Api", ann: "Player") -> None:
    bet = {"roundId": "round", "amount": 1, "side": "A"}
    cases = [
        (401, bet, None, "without a token"),
        (422, bet | {"side": "C"}, ann, "a side that is none"),
        (422, bet | {"amount": 0}, ann, "no stake"),
        (400, bet, ann, "without money"),
    ]
    for status, body, by, what in cases:
        problem = api.answers(status, "POST", "/api/bets", body, by)
        expect(problem.get("status") == status, f"{what}: the problem document says {problem}")
    wrong = {**ann.login, "password": "another secret"}
    api.answers(401, "POST", "/api/users/login", wrong)
    step("bad input: 401, 422 and 400 with a problem document each")


def bet_and_settle(api: "Api", ann: "Player", ben: "Player", round_id: str) -> None:
    for player in (ann, ben):
        evens("fund", "--user", str(player.user), "--amount", "500", "--order", f"{round_id}-{player.user}")
    bets = {}
    for player, side in ((ann, "A"), (ben, "B")):
        body = {"roundId": round_id, "amount": 100.5, "side": side}
        key = {"Idempotency-Key": f"{round_id}-{side}"}
        placed = api.answers(202, "POST", "/api/bets", body, player, key)
        expect(placed["balance"] == 399.5, f"the balance after the bet is {placed['balance']}")
        repeated = api.answers(202, "POST", "/api/bets", body, player, key)
        expect(repeated["betId"] == placed["betId"], "a repeat is another bet")
        api.answers(409, "POST", "/api/bets", body | {"amount": 1}, player, key)
        bets[player] = placed["betId"]
    for player, bet in bets.items():
        settled = lambda: api.answers(200, "GET", f"/api/bets/{bet}", by=player)["status"] == "SETTLED"
        until("the bet is settled", settled)
    balances = sorted(api.answers(200, "GET", "/api/wallet", by=player)["balance"] for player in bets)
    expect(balances == [399.5, 600.5], f"the balances are {balances}")
    step("main job: funded, two bets placed, matched and settled; one has 600.5 and one 399.5; a repeat of a key is the "
         "same bet, and 409 with another body")


def refund(api: "Api", player: "Player", round_id: str) -> None:
    before = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    bet = api.answers(202, "POST", "/api/bets", {"roundId": round_id, "amount": 1, "side": "A"}, player)["betId"]
    api.answers(200, "POST", f"/api/bets/{bet}/refund", by=player)
    status = api.answers(200, "GET", f"/api/bets/{bet}", by=player)["status"]
    expect(status == "REFUNDED", f"the refunded bet is {status}")
    expect(api.answers(200, "GET", "/api/wallet", by=player)["balance"] == before, "the stake did not come back")
    step("refund: a bet that waits, at the player's wish")


def close(api: "Api", player: "Player", round_id: str) -> "Player":
    """A round is closed with a bet in it, and finish-round refunds the bet. Returns the operator who closed it."""
    operator = staff(api, player, 3, "operator")
    api.answers(403, "POST", "/api/rounds", {"roundId": round_id}, player)
    api.answers(201, "POST", "/api/rounds", {"roundId": round_id, "draw": "round"}, operator)
    bet = {"roundId": round_id, "amount": 1, "side": "B"}
    bet = api.answers(202, "POST", "/api/bets", bet, player)["betId"]
    closed = api.answers(200, "POST", f"/api/rounds/{round_id}/close", {"reason": "betting is over"}, operator)
    expect(closed["closedAt"], f"the round is {closed}")
    refunded = lambda: api.answers(200, "GET", f"/api/bets/{bet}", by=player)["status"] == "REFUNDED"
    until("the round's end refunds the bet", refunded)
    api.answers(200, "GET", f"/api/rounds/{round_id}", by=player)
    step("rounds: opened and closed by an operator; what waited in it came back")
    return operator


def staff(api: "Api", player: "Player", digit: int, role: str) -> "Player":
    """A new account with that role."""
    member = Player(f"+9198{digit}{player.login['phoneNo'][-7:]}")
    api.answers(201, "POST", "/api/users/signup", member.login)
    evens("user", "role", member.login["phoneNo"], role)
    member.token = api.answers(200, "POST", "/api/users/login", member.login)["tokens"]["accessToken"]
    return member


def schedules() -> None:
    for function in ("sweep", "monitor", "verify"):
        answer = client("lambda").invoke(FunctionName=f"evens-{STAGE}-{function}", Qualifier="live", Payload=b"{}")
        expect("FunctionError" not in answer, f"{function} failed: {answer['Payload'].read()}")
    step("sweeper, queue monitor and verifier: run when they are called; their schedules are there")


def game(api: "Api", player: "Player") -> None:
    """A period from opening to payout. The clock is invoked once a minute, as its schedule does."""
    ended = threading.Event()
    clock = threading.Thread(target=bring_periods_on, args=(ended,))
    clock.start()
    try:
        result = period(api, player)
    finally:
        ended.set()
        clock.join()
    step(f"games: the clock opened a period of wingo, which was bet on both ways, closed, drawn ({result}) and paid out once")


def bring_periods_on(ended: threading.Event) -> None:
    while not ended.is_set():
        answer = client("lambda").invoke(FunctionName=f"evens-{STAGE}-game-clock", Qualifier="live", Payload=b"{}")
        expect("FunctionError" not in answer, f"game-clock failed: {answer['Payload'].read()}")


def period(api: "Api", player: "Player") -> str:
    """One of two bets wins, for any draw: twice its stake of 10, less a fee of 2 %."""
    room, left_seconds = "/api/games/wingo/60", 20
    now = {}

    def takes_bets() -> bool:
        answer = api.answers(200, "GET", room)
        now.update(answer)
        closes_at = datetime.fromisoformat(answer["closesAt"].replace("Z", "+00:00"))
        return bool(answer["seedHash"]) and closes_at > datetime.now(timezone.utc) + timedelta(seconds=left_seconds)

    until("a period is open", takes_bets)
    before = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    bet = {"periodId": now["periodId"], "betType": "PARITY", "betAmount": 10, "purse": "CASH"}
    api.answers(422, "POST", f"{room}/bet", bet | {"betValue": "neither"}, player)
    for value in ("odd", "even"):
        key = {"Idempotency-Key": f"{now['periodId']}-{value}"}
        placed = api.answers(202, "POST", f"{room}/bet", bet | {"betValue": value}, player, key)
        repeated = api.answers(202, "POST", f"{room}/bet", bet | {"betValue": value}, player, key)
        expect(repeated["betId"] == placed["betId"], "a repeat is another bet")
    drawn = {}

    def is_settled() -> bool:
        drawn.update(api.answers(200, "GET", f"{room}/period/{now['periodId']}"))
        return drawn["state"] == "SETTLED"

    until("the period is settled", is_settled)
    api.answers(409, "POST", f"{room}/bet", bet | {"betValue": "odd"}, player)
    balance = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    expect(round(before - balance, 8) == 0.4, f"the balance was {before} and is {balance}")
    bets = api.answers(200, "GET", "/api/games/my-bets", by=player)
    expect(sorted(one["status"] for one in bets) == ["LOST", "WON"], f"the bets are {bets}")
    proof = evens("verify", "period", f"wingo-60-{now['periodId']}").splitlines()[-1]
    return f"{drawn['result']}; {proof}"


def payees(api: "Api", player: "Player", other: "Player", run: str) -> str:
    """A payee account, encrypted with the key of the secret."""
    body = {"account": f"IN0000{run}"}
    payee = api.answers(201, "POST", "/api/payees", body, player)["payeeId"]
    expect(api.answers(201, "POST", "/api/payees", body, player)["payeeId"] == payee, "a repeat is another payee")
    api.answers(409, "POST", "/api/payees", body, other)
    listed = api.answers(200, "GET", "/api/payees", by=player)
    expect([one["accountEndsWith"] for one in listed] == [run[-4:]] and body["account"] not in str(listed),
           f"the payees are {listed}")
    step("payees: an account is added, belongs to one player, and is not shown to others")
    return payee


def deposit(api: "Api", player: "Player", run: str) -> None:
    before = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    key = {"Idempotency-Key": f"deposit-{run}"}
    opened = api.answers(201, "POST", "/api/deposits", {"amount": 100}, player, key)
    order = opened["orderId"]
    pay(opened["checkout"]["url"])
    payment = recorded("payments", order, "succeeded")
    forged = call_back(401, api, "payment.succeeded", payment, secret=base64.b64encode(b"0" * 32).decode())
    expect(forged.get("code") == "wrong-signature", f"the problem document says {forged}")
    for _ in range(2):
        call_back(200, api, "payment.succeeded", payment)
    status = lambda: api.answers(200, "GET", f"/api/deposits/{order}", by=player)["status"] == "completed"
    until("the deposit is completed", status)
    balance = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    expect(balance == before + 100, f"the balance was {before} and is {balance}")
    step("deposit: opened, paid at the sandbox provider, called back twice and credited once; a forged callback is refused")


def withdrawal(api: "Api", player: "Player", payee: str, run: str) -> None:
    before = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    body, key = {"amount": 40.25, "payeeId": payee}, {"Idempotency-Key": f"withdrawal-{run}"}
    requested = api.answers(202, "POST", "/api/withdrawals", body, player, key)
    order = requested["orderId"]
    expect(requested["balance"] == before - 40.25, f"the balance was {before} and is {requested['balance']}")
    repeated = api.answers(202, "POST", "/api/withdrawals", body, player, key)
    expect(repeated["orderId"] == order, "a repeat is another withdrawal")
    payout = recorded("payouts", order, "processed")
    expect(payout["amount"] == 4025, f"the payout is {payout}")
    api.answers(409, "POST", f"/api/withdrawals/{order}/cancel", {}, player)
    call_back(200, api, "payout.processed", payout)
    status = lambda: api.answers(200, "GET", f"/api/withdrawals/{order}", by=player)["status"] == "completed"
    until("the withdrawal is completed", status)
    count = len(provider("GET", f"/v1/payouts?reference={order}")["payouts"])
    expect(count == 1, f"the provider has {count} payouts")
    balance = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    expect(balance == before - 40.25, f"the balance is {balance} at the end")
    step("withdrawal: requested, sent to the sandbox provider, called back, completed and paid once; what was sent cannot be "
         "taken back")


def cashiers(api: "Api", player: "Player") -> "Player":
    cashier, auditor = staff(api, player, 4, "cashier"), staff(api, player, 5, "auditor")
    api.answers(403, "GET", "/api/operator/withdrawals", by=player)
    expect(api.answers(200, "GET", "/api/operator/withdrawals", by=cashier) == [], "a withdrawal is held")
    lines = api.answers(200, "GET", "/api/operator/audit", by=auditor)
    # The schedule may have sealed a day meanwhile.
    acts = sorted(line["action"] for line in lines if line["actor"] != "schedule")
    expect(acts == ["close-round", "open-round", "set-role", "set-role", "set-role"], f"the audit log has {lines}")
    step("cashiers: they see held withdrawals, and players do not; auditors read changes of roles and rounds")
    return cashier


def held(api: "Api", player: "Player", cashier: "Player", payee: str, run: str) -> None:
    body, key = {"amount": 60, "payeeId": payee}, {"Idempotency-Key": f"held-{run}"}
    requested = api.answers(202, "POST", "/api/withdrawals", body, player, key)
    order = requested["orderId"]
    waiting = api.answers(200, "GET", "/api/operator/withdrawals", by=cashier)
    expect([one["orderId"] for one in waiting] == [order], f"the waiting withdrawals are {waiting}")
    expect(provider("GET", f"/v1/payouts?reference={order}")["payouts"] == [], "it was sent before a cashier agreed")
    api.answers(200, "POST", f"/api/operator/withdrawals/{order}/approve", {"reason": "known player"}, cashier)
    call_back(200, api, "payout.processed", recorded("payouts", order, "processed"))
    status = lambda: api.answers(200, "GET", f"/api/withdrawals/{order}", by=player)["status"] == "completed"
    until("the approved withdrawal is completed", status)
    step("held withdrawal: sent once a cashier agreed, and completed")


def jackpot(api: "Api", operator: "Player", player: "Player", run: str) -> None:
    """A jackpot from its terms to a win. A contribution repeated with the same id counts once."""
    operator.token = api.answers(200, "POST", "/api/users/login", operator.login)["tokens"]["accessToken"]
    terms = {"expectedVersion": 0, "startAmount": 1000, "rate": 0.003, "reserveRate": 0.001, "odds": 1000000,
             "reason": "opened"}
    api.answers(403, "PATCH", "/api/jackpots/minor/config", terms, player)
    for by, status in ((operator, "PROPOSED"), (staff(api, player, 6, "operator"), "CHANGED")):
        said = api.answers(200, "PATCH", "/api/jackpots/minor/config", terms, by)
        expect((said["status"], said["terms"]["version"]) == (status, 1), f"the terms are {said}")
    api.answers(409, "PATCH", "/api/jackpots/minor/config", terms, operator)
    contribution = {"opId": f"contribution-{run}", "minor": 4}
    for _ in range(2):
        made = api.answers(200, "POST", "/api/jackpots/contribute", contribution, operator)
        expect(made["totalContribution"] == 4, f"the contribution is {made}")
    api.answers(409, "POST", "/api/jackpots/contribute", contribution | {"minor": 5}, operator)
    minor = lambda: next(one for one in api.answers(200, "GET", "/api/jackpots") if one["group"] == "minor")
    until("the jackpot shows what was contributed", lambda: minor()["amount"] == 1003)
    before = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    award = {"opId": f"win-{run}", "userId": player.user, "amount": 500.5, "reason": "a prize"}
    won = {}

    def is_won() -> bool:
        # A cold worker may take longer than the award's timeout.
        won.update(api.answers((200, 503), "POST", "/api/jackpots/minor/win", award, operator))
        return won["status"] == "WON"

    until("the jackpot is won", is_won)
    expect(won["winAmount"] == 500.5, f"the award is {won}")
    api.answers(200, "POST", "/api/jackpots/minor/win", award, operator)
    balance = api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    expect(round(balance - before, 8) == 500.5, f"the balance was {before} and is {balance}")
    wins = api.answers(200, "GET", "/api/jackpots/minor/wins")
    expect([(one["cause"], one["winAmount"]) for one in wins] == [("manual", 500.5)], f"the wins are {wins}")
    until("the jackpot starts again", lambda: minor()["amount"] == 1000)
    step("jackpots: opened, contributed to twice under one id and once counted, won once by the functions, and started again")


def without_provider(api: "Api", player: "Player", payee: str) -> None:
    """Deposits and withdrawals are refused, and so are callbacks."""
    for path, body in [("/api/deposits", {"amount": 1}), ("/api/withdrawals", {"amount": 1, "payeeId": payee})]:
        problem = api.answers(503, "POST", path, body, player)
        expect(problem.get("code") == "switched-off", f"the problem document says {problem}")
        expect(api.answers(200, "GET", path, by=player) == [], f"there is something in {path}")
    api.answers(404, "POST", "/api/payments/callback/sandbox", {"type": "payment.succeeded"})
    step("payments: without a provider, deposits and withdrawals are off, and callbacks are refused")


def dead_letter(api: "Api", player: "Player", operator: "Player", prefix: str, queue: str) -> None:
    body, letters = "no job at all", "/api/operator/dead-letters"
    client("sqs").send_message(QueueUrl=f"{prefix}{queue}.fifo", MessageBody=body, MessageGroupId="nobody",
                               MessageDeduplicationId=str(time.time_ns()))
    api.answers(403, "GET", letters, by=player)
    found = {}

    def listed() -> bool:
        found.update(next(iter(api.answers(200, "GET", f"{letters}?queue={queue}", by=operator)), {}))
        return bool(found)

    until("the message is a dead letter", listed)
    expect(found["attempts"] == 1 and found["error"] and found["failedAt"], f"it is {found}")
    shown = api.answers(200, "GET", f"{letters}/{found['id']}", by=operator)
    expect(shown["originalJob"] == body, f"shown is {shown}")
    queues = {one["queue"]: one for one in api.answers(200, "GET", "/api/operator/queues", by=operator)}
    expect(queues[queue]["deadLetters"] == 1, f"the queue is {queues[queue]}")
    gone = api.answers(200, "POST", f"{letters}/{found['id']}/delete", {"reason": "no job"}, operator)
    expect(gone["outcome"] == "deleted", f"the outcome is {gone}")
    api.answers(404, "GET", f"{letters}/{found['id']}", by=operator)
    step(f"dead letter of {queue}: a malformed message is given up at once ({found['error']}); listed, shown, counted and "
         "deleted by an operator")


def books() -> None:
    step("books: " + evens("verify").splitlines()[-1])


main()
