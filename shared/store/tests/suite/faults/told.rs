//! What is told of attempts that are made again (K10).

use super::script::{Fault, Script};
use super::write::Write;
use super::{Came, write_through};
use evens_doubles::Log;
use std::time::Duration;
use tracing::subscriber::set_default;

/// That two writes meet once is how they take turns; a third time has a line that is always seen. Only a conflict is
/// what the old system called a deadlock.
#[tokio::test]
async fn a_write_that_meets_others_again_and_again_says_so() {
    for (code, said) in [
        ("TransactionConflictException", "Deadlock detected"),
        ("ThrottlingException", "No answer of the table"),
    ] {
        let log = Log::start();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false);
        let guard = set_default(subscriber.finish());
        let script = Script::of(Write::Settle.operation(), &[(); 3].map(|()| Fault::error(code)));
        let came = write_through(Write::Settle, &script, Duration::from_secs(20)).await;
        drop(guard);
        assert_eq!(came, Came::of("now", 4, 1), "{code}");
        let text = log.take();
        let told: Vec<_> = text.lines().filter(|line| line.contains(", retrying in ")).collect();
        let [line] = told.as_slice() else { panic!("{code}: {text}") };
        assert!(line.contains(&format!("{said}, retrying in ")) && line.contains("ms (attempt 3)"), "{line}");
    }
}

/// Other tests of the binary say the same beside this one, and listen to nothing.
#[test]
fn what_another_thread_has_said_first_is_heard() {
    let say = || tracing::warn!("said twice");
    let log = Log::start();
    let _guard = set_default(tracing_subscriber::fmt().with_writer(log.clone()).finish());
    std::thread::spawn(say).join().expect("it is said");
    say();
    assert_eq!(log.take().matches("said twice").count(), 1);
}
