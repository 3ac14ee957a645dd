//! The counts of sockets.

use evens_metrics::{Metrics, SocketRefusal, SocketReport};

#[test]
fn a_process_without_a_live_channel_has_no_sockets() {
    assert_eq!(Metrics::default().socket_report(), None);
}

#[test]
fn open_sockets_are_those_of_the_last_count_and_the_rest_adds_up() {
    let metrics = Metrics::default();
    metrics.sockets_open(&[("player", 3), ("operator", 1)], &[("rounds", 2)]);
    metrics.sockets_open(&[("player", 2), ("operator", 0)], &[("rounds", 1)]);
    metrics.socket_refused(SocketRefusal::Full);
    metrics.socket_refused(SocketRefusal::Origin);
    metrics.socket_refused(SocketRefusal::Full);
    metrics.socket_ended("slow");
    metrics.frame_sent(0);
    metrics.frame_sent(7);
    let expected = SocketReport {
        roles: vec![("operator", 0), ("player", 2)],
        rooms: vec![("rounds", 1)],
        refused: vec![("full", 2), ("origin", 1)],
        ended: vec![("slow", 1)],
        frames: 2,
        conflated: 7,
    };
    assert_eq!(metrics.socket_report(), Some(expected));
    let text = metrics.prometheus();
    for line in [
        "evens_sockets{role=\"player\"} 2",
        "evens_socket_rooms{room=\"rounds\"} 1",
        "evens_sockets_refused_total{reason=\"full\"} 2",
        "evens_sockets_ended_total{reason=\"slow\"} 1",
        "evens_live_frames_total 2",
        "evens_live_conflated_total 7",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in {text}");
    }
}
