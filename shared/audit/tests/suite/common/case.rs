//! [`Case`]: the books that each corruption breaks. [`check`] runs a table of corruptions and their violations.

use super::{Story, amount, check as check_items, round_id, user};
use evens_audit::Completeness;
use evens_exchange::{Match, MatchId, Round, Side};
use evens_idempotency::BetId;
use evens_ledger::{Entry, EntryKey, EntryPurpose, Incoming, Posting, SystemAccount, Wallet};
use evens_players::Account;
use evens_records::Record;

/// The story of all tables: users 1 and 2 meet in `game` for 10, which is settled; of user 1's 15, 5 are refunded.
/// Users 3 and 4 meet in `void` for 7, and get them back. Users 1 and 2 meet in `coin` for 3 (one draw for the round)
/// and users 3 and 4 in `sport` for 4 (an oracle). Before their bets user 1 has a bonus of 25 and user 2 one of 5, each
/// for a referral. User 5 has 20 for signing up.
pub(crate) struct Case {
    pub(crate) story: Story,
    pub(crate) settled: MatchId,
    pub(crate) void: MatchId,
    pub(crate) coin: MatchId,
    /// A settled match in a round with a commission, and the bet that won.
    pub(crate) charged: MatchId,
    pub(crate) charged_bet: BetId,
    pub(crate) refunded: BetId,
    /// A record that is read twice.
    pub(crate) twice: Option<Record>,
}

pub(crate) fn case() -> Case {
    let mut story = Story::default();
    for player in 1..=4 {
        story.sign_up(player);
        story.fund(player, "100");
    }
    story.bonus(1, "25");
    story.bonus(2, "5");
    story.welcome(5, "20");
    let rounds = [("game", "match"), ("void", "match"), ("coin", "round"), ("sport", "oracle")];
    for (round, draw) in rounds {
        story.open(round, draw);
    }
    let refunded = story.place(1, "game", Side::A, "15").expect("holds 100");
    story.place(2, "game", Side::B, "10");
    let settled = story.match_all()[0];
    story.draw(settled);
    story.settle(settled);
    story.refund(refunded);
    story.place(3, "void", Side::A, "7");
    story.place(4, "void", Side::B, "7");
    let void = story.match_all()[0];
    story.cancel("void");
    story.void(void);
    story.place(1, "coin", Side::A, "3");
    story.place(2, "coin", Side::B, "3");
    story.place(3, "sport", Side::A, "4");
    story.place(4, "sport", Side::B, "4");
    let [coin, sport] = story.match_all()[..] else { panic!("two pairs") };
    story.close("game");
    story.close("coin");
    story.close("sport");
    story.result("sport", Side::B);
    for id in [coin, sport] {
        story.draw(id);
        story.settle(id);
    }
    story.open("fee", "match");
    story.charge("fee", "0.05");
    let charged_bets =
        [(3, Side::A), (4, Side::B)].map(|(player, side)| story.place(player, "fee", side, "2"));
    let charged = story.match_all()[0];
    story.draw(charged);
    let winner = story.settle(charged).expect("drawn");
    let charged_bet = charged_bets[usize::from(winner == user(4))].expect("holds enough");
    story.close("fee");
    Case { story, settled, void, coin, charged, charged_bet, refunded, twice: None }
}

impl Case {
    pub(crate) fn entry(&mut self, purpose: &str) -> &mut Entry {
        let found = self.story.entries.iter_mut().find(|entry| entry.key.as_str().starts_with(purpose));
        found.expect("there is one")
    }

    pub(crate) fn drop_entry(&mut self, purpose: &str) {
        let key = self.entry(purpose).key.clone();
        self.story.entries.retain(|entry| entry.key != key);
    }

    pub(crate) fn wallet(&mut self, player: u64) -> &mut Wallet {
        self.story.wallets.get_mut(&user(player)).expect("there is one")
    }

    pub(crate) fn a_match(&mut self, id: MatchId) -> &mut Match {
        self.story.matches.get_mut(&id).expect("there is one")
    }

    pub(crate) fn sign_up(&mut self, player: u64) -> &mut Account {
        self.story.sign_ups.get_mut(&user(player)).expect("signed up")
    }

    /// The player referred by user 1.
    pub(crate) fn referred(&mut self) -> &mut Account {
        self.sign_up(1_004)
    }

    pub(crate) fn round(&mut self, id: &str) -> &mut Round {
        self.story.rounds.get_mut(&round_id(id)).expect("there is one")
    }

    /// Appends a well-formed entry to a wallet, as an attacker who knows the format could.
    pub(crate) fn pay(&mut self, player: u64, key: EntryKey, coins: &str, account: SystemAccount) {
        let at = self.story.tick();
        let posting = Posting { key, amount: amount(coins), account, reference: "extra".to_owned() };
        let posted = self.wallet(player).credit(Incoming::Credit, posting, at).expect("fits");
        self.story.post(posted, 0);
    }
}

impl Case {
    /// Appends a well-formed bonus to a wallet.
    pub(crate) fn pay_bonus(&mut self, player: u64, key: EntryKey, coins: &str) {
        let at = self.story.tick();
        let posting = Posting {
            amount: amount(coins),
            account: SystemAccount::BonusPool,
            reference: format!("reg_bonus_{player}"),
            key,
        };
        let posted = self.wallet(player).credit_bonus(posting, at).expect("fits");
        self.story.post(posted, 0);
    }
}

pub(crate) fn game() -> SystemAccount {
    SystemAccount::Stakes("game".to_owned())
}

/// The invariants that the corrupted story violates, in order: `M1 M4`.
pub(crate) fn offended(corrupt: impl FnOnce(&mut Case)) -> (String, String) {
    let mut case = case();
    assert_eq!(case.story.check(Completeness::Ended).violations(), &[], "sound before it is corrupted");
    corrupt(&mut case);
    let items = case.story.items().into_iter().chain(case.twice);
    let report = check_items(items, Completeness::Ended);
    let mut names: Vec<_> = report.violations().iter().map(|violation| violation.invariant.name()).collect();
    names.dedup();
    (names.join(" "), format!("{:#?}", report.violations()))
}

pub(crate) type Corruption = (&'static str, fn(&mut Case), &'static str);

pub(crate) fn check(table: &[Corruption]) {
    for (what, corrupt, expected) in table {
        let (names, violations) = offended(corrupt);
        assert_eq!(names, *expected, "{what}: {violations}");
    }
}

/// Rebuilds the chain of a wallet's entries and adapts its bets and the wallet, as an attacker who knows the format
/// could.
pub(crate) fn chain_again(case: &mut Case, player: u64) {
    case.story.chain_again(player);
    for bet in case.story.bets.values_mut().filter(|bet| bet.user == user(player)) {
        let key = EntryKey::new(EntryPurpose::Bet, &[&bet.id]);
        let stake = case.story.entries.iter().find(|entry| entry.key == key).expect("its stake");
        bet.balance_after = stake.balance_after;
    }
}
