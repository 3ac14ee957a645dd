//! The same random calls to the embedded engine through the SDK and without it. Answers, failures and costs are equal.

use crate::engine::Engine;
use evens_store::SdkTable;
use evens_table::{
    AnswerWithCost, AttributeValue, Check, Condition, ConsumedUnits, Delete, Failure, Get, Item, Page,
    Placeholders, Put, Query, Reason, ReturnValues, Scan, Segment, Table, Update, Write,
};
use fastrand::Rng;

const SEEDS: u64 = 4;

const CALLS_OF_A_SEED: usize = 600;

/// An answer, in a form that can be compared.
#[derive(Debug, PartialEq)]
struct ComparableAnswer {
    items: Vec<Option<Item>>,
    next: Option<Item>,
    is_complete: bool,
    consumed: Option<ConsumedUnits>,
}

/// A failure, without its source.
#[derive(Debug, PartialEq)]
enum Refusal {
    ConditionFailed(Option<Item>),
    Cancelled(Vec<Option<Reason>>),
    Refused { code: String, is_server_error: bool },
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engine_answers_alike_with_and_without_the_sdk() {
    for seed in 0..SEEDS {
        let (first, second) = (Engine::embedded().await, Engine::embedded().await);
        let with_sdk = SdkTable::new(first.client.clone(), first.table.clone());
        let without = second.direct_table();
        let (mut of_first, mut of_second) = (Rng::with_seed(seed), Rng::with_seed(seed));
        let mut refused = 0;
        for call in 0..CALLS_OF_A_SEED {
            let expected = next_answer(&with_sdk, &mut of_first).await;
            let found = next_answer(without.as_ref(), &mut of_second).await;
            assert_eq!(found, expected, "seed {seed}, call {call}");
            refused += usize::from(expected.is_err());
        }
        let usual = CALLS_OF_A_SEED / 20..CALLS_OF_A_SEED * 3 / 4;
        assert!(usual.contains(&refused), "seed {seed}: {refused} calls were refused");
    }
}

/// Makes the next random call.
async fn next_answer(table: &dyn Table, random: &mut Rng) -> Result<ComparableAnswer, Refusal> {
    let is_metered = random.bool();
    let answer = match random.u8(0..10) {
        0 => table.get(get(random), is_metered).await.map(|answered| seen(answered, |item| vec![item])),
        1 => table.get_batch(keys(random), is_metered).await.map(|answered| {
            let is_complete = answered.value.is_complete;
            ComparableAnswer { is_complete, ..seen(answered, |batch| sorted(batch.items)) }
        }),
        2 => table.get_at_once(keys(random), is_metered).await.map(|answered| seen(answered, |items| items)),
        3 | 4 => table.query(query(random), is_metered).await.map(page),
        5 => table.scan(scan(random), is_metered).await.map(page),
        6 => table.put(put(random), is_metered).await.map(|answered| seen(answered, |()| Vec::new())),
        7 => {
            let returned = if random.bool() { ReturnValues::All } else { ReturnValues::Changed };
            let answered = table.update(update(random), returned, is_metered).await;
            answered.map(|answered| seen(answered, |item| vec![Some(item)]))
        }
        8 => table.delete(delete(random), is_metered).await.map(|answered| seen(answered, |()| Vec::new())),
        _ => {
            let writes = (0..random.usize(1..5)).map(|_| write(random)).collect();
            table.transact(writes, is_metered).await.map(|answered| seen(answered, |()| Vec::new()))
        }
    };
    answer.map_err(refusal)
}

fn seen<T>(answered: AnswerWithCost<T>, items: impl FnOnce(T) -> Vec<Option<Item>>) -> ComparableAnswer {
    ComparableAnswer {
        items: items(answered.value),
        next: None,
        is_complete: true,
        consumed: answered.consumed,
    }
}

fn page(answered: AnswerWithCost<Page>) -> ComparableAnswer {
    let next = answered.value.next.clone();
    ComparableAnswer { next, ..seen(answered, |page| page.items.into_iter().map(Some).collect()) }
}

/// A batch has no order.
fn sorted(mut items: Vec<Item>) -> Vec<Option<Item>> {
    let place = |item: &Item| format!("{:?} {:?}", item.get("pk"), item.get("sk"));
    items.sort_by_key(place);
    items.into_iter().map(Some).collect()
}

fn refusal(failure: Failure) -> Refusal {
    match failure {
        Failure::ConditionFailed { found } => Refusal::ConditionFailed(found),
        Failure::Cancelled { reasons, .. } => Refusal::Cancelled(reasons),
        Failure::Refused { code, is_server_error, .. } => Refusal::Refused { code, is_server_error },
        Failure::NotSent(source) | Failure::NoAnswer(source) => panic!("no answer: {source}"),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "texts and numbers are written in place")]
fn text(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "texts and numbers are written in place")]
fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn partition(random: &mut Rng) -> String {
    format!("P#{}", random.u8(0..3))
}

/// One of few keys, so that calls meet. Sometimes it is no key.
fn key(random: &mut Rng) -> Item {
    let sort = if random.u8(0..60) == 0 { number(1) } else { text(format_args!("S#{}", random.u8(0..4))) };
    [("pk".to_owned(), text(partition(random))), ("sk".to_owned(), sort)].into()
}

/// Up to six keys. The engine refuses repeated ones.
fn keys(random: &mut Rng) -> Vec<Item> {
    (0..random.usize(0..6)).map(|_| key(random)).collect()
}

fn item(random: &mut Rng) -> Item {
    let mut item = key(random);
    let members = (0..random.u8(1..4)).map(|member| vec![member ^ random.u8(..)]).collect();
    item.extend([
        ("state".to_owned(), text(random.u8(0..3))),
        ("revision".to_owned(), number(random.u8(0..3))),
        ("amount".to_owned(), number(format_args!("{}.{:02}", random.u32(..), random.u8(0..100)))),
        ("entries".to_owned(), AttributeValue::L(vec![text("one"), number("-7"), AttributeValue::Null])),
        ("members".to_owned(), AttributeValue::Bs(members)),
        ("long".to_owned(), text("x".repeat(random.usize(1..3_000)))),
    ]);
    if random.bool() {
        item.insert("unfinished_pk".to_owned(), text("U"));
        item.insert("unfinished_sk".to_owned(), text(random.u8(..)));
        item.insert("user_a".to_owned(), number(random.u8(..)));
    }
    item
}

fn values<const N: usize>(values: [(&str, AttributeValue); N]) -> Item {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn state_name() -> Placeholders {
    Placeholders { names: [("#state".to_owned(), "state".to_owned())].into(), ..Placeholders::default() }
}

fn condition(random: &mut Rng) -> Condition {
    let (expression, placeholders) = match random.u8(0..12) {
        0..3 => ("attribute_not_exists(pk)", Placeholders::default()),
        3..6 => ("attribute_exists(pk)", Placeholders::default()),
        6..8 => {
            let values = values([(":read", number(random.u8(0..3)))]);
            ("revision = :read", Placeholders { values, ..Placeholders::default() })
        }
        8..11 => {
            let values = values([(":a", text(0)), (":b", text(1))]);
            ("#state IN (:a, :b) OR attribute_not_exists(revision)", Placeholders { values, ..state_name() })
        }
        // A placeholder that is not used, and one that is missing.
        _ if random.bool() => ("attribute_exists(pk)", state_name()),
        _ => ("revision = :read", Placeholders::default()),
    };
    Condition { expression: expression.to_owned(), placeholders, returns_item: random.bool() }
}

fn get(random: &mut Rng) -> Get {
    let (projection, names) = match random.u8(0..3) {
        0 => (Some("pk, #state, members".to_owned()), state_name().names),
        _ => (None, state_name().names.into_iter().filter(|_| random.u8(0..20) == 0).collect()),
    };
    Get { key: key(random), is_consistent: random.bool(), projection, names }
}

fn query(random: &mut Rng) -> Query {
    let query = match random.u8(0..4) {
        0 => Query::new("unfinished_pk = :pk AND unfinished_sk > :after")
            .index("unfinished")
            .value(":pk", text("U"))
            .value(":after", text(random.u8(..))),
        1 => Query::new("pk = :pk AND begins_with(sk, :prefix)")
            .value(":pk", text(partition(random)))
            .value(":prefix", text("S#"))
            .filter("attribute_exists(revision)"),
        2 => Query::new("pk = :pk AND sk BETWEEN :first AND :last")
            .value(":pk", text(partition(random)))
            .value(":first", text("S#1"))
            .value(":last", text("S#3"))
            .projection("pk, sk, amount"),
        _ => Query::new("pk = :pk").value(":pk", text(partition(random))),
    };
    let start = (random.u8(0..4) == 0).then(|| key(random));
    let query = query.consistent(random.bool()).start(start);
    let query = if random.bool() { query.descending() } else { query };
    match random.u8(0..4) {
        0 => query,
        1 => query.limit(u32::MAX),
        _ => query.limit(random.u32(1..4)),
    }
}

fn scan(random: &mut Rng) -> Scan {
    let projected = random.bool();
    Scan {
        filter: random.bool().then(|| "attribute_exists(revision)".to_owned()),
        projection: projected.then(|| "pk, sk, #state".to_owned()),
        placeholders: if projected { state_name() } else { Placeholders::default() },
        is_consistent: random.bool(),
        segment: random.bool().then(|| Segment { number: random.u16(0..3), total: 3 }),
        start: None,
        limit: random.bool().then(|| random.u32(1..9)),
    }
}

fn put(random: &mut Rng) -> Put {
    Put { item: item(random), condition: random.bool().then(|| condition(random)) }
}

fn update(random: &mut Rng) -> Update {
    let condition = random.bool().then(|| condition(random));
    let mut placeholders =
        condition.as_ref().map(|condition| condition.placeholders.clone()).unwrap_or_default();
    let expression = match random.u8(0..4) {
        0 => {
            placeholders.values.extend(values([(":one", number(1)), (":at", text("now"))]));
            "SET revision = if_not_exists(revision, :one) + :one, updated_at = :at"
        }
        1 => {
            placeholders.values.extend(values([(":one", number("1.50"))]));
            // Refused if the item has no amount.
            "SET amount = amount - :one REMOVE unfinished_pk, unfinished_sk"
        }
        2 => {
            placeholders.values.extend(values([
                (":new", AttributeValue::Bs(vec![vec![random.u8(..)]])),
                (":one", number(1)),
            ]));
            "ADD members :new, revision :one"
        }
        _ => {
            placeholders.values.extend(values([(":more", AttributeValue::L(vec![text("two")]))]));
            "SET entries = list_append(entries, :more)"
        }
    };
    Update {
        key: key(random),
        expression: expression.to_owned(),
        returns_item: condition.as_ref().is_some_and(|condition| condition.returns_item),
        condition: condition.map(|condition| condition.expression),
        placeholders,
    }
}

fn delete(random: &mut Rng) -> Delete {
    Delete { key: key(random), condition: condition(random) }
}

fn write(random: &mut Rng) -> Write {
    match random.u8(0..5) {
        0 | 1 => Write::Put(put(random)),
        2 => Write::Update(update(random)),
        3 => Write::Delete(delete(random)),
        _ => Write::Check(Check { key: key(random), condition: condition(random) }),
    }
}
