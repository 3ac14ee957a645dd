//! Codes: each is good for its purpose, its id, its number and its time alone.

use evens_credentials::{Codes, CredentialSettings, Credentials};
use evens_players::{Account, PhoneNumber, Recovery, RecoveryId, ReferralCode, SentCode};
use evens_runtime::Stage;
use evens_runtime::tokens::TokenSigner;
use jiff::{SignedDuration, Timestamp};

fn codes() -> Codes {
    let key = TokenSigner::generate_pkcs8().expect("a key");
    let signer = TokenSigner::from_pkcs8("test-1", &key, "evens", "evens-api").expect("a signer");
    let settings = CredentialSettings::from_lookup(Stage::Local, |_| None).expect("settings");
    Credentials::new(signer, &settings).expect("credentials").codes
}

fn phone(text: &str) -> PhoneNumber {
    text.parse().expect("a number")
}

#[test]
fn a_code_recovers_by_its_id_its_number_and_its_time() {
    let (codes, now) = (codes(), Timestamp::UNIX_EPOCH);
    let (id, code) = (RecoveryId::from_random([1; 16]), "01234567".parse().expect("a code"));
    let begun = codes.begun(&id, &phone("+919876543210"), &code, now);
    assert_eq!(begun.key, id.digest());
    assert!(codes.recovers(&id, &begun, &code));
    assert!(!codes.recovers(&id, &begun, &"01234568".parse().expect("a code")));
    assert!(!codes.recovers(&RecoveryId::from_random([2; 16]), &begun, &code));
    let of_another = Recovery { phone: phone("+919876543211"), ..begun.clone() };
    assert!(!codes.recovers(&id, &of_another, &code));
    let later = Recovery { sent_at: now + SignedDuration::from_secs(1), ..begun.clone() };
    assert!(!codes.recovers(&id, &later, &code));
    assert!(!self::codes().recovers(&id, &begun, &code), "under another key");
}

/// The hash of a phone code in place of that of a recovery.
#[test]
fn a_phone_code_recovers_nothing() {
    let (codes, now) = (codes(), Timestamp::UNIX_EPOCH);
    let user = evens_ledger::UserId::new(41).expect("a user");
    let number = phone("+919876543210");
    let account = Account::register(user, number.clone(), None, ReferralCode::from_random([1; 5]), None, now);
    let sent: SentCode = codes.kept(&account, &"012345".parse().expect("a code"), now);
    let id = RecoveryId::from_random([1; 16]);
    let forged = Recovery::new(id.digest(), number, sent.hash, now);
    for code in ["01234500", "00012345"] {
        assert!(!codes.recovers(&id, &forged, &code.parse().expect("a code")));
    }
}
