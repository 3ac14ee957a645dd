//! Entries are found by their key and by their reference, in any player's ledger.

use crate::game_scenario::{closed, drawn, game_bet, game_command, opened_period, settled_lanes};
use crate::jackpots::{contributed, opened, won};
use crate::scenario::{amount, command, fund, match_of, place, second, settled, user, welcomed};
use evens_exchange::Side;
use evens_ledger::{EntryKey, EntryPurpose, SystemAccount, Transfer};
use evens_store::{EntryName, FoundEntries, Store};

async fn find(store: &Store, name: EntryName, player: Option<u64>) -> FoundEntries {
    store.find_entries(&name, player.map(user)).await.unwrap()
}

fn keys(found: &FoundEntries) -> Vec<String> {
    found.entries.iter().map(|entry| entry.key.to_string()).collect()
}

pub(crate) async fn entries_are_found_by_key_and_by_reference(store: &Store) {
    let joined = match_of(store, "10").await;
    settled(store, &joined, Side::A).await;
    let key = |text: String| EntryName::Key(text);
    let payout = format!("SETTLE:{}:1", joined.id);
    let stake = format!("BET:{}", joined.bet_b);
    for (name, owner) in [(payout.clone(), 1), (stake, 2), ("FUND:order-1-1000".to_owned(), 1)] {
        let found = find(store, key(name.clone()), None).await;
        assert_eq!((keys(&found), found.searched), (vec![name], Some(user(owner))));
    }
    let of_bet = find(store, EntryName::Reference(joined.bet_b.to_string()), None).await;
    assert_eq!(keys(&of_bet), [format!("BET:{}", joined.bet_b)]);
    // A match id alone does not tell the players, so one of them must be given.
    let reference = || EntryName::Reference(joined.id.to_string());
    let nobody = find(store, reference(), None).await;
    assert_eq!((nobody.entries.len(), nobody.searched), (0, None));
    assert_eq!(keys(&find(store, reference(), Some(1)).await), std::slice::from_ref(&payout));
    assert_eq!(keys(&find(store, reference(), Some(2)).await), [""; 0]);
    let none = find(store, key("BET:none".to_owned()), None).await;
    assert_eq!((none.entries.len(), none.searched, none.transfer), (0, None, None));
    // From a payout to its bet.
    let found = find(store, key(payout), None).await;
    let bets = store.bets_of_entries(&found.entries).await.unwrap();
    assert_eq!(bets.into_values().collect::<Vec<_>>(), [joined.bet_a]);
}

pub(crate) async fn entries_of_games_are_found_by_their_keys(store: &Store) {
    let period = opened_period(store).await;
    welcomed(store, 1, None).await;
    fund(store, 1, "100").await;
    let bet = game_bet(store, &game_command(1, "one", true, "40"), &period).await.bet.id;
    settled_lanes(store, &drawn(store, &closed(store, &period).await).await).await;
    for name in
        [format!("GAME:{bet}"), format!("GAME:{bet}:BONUS"), format!("WIN:{bet}"), format!("WIN:{bet}:BONUS")]
    {
        let found = find(store, EntryName::Key(name.clone()), None).await;
        assert_eq!((keys(&found), found.searched), (vec![name], Some(user(1))));
        let bets = store.bets_of_entries(&found.entries).await.unwrap();
        assert_eq!(bets.into_values().collect::<Vec<_>>(), [bet]);
    }
}

pub(crate) async fn wins_of_jackpots_and_adjustments_are_found_by_their_keys(store: &Store) {
    opened(store).await;
    fund(store, 1, "5").await;
    contributed(store, "a", ["400", "0", "0"]).await;
    won(store, "win", 1, None).await;
    let won = find(store, EntryName::Key("JACKPOT:win".to_owned()), None).await;
    assert_eq!((keys(&won), won.searched), (vec!["JACKPOT:win".to_owned()], Some(user(1))));
    let of_operation = find(store, EntryName::Reference("win".to_owned()), None).await;
    assert_eq!((keys(&of_operation), of_operation.searched), (keys(&won), Some(user(1))));
    // A contribution belongs to no player.
    let contribution = find(store, EntryName::Reference("a".to_owned()), None).await;
    assert_eq!((contribution.searched, contribution.contribution.is_some()), (None, true));
    // The key of an adjustment contains its player.
    let adjusted = find(store, EntryName::Key("ADJUST:1:1".to_owned()), None).await;
    assert_eq!((adjusted.entries.len(), adjusted.searched), (0, Some(user(1))));
}

pub(crate) async fn entries_are_found_in_pages_that_were_put_away(store: &Store) {
    fund(store, 1, "1000").await;
    let mut first = None;
    for number in 0..9 {
        let placed = place(store, &command(1, &format!("key-{number}"), Side::A, "1"), second(number)).await;
        first = first.or(Some(placed.bet.id));
    }
    let name = format!("BET:{}", first.expect("a bet"));
    let found = find(store, EntryName::Key(name.clone()), None).await;
    assert_eq!((keys(&found), found.is_complete), (vec![name], true));
    assert_eq!(found.entries[0].number, 2);
}

pub(crate) async fn a_transfer_is_found_by_its_key(store: &Store) {
    let transfer = Transfer {
        key: EntryKey::new(EntryPurpose::Fee, &[&"sandbox", &"2024-01-01"]),
        from: SystemAccount::House,
        to: SystemAccount::BonusPool,
        amount: amount("2"),
        reference: "2024-01-01".to_owned(),
        at: second(1),
    };
    store.book_transfer(&transfer).await.unwrap();
    let found = find(store, EntryName::Key(transfer.key.to_string()), None).await;
    assert_eq!((found.transfer, found.searched), (Some(transfer), None));
}
