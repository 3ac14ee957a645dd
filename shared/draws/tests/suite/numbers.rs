//! Numbers from a seed: golden values from another implementation, and a test of uniformity.

use evens_draws::{Nonce, Seed};
use proptest::prelude::*;
use std::num::NonZeroU64;

fn bound(number: u64) -> NonZeroU64 {
    NonZeroU64::new(number).expect("not zero")
}

fn drawn(seed: &Seed, message: &[u8], below: u64, count: usize) -> Vec<u64> {
    let mut numbers = seed.numbers(message);
    (0..count).map(|_| numbers.below(bound(below))).collect()
}

/// The seed is 32 times the byte 7. The values were computed independently, with the `hmac` of Python's standard
/// library.
#[test]
fn the_numbers_of_a_seed_and_a_message_never_change() {
    #[rustfmt::skip]
    let table: &[(&[u8], u64, &[u64])] = &[
        (b"wingo\np1\nnone",  10,                   &[6, 3, 1, 6, 0, 0, 7, 0, 5, 2, 3, 5]),
        (b"k3\np1\nnone",     6,                    &[3, 1, 5, 2, 1, 0, 0, 4, 5, 1, 2, 1]),
        (b"x",                1,                    &[0, 0, 0, 0]),
        (b"x",                256,                  &[183, 190, 41, 141, 242, 61]),
        (b"x",                257,                  &[7, 100, 76, 129, 248, 230]),
        (b"x",                1_000_000,            &[41_769, 302_589, 349_210, 559_747]),
        (b"",                 u64::MAX,             &[2_546_842_394_882_108_231, 17_887_824_837_802_144_775]),
        (b"\x00\xff",         (1 << 63) + 1,        &[8_798_573_258_025_820_289, 6_070_917_796_348_603_059]),
    ];
    let seed = Seed::from_bytes([7; 32]);
    for (message, below, expected) in table {
        assert_eq!(drawn(&seed, message, *below, expected.len()), *expected, "{message:?} below {below}");
    }
}

/// `printf '\7%.0s' $(seq 32) | sha256sum`, and the same with one byte changed.
#[test]
fn a_secret_opens_its_own_hash_alone() {
    let hash = "4bb06f8e4e3a7715d201d573d0aa423762e55dabd61a2c02278fa56cc6d294e0";
    let (seed, nonce) = (Seed::from_bytes([7; 32]), Nonce::from_bytes([7; 32]));
    assert_eq!((seed.hash().to_string(), nonce.hash().to_string()), (hash.to_owned(), hash.to_owned()));
    assert!(seed.opens(&hash.parse().expect("a hash")) && nonce.opens(&hash.parse().expect("a hash")));
    let mut other = [7; 32];
    other[31] = 8;
    assert!(!Seed::from_bytes(other).opens(&seed.hash()) && !Nonce::from_bytes(other).opens(&nonce.hash()));
}

/// Chi-square: the sum over all numbers of (seen - expected)² / expected. Here it is multiplied by expected and bound,
/// which makes it a whole number. By chance it exceeds its limit (degrees of freedom plus four standard deviations)
/// once in thousands of runs. The seed is fixed, so the result never changes.
#[test]
fn each_number_is_as_likely_as_every_other() {
    const COUNT: u64 = 100_000;
    let seed = Seed::from_bytes([9; 32]);
    #[rustfmt::skip]
    let table = [
        // below, and the limit
        (2, 7), (3, 10), (6, 18), (10, 26), (37, 70), (200, 279), (256, 346), (300, 397),
    ];
    for (below, limit) in table {
        let mut seen = vec![0_u64; usize::try_from(below).expect("small")];
        for number in drawn(&seed, b"chi-square", below, usize::try_from(COUNT).expect("small")) {
            seen[usize::try_from(number).expect("below")] += 1;
        }
        let sum: u64 = seen.iter().map(|seen| (seen * below).abs_diff(COUNT).pow(2)).sum();
        assert!(sum < limit * COUNT * below, "below {below}: {} of {limit}", sum / (COUNT * below));
    }
}

proptest! {
    #[test]
    fn numbers_are_below_and_follow_from_seed_and_message(
        bytes in any::<[u8; 32]>(),
        message in proptest::collection::vec(any::<u8>(), 0..40),
        below in 1..=u64::MAX,
    ) {
        let seed = Seed::from_bytes(bytes);
        let first = drawn(&seed, &message, below, 5);
        prop_assert!(first.iter().all(|number| *number < below));
        prop_assert_eq!(&first, &drawn(&seed, &message, below, 5));
        let other = drawn(&seed, &[message.as_slice(), b"!"].concat(), u64::MAX, 2);
        prop_assert_ne!(other, drawn(&seed, &message, u64::MAX, 2));
    }

    #[test]
    fn a_secret_shows_its_hash_only(bytes in any::<[u8; 32]>()) {
        let seed = Seed::from_bytes(bytes);
        prop_assert_eq!(format!("{seed:?}"), "Seed(secret)");
        prop_assert_eq!(seed.reveal().parse::<Seed>(), Ok(seed.clone()));
        prop_assert_eq!(seed.hash().to_string().len(), 64);
        prop_assert_eq!(format!("{:?}", seed.numbers(b"m")), "Numbers(secret)");
    }
}
