//! The ends of connections.

use evens_live::return_within;
use std::time::Duration;

#[test]
fn clients_come_back_a_hundred_a_second() {
    let table = [(0, 1), (1, 1), (100, 1), (101, 2), (1_000, 10), (6_000, 60), (10_000, 60)];
    for (sockets, seconds) in table {
        assert_eq!(return_within(sockets), Duration::from_secs(seconds), "{sockets}");
    }
}
