//! Bets of players: their status by the state of their period, and the purses that pay for them.

use crate::common::{PERIOD, amount, bet_id, drawn, period, period_id, rows, second, selection, stake, user};
use evens_games::{GameBet, GameBetStatus, PeriodResult, PeriodState, PeriodTotals, Purse, PurseError};
use evens_idempotency::Fingerprint;
use evens_ledger::{DebitRule, Parts};

fn bet(on: &str) -> GameBet {
    GameBet {
        id: bet_id(1, "key-1"),
        user: user(1),
        period: period_id(PERIOD),
        selection: selection("wingo", on),
        stake: stake("10"),
        parts: Parts { cash: amount("10"), bonus: amount("0") },
        fingerprint: Fingerprint::of(&[&"a request"]),
        balance_after: amount("90"),
        bonus_after: amount("0"),
        placed_at: second(3),
        paid: None,
    }
}

/// The period draws 8, so that a bet of 10 on big pays 19.6.
const STATUSES: &str = "
    state      big           small
    open       PENDING       PENDING
    closing    PENDING       PENDING
    closed     PENDING       PENDING
    resulted   WON:19.6      LOST
    settled    WON:19.6      LOST
    cancelled  REFUNDED      REFUNDED
    refunded   REFUNDED      REFUNDED
";

#[test]
fn a_bet_has_the_status_of_its_period() {
    for [state, big, small] in rows(STATUSES) {
        for (on, expected) in [("SIZE:big", big), ("SIZE:small", small)] {
            let status = bet(on).status(&period(state));
            let said = match status {
                GameBetStatus::Won(payout) => format!("{}:{payout}", status.as_str()),
                _ => status.as_str().to_owned(),
            };
            assert_eq!(said, expected, "{state} {on}");
        }
    }
    // The result of the period decides, not that of its seed.
    let result =
        PeriodResult { drawn: drawn("wingo", "1"), ..period("settled").result().expect("drawn").clone() };
    let other = evens_games::Period {
        state: PeriodState::Settled(PeriodTotals::default(), result),
        ..period("open")
    };
    assert_eq!(bet("SIZE:big").status(&other), GameBetStatus::Lost);
}

#[test]
fn a_purse_comes_back_from_its_text_and_has_its_rule() {
    #[rustfmt::skip]
    let table = [
        (Purse::BonusFirst, "BONUS_FIRST", DebitRule::BonusFirst),
        (Purse::CashOnly,   "CASH",        DebitRule::CashOnly),
    ];
    for (purse, text, rule) in table {
        assert_eq!((purse.as_str(), text.parse(), purse.rule()), (text, Ok(purse), rule));
    }
    for wrong in ["", "cash", "BONUS"] {
        assert_eq!(wrong.parse::<Purse>(), Err(PurseError), "{wrong}");
    }
    assert_eq!(Purse::default(), Purse::BonusFirst);
}
