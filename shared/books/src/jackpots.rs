//! Rows of jackpots: all versions of their terms, all wins, and the win that each pool is reserved for.

use evens_jackpots::{JackpotConfig, Pool, Win};
use evens_records::JackpotRecord;

pub(crate) const JACKPOT_FIELDS: [&str; 20] = [
    "kind",
    "group",
    "number",
    "at",
    "startAmount",
    "rate",
    "reserveRate",
    "odds",
    "mustHitBy",
    "operation",
    "user",
    "amount",
    "poolBefore",
    "refill",
    "topUp",
    "cause",
    "cash",
    "ticket",
    "termsVersion",
    "reason",
];

type Values = [String; JACKPOT_FIELDS.len()];

/// Sort key and values of the row, or `None` for records that an auditor derives from transfers.
pub(crate) fn row_of(record: &JackpotRecord) -> Option<(Vec<u8>, Values)> {
    let (group, number, values) = match record {
        JackpotRecord::Config(config) => (config.group, config.version, values_of_terms(config)),
        JackpotRecord::Win(win) => (win.group, win.cycle, values_of_win(win)),
        JackpotRecord::Pool(pool) => (pool.group, pool.cycle, values_of_pool(pool)),
        JackpotRecord::Meter(_) | JackpotRecord::Contribution(_) | JackpotRecord::Award(_) => return None,
    };
    let place = [values[0].as_bytes(), group.as_str().as_bytes(), &number.to_be_bytes()].concat();
    Some((place, values))
}

fn values_of_terms(config: &JackpotConfig) -> Values {
    let JackpotConfig { group, version, terms, since } = config;
    let limit = terms.must_hit_by().map(|limit| limit.to_string()).unwrap_or_default();
    let [operation, user, amount, pool_before, refill, top_up, cause, cash, ticket, terms_version, reason] =
        [const { String::new() }; 11];
    [
        "terms".to_owned(),
        group.to_string(),
        version.to_string(),
        since.to_string(),
        terms.start().to_string(),
        terms.rate().to_string(),
        terms.reserve_rate().to_string(),
        terms.odds().to_string(),
        limit,
        operation,
        user,
        amount,
        pool_before,
        refill,
        top_up,
        cause,
        cash,
        ticket,
        terms_version,
        reason,
    ]
}

fn values_of_win(win: &Win) -> Values {
    let Win { operation, group, cycle, user, amount, pool_before, refill, top_up, .. } = win;
    let Win { cause, winning, reason, at, .. } = win;
    let [start, rate, reserve_rate, odds, limit] = [const { String::new() }; 5];
    [
        "win".to_owned(),
        group.to_string(),
        cycle.to_string(),
        at.to_string(),
        start,
        rate,
        reserve_rate,
        odds,
        limit,
        operation.to_string(),
        user.to_string(),
        amount.to_string(),
        pool_before.to_string(),
        refill.to_string(),
        top_up.to_string(),
        cause.to_string(),
        winning.map(|winning| winning.cash.to_string()).unwrap_or_default(),
        winning.map(|winning| winning.ticket.to_string()).unwrap_or_default(),
        winning.map(|winning| winning.terms_version.to_string()).unwrap_or_default(),
        reason.clone(),
    ]
}

/// The values of a pool, without its content, which follows from transfers.
fn values_of_pool(pool: &Pool) -> Values {
    let pending = pool.winning();
    let award = pending.map(|pending| &pending.award);
    let text = |text: Option<String>| text.unwrap_or_default();
    let [start, rate, reserve_rate, odds, limit] = [const { String::new() }; 5];
    let [amount, pool_before, refill, top_up, cash, ticket, terms_version] = [const { String::new() }; 7];
    [
        "pool".to_owned(),
        pool.group.to_string(),
        pool.cycle.to_string(),
        text(pending.map(|pending| pending.begun_at.to_string())),
        start,
        rate,
        reserve_rate,
        odds,
        limit,
        text(award.map(|award| award.operation.to_string())),
        text(award.map(|award| award.user.to_string())),
        amount,
        pool_before,
        refill,
        top_up,
        text(award.map(|award| award.cause.to_string())),
        cash,
        ticket,
        terms_version,
        text(award.map(|award| award.reason.clone())),
    ]
}
