//! The environment as a table of variables and results.

use evens_contracts::{Queue, Rate};
use evens_exchange::BettingLimits;
use evens_ledger::UserId;
use evens_players::{BonusAfter, ReferralBonusAfter};
use evens_runtime::tokens::{Role, TokenFault, TokenSigner, TokenVerifier};
use evens_runtime::{Function, Settings, Stage, StartError};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::num::NonZeroU32;
use std::time::Duration;

fn key(kid: &str) -> String {
    let pkcs8 = TokenSigner::generate_pkcs8().unwrap();
    let signer = TokenSigner::from_pkcs8(kid, &pkcs8, "evens", "evens-api").unwrap();
    signer.public_key().to_string()
}

fn read(variables: &[(&str, &str)]) -> Result<Settings, StartError> {
    Settings::from_lookup(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn default_settings_are_those_of_a_local_machine() {
    assert_eq!(read(&[]).unwrap(), Settings::local());
    assert_eq!(read(&[("EVENS_STAGE", ""), ("EVENS_TABLE", "")]).unwrap(), Settings::local());
}

#[test]
fn everything_set() {
    let keys = format!("{}, {}", key("old"), key("new"));
    let variables = [
        ("EVENS_STAGE", "prod"),
        ("EVENS_TOKEN_PUBLIC_KEYS", &keys),
        ("EVENS_TOKEN_ISSUER", "https://issuer"),
        ("EVENS_TOKEN_AUDIENCE", "api"),
        ("EVENS_REFUND_AFTER_SECONDS", "60"),
        ("EVENS_BETS", "off"),
        ("EVENS_STAKE_MIN", "2.50"),
        ("EVENS_CURRENCY", "KWD"),
        ("EVENS_COMMISSION", "0.0250"),
        ("EVENS_WAITING_BETS_MAX", "7"),
        ("EVENS_PHONE_COUNTRY", "GB"),
        ("EVENS_RATE_LIMITS", "bets=5/1m,login=7/1h"),
        ("EVENS_TRUSTED_PROXIES", "10.0.0.0/8, ::1/128"),
        ("ATTENDANCE_TZ_OFFSET", "+00:00"),
        ("REG_BONUS", "12.50"),
        ("REG_BONUS_AFTER", "verified"),
        ("REFERRAL_BONUS", "10,2.50"),
        ("REFERRAL_BONUS_AFTER", "deposit"),
        ("REFERRAL_BONUSES_PER_DAY", "20"),
        ("EVENS_QUEUE_URL_PREFIX", "http://sqs/1/evens-prod-"),
    ];
    let settings = read(&variables);
    let settings = settings.unwrap();
    assert_eq!((settings.stage, settings.table.as_str()), (Stage::Prod, "evens-prod"));
    let kids = settings.token_public_keys.iter().map(|key| key.kid.as_str());
    assert_eq!(kids.collect::<Vec<_>>(), ["old", "new"]);
    assert_eq!(settings.token_issuer, "https://issuer");
    assert_eq!(settings.token_audience, "api");
    let (stake_min, refund_after) = ("2.5".parse().unwrap(), SignedDuration::from_mins(1));
    assert_eq!(
        settings.betting,
        BettingLimits {
            is_open: false,
            stake_min,
            decimals: 3,
            waiting_max: 7,
            refund_after,
            day_offset: Offset::UTC
        }
    );
    let urls = settings.queue_urls.unwrap();
    for queue in Queue::ALL {
        let url = urls.of(queue);
        assert_eq!(url.main, format!("http://sqs/1/{}", queue.full_name("prod")));
        assert_eq!(url.dead_letter, format!("http://sqs/1/{}", queue.dead_letter_name("prod")));
    }
    assert_eq!(settings.players.phone_country.to_string(), "GB");
    let budget = |rate| settings.rate_limits.budget(rate).map(|budget| budget.to_string());
    assert_eq!(budget(Rate::Bets).as_deref(), Some("5/1m"));
    assert_eq!(budget(Rate::Login).as_deref(), Some("7/1h"));
    assert_eq!(budget(Rate::SignUp).as_deref(), Some("100/15m"), "what is not named stays");
    assert_eq!(settings.trusted_proxies.len(), 2);
    assert_eq!(settings.players.attendance_offset.to_string(), "+00:00");
    assert_eq!(settings.players.registration_bonus.to_string(), "12.5");
    assert_eq!(settings.players.registration_bonus_after, BonusAfter::Verified);
    assert_eq!(settings.players.referral_bonus_after, ReferralBonusAfter::FirstDeposit);
    assert_eq!(settings.players.referral_bonus.to_string(), "10,2.5");
    assert_eq!(settings.players.referral_bonuses_per_day.map(NonZeroU32::get), Some(20));
}

/// Two stages may share a key by mistake. Their tokens are still not interchangeable.
#[test]
fn a_token_of_one_stage_is_refused_by_all_others() {
    let pkcs8 = TokenSigner::generate_pkcs8().unwrap();
    let key = TokenSigner::from_pkcs8("key", &pkcs8, "", "").unwrap().public_key();
    let names = Stage::ALL.map(|stage| {
        let keys = key.to_string();
        let settings = read(&[("EVENS_STAGE", stage.as_str()), ("EVENS_TOKEN_PUBLIC_KEYS", &keys)]).unwrap();
        (settings.token_issuer, settings.token_audience)
    });
    let now = Timestamp::now();
    for (issuer, audience) in &names {
        let signer = TokenSigner::from_pkcs8("key", &pkcs8, issuer, audience).unwrap();
        let token =
            signer.sign(UserId::new(41).unwrap(), Role::Operator, now, Duration::from_mins(1)).unwrap();
        for (other_issuer, other_audience) in &names {
            // A difference in one of the two is sufficient.
            for (believed_issuer, believed_audience) in [(other_issuer, audience), (issuer, other_audience)] {
                let verifier = TokenVerifier::new(vec![key.clone()], believed_issuer, believed_audience);
                let verified = verifier.verify(&token, now).map(|claims| claims.user.number());
                let expected = if other_issuer == issuer { Ok(41) } else { Err(TokenFault::Foreign) };
                assert_eq!(
                    verified, expected,
                    "{issuer} {audience} by {believed_issuer} {believed_audience}"
                );
            }
        }
    }
}

#[test]
fn a_bet_has_limits_where_nothing_is_set() {
    let (stake_min, refund_after) = ("1".parse().unwrap(), SignedDuration::from_mins(5));
    let day_offset = Offset::from_seconds(19_800).unwrap();
    let limits =
        BettingLimits { is_open: true, stake_min, decimals: 2, waiting_max: 50, refund_after, day_offset };
    assert_eq!(read(&[]).unwrap().betting, limits);
    let no_least = read(&[("EVENS_STAKE_MIN", "0")]).unwrap().betting.stake_min;
    assert!(no_least.is_zero());
}

#[test]
fn a_wrong_variable_is_named_in_the_hint() {
    let twice = format!("{},{}", key("one"), key("one"));
    let off_in_prod =
        [("EVENS_STAGE", "prod"), ("EVENS_TOKEN_PUBLIC_KEYS", &key("one")), ("EVENS_RATE_LIMITS", "off")]
            .map(|(name, value): (&str, &str)| (name, value.to_owned()));
    let off_in_prod: Vec<_> = off_in_prod.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let cases: [(&[(&str, &str)], &str); 38] = [
        (&off_in_prod, "EVENS_RATE_LIMITS"),
        (&[("EVENS_RATE_LIMITS", "bets")], "EVENS_RATE_LIMITS"),
        (&[("EVENS_RATE_LIMITS", "bats=1/1m")], "EVENS_RATE_LIMITS"),
        (&[("EVENS_RATE_LIMITS", "bets=0/1m")], "EVENS_RATE_LIMITS"),
        (&[("EVENS_TRUSTED_PROXIES", "proxy")], "EVENS_TRUSTED_PROXIES"),
        (&[("EVENS_PHONE_COUNTRY", "XX")], "EVENS_PHONE_COUNTRY"),
        (&[("ATTENDANCE_TZ_OFFSET", "Kolkata")], "ATTENDANCE_TZ_OFFSET"),
        (&[("ATTENDANCE_TZ_OFFSET", "+05:37")], "ATTENDANCE_TZ_OFFSET"),
        (&[("GAMES_LIMITS", "wingo-30:stakeMax=0")], "GAMES_LIMITS"),
        (&[("GAMES_LIMITS", "wingo-31:stakeMax=5")], "GAMES_LIMITS"),
        (&[("JACKPOT_TWO_PERSONS_FROM", "10,000")], "JACKPOT_TWO_PERSONS_FROM"),
        (&[("JACKPOT_TWO_PERSONS_FROM", "-1")], "JACKPOT_TWO_PERSONS_FROM"),
        (&[("JACKPOT_CONTRIBUTIONS_PER_DAY_MAX", "6399")], "JACKPOT_CONTRIBUTIONS_PER_DAY_MAX"),
        (&[("REG_BONUS", "-1")], "REG_BONUS"),
        (&[("REG_BONUS", "1e400")], "REG_BONUS"),
        (&[("REG_BONUS_AFTER", "login")], "REG_BONUS_AFTER"),
        (&[("REFERRAL_BONUS", "ten")], "REFERRAL_BONUS"),
        (&[("REFERRAL_BONUS", "6,5,4,3,2,1")], "REFERRAL_BONUS"),
        (&[("REFERRAL_BONUS_AFTER", "first-deposit")], "REFERRAL_BONUS_AFTER"),
        (&[("REFERRAL_BONUSES_PER_DAY", "0")], "REFERRAL_BONUSES_PER_DAY"),
        (&[("REFERRAL_BONUSES_PER_DAY", "-1")], "REFERRAL_BONUSES_PER_DAY"),
        (&[("EVENS_STAGE", "production")], "EVENS_STAGE"),
        (&[("EVENS_STAGE", "prod")], "EVENS_TOKEN_PUBLIC_KEYS"),
        (&[("EVENS_TOKEN_PUBLIC_KEYS", "nonsense")], "EVENS_TOKEN_PUBLIC_KEYS"),
        (&[("EVENS_TOKEN_PUBLIC_KEYS", &twice)], "EVENS_TOKEN_PUBLIC_KEYS"),
        (&[("EVENS_REFUND_AFTER_SECONDS", "0")], "EVENS_REFUND_AFTER_SECONDS"),
        (&[("EVENS_REFUND_AFTER_SECONDS", "-1")], "EVENS_REFUND_AFTER_SECONDS"),
        (&[("EVENS_REFUND_AFTER_SECONDS", "5 minutes")], "EVENS_REFUND_AFTER_SECONDS"),
        (&[("EVENS_BETS", "no")], "EVENS_BETS"),
        (&[("EVENS_STAKE_MIN", "-1")], "EVENS_STAKE_MIN"),
        (&[("EVENS_STAKE_MIN", "1,00")], "EVENS_STAKE_MIN"),
        (&[("EVENS_STAKE_MIN", "0.000000001")], "EVENS_STAKE_MIN"),
        (&[("EVENS_COMMISSION", "0.1001")], "EVENS_COMMISSION"),
        (&[("EVENS_COMMISSION", "0.00001")], "EVENS_COMMISSION"),
        (&[("EVENS_COMMISSION", "5%")], "EVENS_COMMISSION"),
        (&[("EVENS_WAITING_BETS_MAX", "0")], "EVENS_WAITING_BETS_MAX"),
        (&[("EVENS_WAITING_BETS_MAX", "-1")], "EVENS_WAITING_BETS_MAX"),
        (&[("EVENS_WAITING_BETS_MAX", "many")], "EVENS_WAITING_BETS_MAX"),
    ];
    for (variables, named) in cases {
        let error = read(variables).unwrap_err();
        assert!(error.hint().contains(named), "{variables:?}: {error:?}");
    }
}

/// A function reads only the settings it has use for. Outside the local stage none of them may be missing.
#[test]
fn a_function_is_told_what_it_needs() {
    let function = Function { folder: "register", ..Function::REQUESTS };
    let keys = key("one");
    let all = [
        ("EVENS_STAGE", "prod"),
        ("EVENS_TABLE", "evens-prod"),
        ("EVENS_QUEUE_URL_PREFIX", "http://sqs/1/evens-prod-"),
        ("REG_BONUS", "12.50"),
        ("REG_BONUS_AFTER", "sign-up"),
        ("REFERRAL_BONUS", "10"),
        ("EVENS_PHONE_COUNTRY", "IN"),
        ("EVENS_TOKEN_PUBLIC_KEYS", &keys),
        ("EVENS_ARGON2", "m=9216,t=4,p=1"),
        // An empty value counts as set.
        ("EVENS_RATE_LIMITS", ""),
        // It has no use for this one.
        ("EVENS_STAKE_MIN", "ten"),
    ];
    let read = |without: &str| {
        let variables = all.into_iter().filter(|(name, _)| *name != without).collect::<Vec<_>>();
        let lookup = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        Settings::of_function(&function, |name| lookup(name).map(str::to_owned))
    };
    let settings = read("").unwrap();
    assert_eq!(settings.players.registration_bonus.to_string(), "12.5");
    assert_eq!(settings.bets, Settings::local().bets);
    for missing in ["EVENS_TABLE", "EVENS_QUEUE_URL_PREFIX", "REG_BONUS", "EVENS_RATE_LIMITS"] {
        let error = read(missing).unwrap_err();
        assert_eq!(error.to_string(), format!("{missing} is not set for this function in the stage prod"));
    }
    assert_eq!(read("EVENS_STAGE").unwrap().stage, Stage::Local, "where everything has a default");
}

/// A main that ends with this error prints it in this form.
#[test]
fn a_start_error_is_a_sentence_and_a_hint() {
    let error = read(&[("EVENS_STAGE", "production")]).unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        "the stage \"production\" is unknown\nhint: set EVENS_STAGE to local, dev, staging or prod"
    );
}
