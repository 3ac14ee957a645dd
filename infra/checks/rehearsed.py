"""Rehearses runbooks on a deployed stage, and deletes it: `rehearsed.py TEMPLATES EVENS [PROVIDER]`, after deployed.py.

It runs the commands that docs/runbooks gives an operator, with the differences that CHANGED and the steps below name. A
command that an emulator does not have is replaced, and a changed runbook fails until this file follows it. $WORK has
the scripts of deployed.sh, and in bin/ the programs of an operator. Without PROVIDER the stage is only deleted. Nothing
of it may be left.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from deployed_stage import (PROVIDER, STAGE, TEMPLATES, Api, Player, call_back, client, evens, expect, pay,
                            recorded, step, until)

WORK, RUNBOOKS = Path(os.environ["WORK"]), Path("docs/runbooks")
STACK = f"evens-{STAGE}"
# The sweeper looks at an open deposit after two minutes.
LOOK_SECONDS = 300

# Text of a runbook, and what stands for it here.
CHANGED = {
    "restore.md": [
        ("AWS_REGION=eu-west-1 STAGE=prod", f"AWS_REGION={os.environ['AWS_REGION']} STAGE={STAGE}"),
        # The stage local has a key of its own.
        (" EVENS_TOKEN_PUBLIC_KEYS=key-1:...", ""),
        # The emulator restores the newest second, whatever the command says.
        (r"""aws dynamodb restore-table-to-point-in-time --source-table-name "evens-$STAGE" \
  --target-table-name "evens-$STAGE-restored" --restore-date-time 2026-11-20T08:00:00Z""",
         """aws dynamodb restore-table-from-backup --backup-arn "$GOOD_BACKUP_ARN" \
  --target-table-name "evens-$STAGE-restored" """),
    ],
    "deploy.md": [
        ("--table-name evens-prod --select", f"--table-name {STACK} --select"),
        ("--table-name evens-prod --no-deletion", f"--table-name {STACK} --no-deletion"),
        # `sam delete` does not accept an emulator's URL as one of S3.
        ("sam delete --config-env prod", f"aws cloudformation delete-stack --stack-name {STACK}\n"
                                         f"aws cloudformation wait stack-delete-complete --stack-name {STACK}"),
        ("delete-table --table-name evens-prod", f"delete-table --table-name {STACK}"),
        # CloudFormation has deleted it itself.
        ("/evens/prod/functions", f"/evens/{STAGE}/functions || true"),
    ],
}


def main() -> None:
    if PROVIDER:
        rehearse(deployed_api())
    delete()
    for secret in ["token-signing-key", "payee-keys"] + (["payment-provider"] if PROVIDER else []):
        client("secretsmanager").delete_secret(SecretId=f"evens/{STAGE}/{secret}", ForceDeleteWithoutRecovery=True)


def rehearse(api: Api) -> None:
    run = f"{time.time_ns() // 1_000_000 % 10_000_000:07d}"
    ann, operator = account(api, f"+91971{run}"), account(api, f"+91972{run}", "operator")
    same_again()
    parameter()
    redrive(api, ann, operator, f"redriven-{run}")
    restore(api, ann, operator, run)
    delete()
    failed_creation()


def deployed_api() -> Api:
    outputs = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    return Api(next(output["OutputValue"] for output in outputs if output["OutputKey"] == "ApiUrl"))


def account(api: Api, phone: str, role: str | None = None) -> Player:
    member = Player(phone)
    api.answers(201, "POST", "/api/users/signup", member.login)
    if role:
        evens("user", "role", phone, role)
    session = api.answers(200, "POST", "/api/users/login", member.login)
    member.token, member.user = session["tokens"]["accessToken"], session["user"]["userId"]
    if not role:
        evens("fund", "--user", str(member.user), "--amount", "500", "--order", f"rehearsal-{member.user}")
    return member


# --- Deploying --------------------------------------------------------------------------------------------------------

def deploy(templates: Path, *parameters: str) -> tuple[int, str]:
    ended = subprocess.run([WORK / "deploy.sh", templates, *parameters], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True)
    return ended.returncode, ended.stdout


def live(function: str) -> tuple[str, dict]:
    """The version that callers get, and its environment."""
    name = f"{STACK}-{function}"
    version = client("lambda").get_alias(FunctionName=name, Name="live")["FunctionVersion"]
    found = client("lambda").get_function_configuration(FunctionName=name, Qualifier=version)
    return version, found["Environment"]["Variables"]


def same_again() -> None:
    before = live("refund")[0]
    code, said = deploy(TEMPLATES)
    expect("No changes to deploy" in said, f"a repeated deployment ended with {code}: {said[-500:]}")
    expect(live("refund")[0] == before, "a repeated deployment published a version")
    step("runbook deploy: a repeated deployment changes nothing")


def parameter() -> None:
    """A changed parameter reaches the functions that callers get, and the table keeps its items."""
    name, variable, value = "RefundAfterSeconds", "EVENS_REFUND_AFTER_SECONDS", "240"
    version, before = live("refund")
    expect(before[variable] != value, f"{variable} was {value} before")
    templates = WORK / "templates-changed"
    subprocess.run([WORK / "templates.sh", templates, f"{name}={value}"], check=True)
    code, said = deploy(templates, f"{name}={value}")
    expect(code == 0, f"the deployment failed: {said[-2000:]}")
    after, environment = live("refund")
    expect(environment[variable] == value, f"the refund function has {environment[variable]}")
    expect(after != version, f"the alias stays at version {version}")
    evens("verify")
    step(f"runbook deploy: {name}={value} moved the alias of refund from version {version} to {after}; the books are in order")


# --- Runbooks ---------------------------------------------------------------------------------------------------------

def commands(name: str, after: str = "", before: str = "\0") -> list[str]:
    """The code blocks of a runbook between two texts, as changed for the emulator."""
    text = (RUNBOOKS / name).read_text().split(after, 1)[1] if after else (RUNBOOKS / name).read_text()
    blocks, block = [], []
    for line in text.split(before)[0].splitlines() + ["end"]:
        if line.startswith("    ") or (block and not line):
            block.append(line)
        elif block:
            width = min(len(line) - len(line.lstrip()) for line in block if line)
            blocks.append("\n".join(line[width:] for line in block).strip())
            block = []
    for old, new in CHANGED[name]:
        found = sum(block.count(old) for block in blocks)
        expect(found == 1, f"{name} has this {found} times, instead of once: {old}")
        blocks = [block.replace(old, new) for block in blocks]
    return blocks


class Shell:
    """An operator's shell: what one block defines, the next one can use. The first failed command ends it."""

    def __init__(self, **variables: str) -> None:
        path = f"{(WORK / 'bin').resolve()}:{os.environ['PATH']}"
        self.shell = subprocess.Popen(["bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT, text=True, env=os.environ | variables | {"PATH": path})
        # Nothing of the emulator takes as long as the waits for AWS.
        self.run("set -euo pipefail\nsleep() { command sleep 0.2; }\nexport -f sleep")

    def run(self, block: str) -> str:
        self.shell.stdin.write(f"{block}\necho; echo end-of-block\n")
        self.shell.stdin.flush()
        said = []
        for line in self.shell.stdout:
            if line == "end-of-block\n":
                return "".join(said)
            said.append(line)
        sys.exit(f"deployed: FAILED: {block}\n{''.join(said)[-2000:]}")

    def end(self) -> None:
        self.shell.stdin.close()
        self.shell.wait()


# --- Dead letters -----------------------------------------------------------------------------------------------------

def redrive(api: Api, player: Player, operator: Player, round_id: str) -> None:
    """A job gives up over a damaged item. The item is repaired, and the job sent again."""
    table = client("dynamodb")
    api.answers(201, "POST", "/api/rounds", {"roundId": round_id, "draw": "round"}, operator)
    bet = api.answers(202, "POST", "/api/bets", {"roundId": round_id, "amount": 1, "side": "A"}, player)["betId"]
    key = {"pk": {"S": f"SEED#{round_id}"}, "sk": {"S": "SEED"}}
    seed = table.get_item(TableName=STACK, Key=key, ConsistentRead=True)["Item"]
    table.put_item(TableName=STACK, Item=seed | {"seed": {"S": "0" * len(seed["seed"]["S"])}})
    api.answers(200, "POST", f"/api/rounds/{round_id}/close", {"reason": "betting is over"}, operator)
    filters = ["--queue", "rounds", "--about", round_id]
    letters = lambda: json.loads(evens("dead-letters", "list", *filters, "--json"))["data"]
    until("the job is a dead letter", lambda: bool(letters()))
    table.put_item(TableName=STACK, Item=seed)
    again = ["dead-letters", "redrive", "--all", *filters]
    evens(*again, "--dry-run")
    evens(*again, "--reason", "the item is repaired")
    shown = lambda: api.answers(200, "GET", f"/api/rounds/{round_id}", by=player)
    until("the round publishes its seed", lambda: shown().get("seed"))
    refunded = lambda: api.answers(200, "GET", f"/api/bets/{bet}", by=player)["status"] == "REFUNDED"
    until("the round's end refunds the bet", refunded)
    until("no letter is left", lambda: not letters())
    step("runbook dead-letters: a job that gave up over a damaged seed was sent again after the repair, and ended its round")


# --- Restore ----------------------------------------------------------------------------------------------------------

def restore(api: Api, player: Player, operator: Player, run: str) -> None:
    """Restores the table to a good second while deposits are on their way. Each is credited once."""
    table, balance = client("dynamodb"), lambda: api.answers(200, "GET", "/api/wallet", by=player)["balance"]
    before, round_id = balance(), f"restored-{run}"
    api.answers(201, "POST", "/api/rounds", {"roundId": round_id}, operator)
    api.answers(202, "POST", "/api/bets", {"roundId": round_id, "amount": 10, "side": "A"}, player)
    deposits = [api.answers(201, "POST", "/api/deposits", {"amount": amount}, player) for amount in (100, 50)]
    good = table.create_backup(TableName=STACK, BackupName="good")["BackupDetails"]["BackupArn"]

    # After the good second: a credited deposit, and an item that is changed by hand.
    def paid(deposit: dict) -> dict:
        pay(deposit["checkout"]["url"])
        return recorded("payments", deposit["orderId"], "succeeded")

    status = lambda deposit: api.answers(200, "GET", f"/api/deposits/{deposit['orderId']}", by=player)["status"]
    call_back(200, api, "payment.succeeded", paid(deposits[0]))
    until("the first deposit is credited", lambda: status(deposits[0]) == "completed")
    key = {"pk": {"S": f"USER#{player.user}"}, "sk": {"S": "WALLET"}}
    expect("Item" in table.get_item(TableName=STACK, Key=key), "the wallet is not where it is changed")
    table.update_item(TableName=STACK, Key=key, UpdateExpression="SET balance = :more",
                      ExpressionAttributeValues={":more": {"N": "1000000"}})

    shell = Shell(GOOD_BACKUP_ARN=good)
    for block in commands("restore.md", before="**The table is gone.**"):
        if block.startswith("systemctl"):
            continue
        if block == "evens verify":
            shell.run('if evens verify; then echo "the changed wallet is not found"; exit 1; fi')
            continue
        shell.run(block)
        if "stop-stage.sh" in block:
            # Writers refuse calls. The provider's callback is taken, and waits in its queue.
            api.answers((429, 503), "POST", "/api/deposits", {"amount": 20}, player)
            call_back(200, api, "payment.succeeded", paid(deposits[1]))
    shell.end()

    until("the second deposit is credited", lambda: status(deposits[1]) == "completed")

    # The restored table does not know that the first one was paid, so the sweeper has the provider asked.
    def is_credited() -> bool:
        client("lambda").invoke(FunctionName=f"{STACK}-sweep", Qualifier="live", Payload=b"{}")
        return status(deposits[0]) == "completed"

    until("the first deposit is credited again", is_credited, LOOK_SECONDS)
    until("the open round returned the stake", lambda: balance() == before + 150)
    books = evens("verify").splitlines()[-1]
    for name in (STACK, f"{STACK}-restored"):
        table.update_table(TableName=name, DeletionProtectionEnabled=False)
    table.delete_table(TableName=f"{STACK}-restored")
    step(f"runbook restore: stopped, restored to a second before a changed wallet, and started, with two deposits on their "
         f"way, each credited once; {books}")


# --- The first deployment ---------------------------------------------------------------------------------------------

def failed_creation() -> None:
    """The first deployment fails in one of its last stacks. After the runbook's steps it succeeds."""
    broken = WORK / "templates-broken"
    shutil.copytree(TEMPLATES, broken)
    place = broken / "infra/stacks/operations.json"
    stack = json.loads(place.read_text())
    functions = [one for one in stack["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
    role = functions[0]["Properties"]["Role"]["Fn::GetAtt"][0]
    functions[0]["Properties"]["Description"] = {"Fn::GetAtt": [role, "Nothing"]}
    place.write_text(json.dumps(stack))
    code, said = deploy(broken)
    expect(code != 0, f"a deployment of a faulty stack succeeded: {said[-500:]}")
    status = client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    expect(status == "ROLLBACK_COMPLETE", f"the failed stack is {status}")
    # AWS does not delete a protected table. The emulator does, so that it is made again.
    client("dynamodb").create_table(TableName=STACK, BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=True,
                                    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                                    AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    shell = Shell()
    for block in commands("deploy.md", after="Start over only if", before="The last two commands"):
        shell.run(block)
    shell.end()
    code, said = deploy(TEMPLATES)
    expect(code == 0, f"the deployment after the runbook's steps failed: {said[-2000:]}")
    deployed_api().answers(200, "GET", "/health")
    step("runbook deploy: a first deployment that failed was deleted by the runbook's commands, and the next one succeeded")


def delete() -> None:
    """Deletes the stack without `sam delete`, which does not accept an emulator's URL as one of S3."""
    cloudformation = client("cloudformation")
    cloudformation.delete_stack(StackName=STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK, WaiterConfig={"Delay": 1})
    tables = [name for name in client("dynamodb").list_tables()["TableNames"] if name == STACK]
    queues = client("sqs").list_queues(QueueNamePrefix=f"{STACK}-").get("QueueUrls", [])
    functions = [found["FunctionName"] for found in client("lambda").list_functions()["Functions"]]
    left = tables + queues + [name for name in functions if name.startswith(f"{STACK}-")]
    expect(not left, f"the deleted stack left {left}")
    step("the stack is deleted again, and nothing of it is left")


main()
