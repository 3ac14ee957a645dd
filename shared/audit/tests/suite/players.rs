//! One corruption per row and exactly the invariants that it violates: bonuses, and the names that lead to a player.

use crate::common::case::{Case, chain_again, check};
use crate::common::{amount, code, phone, second, user};
use evens_ledger::{Amount, BalanceKind, EntryKey, EntryPurpose, SystemAccount, Wallet};
use evens_players::{Bonuses, Referral, ReferralBonuses, Registration, referral_bonus};
use evens_records::{Name, Record};

#[test]
#[rustfmt::skip]
fn of_bonuses() {
    check(&[
        ("a bonus appears", |case| case.wallet(3).bonus = amount("1"), "M1 M4"),
        ("a bonus is larger", |case| case.wallet(1).bonus = amount("25.00000001"), "M1 M4"),
        ("a bonus is gone", |case| case.wallet(1).bonus = Amount::ZERO, "M1 M4"),
        ("a bonus becomes cash", |case| {
            let wallet = case.wallet(1);
            wallet.balance = wallet.balance.checked_add(wallet.bonus).expect("fits");
            wallet.bonus = Amount::ZERO;
        }, "M4"),
        ("a bonus is all that a wallet has, and nothing explains it", |case| {
            let wallet = Wallet { bonus: amount("5"), ..Wallet::empty(user(9)) };
            case.story.wallets.insert(user(9), wallet);
        }, "M1 M4"),
        ("a bonus's entry is larger", |case| case.entry("BONUS:").amount = amount("26"), "M1 M2 M3 M4"),
        ("a bonus's entry is dropped", |case| case.drop_entry("BONUS:"), "M1 M3 M4"),
        ("a bonus's entry is relabelled as cash", |case| case.entry("BONUS:").balance_kind = BalanceKind::Cash, "M3 M4"),
        ("a stake is relabelled as a bonus", |case| case.entry("BET:").balance_kind = BalanceKind::Bonus, "M3 M4"),
        ("a funding is relabelled as a bonus", |case| case.entry("FUND:").balance_kind = BalanceKind::Bonus, "M3 M4"),
        ("a payment is relabelled as a bonus, with its hash", |case| {
            case.pay(4, EntryKey::new(EntryPurpose::Payout, &[&"x"]), "5", SystemAccount::House);
            let entry = case.entry("PAYOUT:");
            entry.balance_kind = BalanceKind::Bonus;
            entry.hash = entry.computed_hash();
        }, "M3 M4"),
        ("a stake is paid with a bonus, in a chain without fault", |case| {
            case.entry("BET:").balance_kind = BalanceKind::Bonus;
            chain_again(case, 1);
        }, "M3"),
        ("a bonus does not come from the bonus pool", |case| {
            case.entry("BONUS:").account = SystemAccount::House;
            chain_again(case, 1);
        }, "M3"),
        ("a bonus is in cash, in a chain without fault", |case| {
            case.entry("BONUS:").balance_kind = BalanceKind::Cash;
            chain_again(case, 1);
        }, "M3"),
        ("the bonus for signing up is somebody else's", |case| {
            case.entry("BONUS:").key = EntryKey::new(EntryPurpose::Bonus, &[&"REG", &user(3)]);
            chain_again(case, 1);
        }, "M3"),
        ("a bonus for signing up that nobody promised", |case| {
            case.pay_bonus(3, EntryKey::new(EntryPurpose::Bonus, &[&"REG", &user(3)]), "25");
        }, "M3"),
        ("a bonus for signing up, of the time before promises were kept", |case| {
            case.pay_bonus(3, EntryKey::new(EntryPurpose::Bonus, &[&"REG", &user(3)]), "25");
            case.sign_up(3).bonuses = None;
        }, ""),
        ("the bonus for signing up is given and still owed", |case| {
            case.sign_up(5).registration = Registration::BonusDue;
        }, "M3 M6"),
        ("the bonus for signing up was never given", |case| {
            case.sign_up(3).bonuses = Some(Bonuses { registration: amount("25"), referral: ReferralBonuses::NONE });
        }, "M3"),
        ("the bonus for signing up is still owed", |case| {
            let sign_up = case.sign_up(3);
            sign_up.bonuses = Some(Bonuses { registration: amount("25"), referral: ReferralBonuses::NONE });
            sign_up.registration = Registration::BonusDue;
        }, "M6"),
        ("the bonus for signing up is larger than promised, in a chain without fault", |case| {
            case.entry("BONUS:REG:").amount = amount("20.00000001");
            chain_again(case, 5);
        }, "M3"),
        ("the bonus for a referral is smaller than promised, in a chain without fault", |case| {
            case.entry("BONUS:REF:").amount = amount("24.99999999");
            chain_again(case, 1);
        }, "M3"),
        ("the bonus for a referral was never given", |case| {
            case.referred().bonuses = Some(Bonuses { registration: Amount::ZERO, referral: ReferralBonuses::direct(amount("25")) });
            case.entry("BONUS:REF:").key = EntryKey::new(EntryPurpose::Bonus, &[&"REG", &user(1)]);
            case.sign_up(1).bonuses = Some(Bonuses { registration: amount("25"), referral: ReferralBonuses::NONE });
            "reg_bonus_1".clone_into(&mut case.entry("BONUS:REG:1").reference);
            chain_again(case, 1);
        }, "M3"),
        ("a bonus for somebody who is brought by somebody else", |case| {
            case.referred().referrer = Some(user(3));
        }, "M3"),
        ("a bonus for somebody who was taken over from elsewhere", |case| case.referred().referred_by = None, "M3"),
        ("a bonus for somebody whose referral is not done", |case| {
            case.referred().registration = Registration::ReferralBonusDue;
        }, "M3 M6"),
        ("a bonus for somebody who does not exist", |case| {
            case.story.sign_ups.remove(&user(1_004));
        }, "M3 M8"),
        ("a bonus for nobody knows what", |case| {
            case.entry("BONUS:").key = EntryKey::new(EntryPurpose::Bonus, &[&"DAY", &user(1)]);
            chain_again(case, 1);
        }, "M3"),
        ("a bonus is given again", |case| {
            let key = case.entry("BONUS:").key.clone();
            case.pay(4, key, "25", SystemAccount::BonusPool);
        }, "M3"),
    ]);
}

#[test]
#[rustfmt::skip]
fn of_bonuses_of_levels_above() {
    check(&[
        ("a level above was promised a bonus, and nobody is there", |case| promise_above(case, "24"), ""),
        ("a level above was promised a bonus, and somebody is there", |case| {
            bring(case, 3, 1);
            promise_above(case, "24");
        }, "M3"),
        ("a level above has its bonus", |case| give_above(case, 3, 3, "24"), ""),
        ("a level above has more than was promised", |case| give_above(case, 3, 3, "24.5"), "M3"),
        ("a level above has a bonus that was not promised", |case| {
            bring(case, 3, 1);
            case.story.give(3, referral_bonus(user(1_004), 2, amount("24")));
        }, "M3"),
        ("somebody else has the bonus of a level above", |case| give_above(case, 3, 2, "24"), "M3"),
        ("who is below has the bonus of a level above", |case| give_above(case, 1_004, 1_004, "24"), "M3"),
        ("the bonus of a level is given under a key that is written otherwise", |case| {
            bring(case, 3, 1);
            promise_above(case, "24");
            let mut posting = referral_bonus(user(1_004), 2, amount("24"));
            posting.key = EntryKey::new(EntryPurpose::Bonus, &[&"REF", &1_004, &"02"]);
            case.story.give(3, posting);
        }, "M3"),
    ]);
}

/// Sign-ups referred by user 1 promise this much to the levels above 1.
fn promise_above(case: &mut Case, above: &str) {
    let referral = ReferralBonuses::with_above(amount("25"), above).expect("bonuses");
    case.referred().bonuses = Some(Bonuses { registration: Amount::ZERO, referral });
}

/// `above` referred user 1, a level that was promised 24. The bonus goes to `to`.
fn give_above(case: &mut Case, above: u64, to: u64, given: &str) {
    bring(case, above, 1);
    promise_above(case, "24");
    case.story.give(to, referral_bonus(user(1_004), 2, amount(given)));
}

/// Records an imported referral.
fn bring(case: &mut Case, referrer: u64, referred: u64) {
    case.sign_up(referred).referrer = Some(user(referrer));
    case.sign_up(referrer).direct_referral_count += 1;
    let (referrer, referred, recorded_at) = (user(referrer), user(referred), case.story.tick());
    case.story.referrals.push(Referral { referrer, referred, level: 1, recorded_at });
}

#[test]
#[rustfmt::skip]
fn of_names_and_referrals() {
    check(&[
        ("a phone number leads to somebody else", |case| {
            case.story.names.insert(Name::Phone(phone(1)), user(2));
        }, "M8"),
        ("a phone number leads to nobody", |case| { case.story.names.remove(&Name::Phone(phone(1))); }, "M8"),
        ("a second phone number leads to a player", |case| {
            case.story.names.insert(Name::Phone(phone(9)), user(1));
        }, "M8"),
        ("a phone number leads to a player without an account", |case| {
            case.story.names.insert(Name::Phone(phone(9)), user(9));
        }, "M8"),
        ("an account has another phone number", |case| case.sign_up(1).phone = phone(9), "M8"),
        ("a session of a player without an account", |case| case.story.visits.push(user(9)), "M8"),
        ("a code leads to somebody else", |case| {
            case.story.names.insert(Name::Code(code(3)), user(2));
        }, "M3"),
        ("a code leads to nobody", |case| { case.story.names.remove(&Name::Code(code(3))); }, "M3"),
        ("a code that was named leads to somebody else", |case| {
            case.story.names.insert(Name::Code(code(1)), user(2));
        }, "M3"),
        ("a second code leads to a player", |case| {
            case.story.names.insert(Name::Code(code(9)), user(1));
        }, "M3"),
        ("an account has another code", |case| case.sign_up(3).referral_code = code(9), "M3"),
        ("a name is there twice", |case| {
            case.twice = Some(Record::Name(Name::Code(code(1)), user(1)));
        }, "M3"),
        ("an edge is dropped", |case| { case.story.referrals.pop(); }, "M3"),
        ("an edge is of another referrer", |case| case.story.referrals[0].referrer = user(3), "M3"),
        ("an edge is of somebody else", |case| case.story.referrals[0].referred = user(3), "M3"),
        ("an edge is there twice", |case| {
            case.twice = Some(Record::Referral(case.story.referrals[0]));
        }, "M3"),
        ("a second edge leads to a player", |case| {
            let second = Referral { referrer: user(3), ..case.story.referrals[0] };
            case.story.referrals.push(second);
            case.sign_up(3).direct_referral_count += 1;
        }, "M3"),
        ("an edge of players without accounts", |case| {
            let nobodys = Referral { referrer: user(8), referred: user(9), ..case.story.referrals[0] };
            case.story.referrals.push(nobodys);
        }, "M3"),
        ("a referral is counted twice", |case| case.sign_up(1).direct_referral_count += 1, "M3"),
        ("a referral was never recorded", |case| {
            case.sign_up(4).created_at = second(-60);
            case.sign_up(3).referred_by = Some(code(4));
        }, "M3"),
        ("a player names no code and is referred all the same, as taken over from elsewhere", |case| {
            case.story.referrals.push(Referral { referrer: user(4), referred: user(3), ..case.story.referrals[0] });
            case.sign_up(3).referrer = Some(user(4));
            case.sign_up(4).direct_referral_count += 1;
        }, ""),
        ("a player names their own code, and nothing follows", |case| {
            case.sign_up(3).referred_by = Some(code(3));
        }, ""),
        ("a player names a code that nobody has, and nothing follows", |case| {
            case.sign_up(3).referred_by = Some(code(99));
        }, ""),
    ]);
}
