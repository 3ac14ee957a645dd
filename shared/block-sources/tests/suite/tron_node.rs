//! A TRON node: which block is returned, and the faults of nodes whose answers are not a chain.

use crate::node::{Chain, Node, block_json, id};
use evens_block_sources::{BlockFault, Blocks, TronNode};
use evens_games::BlockOrigin;
use jiff::Timestamp;
use serde_json::json;

/// The first block of the test chains.
const FIRST: u64 = 78_000_000;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("a time")
}

async fn first(node: &TronNode, ms: i64) -> Result<(u64, i64), String> {
    let block = node.first_block_at_or_after(at(ms)).await.map_err(|fault| fault.to_string())?;
    assert_eq!(block.origin(), BlockOrigin::Tron(id(block.number() - 1, 1)));
    Ok((block.number() - FIRST, block.timestamp().as_millisecond()))
}

#[tokio::test]
async fn the_first_block_at_a_time_is_given_when_another_one_is_built_on_it() {
    // The slots 4, 5 and 9 have no block.
    let node = Node::of(FIRST, 200, &[4, 5, 9]);
    let calls = node.start(None).await;
    let not_yet = || Err("the block does not exist yet".to_owned());
    #[rustfmt::skip]
    let table = [
        (3_000,   Ok((1, 3_000))),   (3_001,   Ok((2, 6_000))),   (9_000,   Ok((3, 9_000))),
        (9_001,   Ok((4, 18_000))),  (12_000,  Ok((4, 18_000))),  (18_000,  Ok((4, 18_000))),
        (24_001,  Ok((7, 30_000))),  (30_001,  Ok((8, 33_000))),  (594_000, Ok((195, 594_000))),
        // The newest block has no successor, and nothing follows it.
        (594_001, not_yet()), (597_000, not_yet()), (597_001, not_yet()),
    ];
    for (ms, expected) in table {
        assert_eq!(first(&calls, ms).await, expected, "{ms}");
    }
    let number = calls.block_of_number(FIRST + 7).await.map(|block| block.number());
    assert_eq!(number.expect("a block"), FIRST + 7);
}

/// On a chain without missed slots, four reads are enough: the newest block, the block itself and its two neighbours.
#[tokio::test]
async fn few_calls_are_enough() {
    let node = Node::of(FIRST, 200, &[]);
    let calls = node.start(None).await;
    assert_eq!(first(&calls, 585_000).await, Ok((195, 585_000)));
    assert_eq!(node.0.lock().expect("a chain").asked, 4);
}

#[tokio::test]
async fn a_node_is_told_who_calls() {
    let node = Node::of(FIRST, 5, &[]);
    let calls = node.start(Some("key-1")).await;
    assert!(!format!("{calls:?}").contains("key-1"));
    first(&calls, 3_000).await.expect("a block");
    assert_eq!(node.0.lock().expect("a chain").key.as_deref(), Some("key-1"));
}

/// Requests the block of slot 5, at 15 s. These answers do not form a chain.
#[tokio::test]
async fn blocks_that_form_no_chain_are_a_fault() {
    type Break = fn(&mut Chain);
    let table: [(&str, Break, &str); 14] = [
        (
            "another parent",
            |chain| drop(chain.blocks.insert(FIRST + 5, block_json(FIRST + 5, 1, 15_000, id(FIRST + 4, 2)))),
            "block 78000005 is not the child of the previous block",
        ),
        (
            "a parent of another height",
            |chain| drop(chain.blocks.insert(FIRST + 5, block_json(FIRST + 5, 1, 15_000, id(FIRST + 3, 1)))),
            "the node returned an invalid block",
        ),
        (
            "an id of another height",
            |chain| {
                chain.blocks.get_mut(&(FIRST + 5)).expect("a block")["blockID"] =
                    json!(id(FIRST + 6, 1).to_string());
            },
            "the node returned an invalid block",
        ),
        (
            "another number",
            |chain| {
                let other = chain.blocks[&(FIRST + 6)].clone();
                chain.blocks.insert(FIRST + 5, other);
            },
            "the node returned block 78000006 instead of block 78000005",
        ),
        (
            "a gap",
            |chain| drop(chain.blocks.remove(&(FIRST + 5))),
            "the node lacks block 78000005, but has later ones",
        ),
        (
            "a gap before it",
            |chain| drop(chain.blocks.remove(&(FIRST + 4))),
            "the node lacks block 78000004, but has later ones",
        ),
        (
            "a parent that is stamped as late",
            |chain| drop(chain.blocks.insert(FIRST + 4, block_json(FIRST + 4, 1, 15_000, id(FIRST + 3, 1)))),
            "block 78000005 is not the first one at or after that time, or is not later than its parent",
        ),
        (
            "a reorganisation: the next block has another parent",
            |chain| drop(chain.blocks.insert(FIRST + 6, block_json(FIRST + 6, 2, 18_000, id(FIRST + 5, 2)))),
            "the block after 78000005 has another parent",
        ),
        (
            "a reorganisation that took what is behind it away",
            |chain| chain.blocks.retain(|number, _| *number <= FIRST + 5),
            "the block does not exist yet",
        ),
        ("a status", |chain| chain.instead = Some((503, json!({}))), "the node answered with status 503"),
        (
            "an error",
            |chain| chain.instead = Some((200, json!({ "Error": "class java.lang.NullPointerException" }))),
            "the node's answer is not a block",
        ),
        ("nothing", |chain| chain.instead = Some((200, json!({}))), "the node's answer is not a block"),
        ("a list", |chain| chain.instead = Some((200, json!([1]))), "the node's answer is not a block"),
        (
            "an id that is none",
            |chain| chain.blocks.get_mut(&(FIRST + 5)).expect("a block")["blockID"] = json!("0000"),
            "the node's answer is not a block",
        ),
    ];
    for (name, break_it, expected) in table {
        let node = Node::of(FIRST, 12, &[]);
        let calls = node.start(None).await;
        node.change(break_it);
        assert_eq!(first(&calls, 15_000).await, Err(expected.to_owned()), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_silent_is_given_up() {
    let node = Node::of(FIRST, 12, &[]);
    let calls = node.start(None).await;
    node.change(|chain| chain.is_silent = true);
    let fault = calls.first_block_at_or_after(at(15_000)).await.expect_err("no answer");
    assert!(matches!(fault, BlockFault::Silent), "{fault:?}");
}

#[tokio::test]
async fn an_unreachable_node_is_a_fault() {
    let endpoint = "http://127.0.0.1:1".parse().expect("an endpoint");
    let nobody = TronNode::new(endpoint, None).expect("a client");
    let fault = nobody.first_block_at_or_after(at(15_000)).await.expect_err("no answer");
    assert!(matches!(fault, BlockFault::Unreachable(_)), "{fault:?}");
}
