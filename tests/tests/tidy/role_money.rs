//! The roles that may write wallets, orders and rounds, and those that may read secret seeds, whatever their code
//! calls. A new call in code is no reason to be in these lists: each function needs a reason of its own.

use crate::assert_none;
use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use evens_stacks::Allowed;
use serde_json::{Value, json};

/// Actions that change no item.
const READS: [&str; 5] = [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    // `role_scan` limits the functions and the attributes of scans.
    "dynamodb:Scan",
];

/// The changes that a writer may have.
const WRITES: [&str; 2] = ["dynamodb:PutItem", "dynamodb:UpdateItem"];

/// The only items that are deleted: secrets of periods whose draw has published them.
const DELETED: (&str, &str) = ("GameClock", "SEED#PERIOD#");

/// Who may do what with the items of a partition.
struct Policy {
    keys: &'static str,
    writers: &'static [&'static str],
    /// `None` if reads are not limited here.
    readers: Option<&'static [&'static str]>,
}

const POLICIES: [Policy; 4] = [
    Policy {
        keys: "USER#",
        writers: &[
            // Stakes.
            "PlaceBet",
            "PlaceGameBet",
            // Payouts and refunds of bets.
            "Match",
            "OperateBets",
            "Refund",
            "RequestRefund",
            "Settle",
            "SettlePeriod",
            // Deposits, withdrawals, bonuses, jackpots, and corrections by cashiers.
            "FollowDeposits",
            "FollowPayments",
            "JackpotWin",
            "OperatePayments",
            "Registration",
            "SendPayouts",
            "Withdrawals",
            // Copies of the account and of its limits. `role_wallets` limits the login to the epoch of sessions.
            "Limits",
            "Login",
            "OperateUsers",
            "Register",
        ],
        readers: None,
    },
    Policy {
        keys: "ORDER#",
        writers: &["Deposits", "FollowPayments", "OperatePayments", "SendPayouts", "Withdrawals"],
        readers: None,
    },
    Policy { keys: "ROUND#", writers: &["FinishRound", "OperateRounds"], readers: None },
    Policy {
        keys: "SEED#",
        // They make the seeds, and of periods the clock publishes them, too.
        writers: &["GameClock", "OperateRounds"],
        // They draw.
        readers: Some(&["FinishRound", "GameClock", "Match", "Settle"]),
    },
];

impl Policy {
    /// Returns whether an IAM pattern matches items of this partition.
    fn fits(&self, pattern: &str) -> bool {
        let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
        pattern == "any item" || self.keys.starts_with(fixed) || fixed.starts_with(self.keys)
    }

    fn permits(&self, name: &str, action: &str) -> bool {
        if READS.contains(&action) {
            return action == "dynamodb:Scan" || self.readers.is_none_or(|readers| readers.contains(&name));
        }
        WRITES.contains(&action) && self.writers.contains(&name)
    }

    fn wrong_rights(&self, name: &str, allowed: &Allowed) -> Vec<String> {
        let of_items = allowed.iter().filter(|(action, _)| action == "*" || action.starts_with("dynamodb:"));
        let on_these = of_items.filter(|(_, on)| self.fits(on));
        let is_deleted = |action: &str, on: &str| action == "dynamodb:DeleteItem" && (name, on) == DELETED;
        let wrong = on_these.filter(|(action, on)| !self.permits(name, action) && !is_deleted(action, on));
        wrong.map(|(action, on)| format!("{name} may {action} on {on}")).collect()
    }

    fn has_write(&self, allowed: &Allowed) -> bool {
        allowed.iter().any(|(action, on)| self.fits(on) && WRITES.contains(&action.as_str()))
    }
}

/// Rights beyond the policies, and functions in their lists that write nothing there.
fn wrong_roles(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, properties) in functions(template).into_values() {
        let (name, allowed) = (name.trim_end_matches("Function"), allowed(properties));
        for policy in &POLICIES {
            wrong.extend(policy.wrong_rights(name, &allowed));
            if policy.writers.contains(&name) && !policy.has_write(&allowed) {
                wrong.push(format!("{name} writes nothing in {}", policy.keys));
            }
        }
    }
    wrong
}

#[test]
fn money_and_secrets_have_few_hands() {
    assert_none(&wrong_roles(&template()));
}

#[test]
fn a_right_beyond_the_policies_is_found() {
    let good = template();
    #[rustfmt::skip]
    let table = [
        ("Wallet",        "dynamodb:UpdateItem",  "USER#*",        1),
        ("Bets",          "dynamodb:PutItem",     "USER#4*",       1),
        ("Settle",        "dynamodb:DeleteItem",  "USER#*",        1),
        ("Settle",        "dynamodb:UpdateItem",  "USER#*",        0),
        ("Wallet",        "dynamodb:Query",       "USER#*",        0),
        ("Wallet",        "dynamodb:PutItem",     "ORDER#*",       1),
        ("Wallet",        "dynamodb:PutItem",     "ORDERS#*",      0),
        ("SendPayouts",   "dynamodb:DeleteItem",  "ORDER#*",       1),
        ("PlaceBet",      "dynamodb:PutItem",     "ROUND#*",       1),
        ("PlaceBet",      "dynamodb:GetItem",     "SEED#*",        1),
        ("PlaceGameBet",  "dynamodb:Query",       "SEED#PERIOD#*", 1),
        ("OperateRounds", "dynamodb:GetItem",     "SEED#*",        1),
        ("FinishRound",   "dynamodb:GetItem",     "SEED#*",        0),
        ("FinishRound",   "dynamodb:PutItem",     "SEED#*",        1),
        ("Wallet",        "dynamodb:UpdateItem",  "*",             4),
        ("Wallet",        "dynamodb:*",           "SEED#*",        1),
        ("GameClock",     "dynamodb:DeleteItem",  "SEED#PERIOD#*", 0),
        ("GameClock",     "dynamodb:DeleteItem",  "SEED#*",        1),
    ];
    for (function, action, keys, expected) in table {
        let mut changed = good.clone();
        let role = format!("/Resources/{function}Function/Properties/Policies/0/Statement");
        let statements = changed.pointer_mut(&role).and_then(Value::as_array_mut).expect("statements");
        let mut statement = statements[0].clone();
        statement["Action"] = json!(action);
        statement["Condition"] = json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [keys] } });
        statements.push(statement);
        let wrong = wrong_roles(&changed);
        assert_eq!(wrong.len(), expected, "{function}: {action} on {keys}: {wrong:?}");
    }
    let mut changed = good.clone();
    changed["Resources"]["FinishRoundFunction"]["Properties"]["Policies"] = json!([]);
    assert_eq!(wrong_roles(&changed), ["FinishRound writes nothing in ROUND#"]);
}
