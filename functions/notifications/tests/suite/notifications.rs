//! Events sent to a webhook that answers, refuses, hangs and recovers.

use crate::common::{Answer, Receiver, job, notifications, player};
use evens_contracts::{NotificationsJob, NotifyEvent, NotifyJob, SendRecoveryCodeJob};
use evens_ledger::Digest;
use evens_notifications::{Event, LogSender, Notifications};
use evens_outbound::Signer;
use evens_players::Recovery;
use evens_runtime::{JobDone, JobError, JobHandler};
use std::time::Duration;

/// The result of a job: the outcome, or the full error text and whether the job is retried.
async fn notify(notifications: &Notifications, clock: &crate::common::Hands, job: NotifyJob) -> String {
    ended(notifications.notify(&clock.clock(), &Event::of(&job)).await)
}

fn ended(result: Result<JobDone, JobError>) -> String {
    match result {
        Ok(JobDone(outcome)) => outcome.to_owned(),
        Err(error) => {
            let fate = match &error {
                JobError::Retryable(_) => "again".to_owned(),
                JobError::Later { after, .. } => format!("again after {} s", after.as_secs()),
                JobError::Permanent(_) => "dead letter".to_owned(),
            };
            // The rest of a connection error depends on the machine.
            let chain = evens_runtime::telemetry::chain(&error);
            let own = chain.split(": client error").next().unwrap_or_default();
            format!("{fate}: {own}")
        }
    }
}

/// The bounds that a main and the pollers require.
#[test]
fn it_can_be_hosted() {
    fn host<H: for<'a> JobHandler<'a, NotificationsJob> + Clone + 'static>(_: &H) {}
    host(&Notifications::new(LogSender::default()));
}

#[tokio::test]
async fn an_event_is_posted_and_signed() {
    let receiver = Receiver::start([Answer::status(204)]).await;
    let clock = crate::common::Hands::at("2026-03-01T12:00:00.750Z");
    assert_eq!(notify(&notifications(&receiver), &clock, job()).await, "sent");

    let [call] = receiver.calls().try_into().expect("one call");
    assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/evens?from=tests"));
    assert_eq!(call.header("content-type"), "application/json");
    assert_eq!(call.header("webhook-id"), "welcome-bonus:41");
    assert_eq!(call.header("webhook-timestamp"), "1772366400");
    assert_eq!(
        call.body,
        r#"{"id":"welcome-bonus:41","type":"welcome-bonus","userId":41,"data":{"amount":100.00000001}}"#
    );
    let signer: Signer = crate::common::SECRET.parse().unwrap();
    let sign = |id, seconds, body: &str| signer.sign(id, seconds, body.as_bytes());
    let signature = call.header("webhook-signature");
    assert_eq!(signature, sign("welcome-bonus:41", 1_772_366_400, &call.body));
    assert_ne!(signature, sign("welcome-bonus:42", 1_772_366_400, &call.body));
    assert_ne!(signature, sign("welcome-bonus:41", 1_772_366_401, &call.body));
    assert_ne!(signature, sign("welcome-bonus:41", 1_772_366_400, &call.body.replace("100", "900")));
}

#[tokio::test]
async fn each_kind_of_event_has_its_data() {
    let receiver = Receiver::start([200, 200, 200].map(Answer::status)).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    let kinds = [
        (
            NotifyEvent::ReferralRecorded { referred: player(43) },
            r#"{"id":"referral-recorded:7","type":"referral-recorded","userId":41,"to":"+919876543210","data":{"referredUserId":43}}"#,
        ),
        (
            NotifyEvent::PhoneCode {
                code: "012345".parse().unwrap(),
                expires_at: "2026-03-01T12:10:00Z".parse().unwrap(),
            },
            r#"{"id":"phone-code:7","type":"phone-code","userId":41,"to":"+919876543210","data":{"code":"012345","expiresAt":"2026-03-01T12:10:00.000Z"}}"#,
        ),
        (
            NotifyEvent::PasswordChanged { recovery: None },
            r#"{"id":"password-changed:7","type":"password-changed","userId":41,"to":"+919876543210","data":{}}"#,
        ),
    ];
    for (event, body) in kinds {
        let job = NotifyJob { user_id: player(41), event, about: "7".to_owned() };
        let event = Event::of(&job).sent_to("+919876543210".parse().unwrap());
        assert_eq!(ended(notifications.notify(&clock.clock(), &event).await), "sent");
        assert_eq!(receiver.calls().last().unwrap().body, body);
    }
}

/// The number that was typed is not the one that the event goes to, but the one of the account.
#[tokio::test]
async fn the_code_of_a_recovery_goes_to_the_number_of_the_account() {
    let receiver = Receiver::start([Answer::status(200)]).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    let key = Digest::of(b"id");
    let job = SendRecoveryCodeJob { recovery: key, code: "01234567".parse().unwrap() };
    let typed = "+541123456789".parse().unwrap();
    let begun = Recovery::new(key, typed, Digest::of(b"code"), clock.clock().now());
    let event = Event::of_recovery(&job, &begun, (player(41), "+5491123456789".parse().unwrap()));
    assert_eq!(ended(notifications.notify(&clock.clock(), &event).await), "sent");
    let body = format!(
        r#"{{"id":"recovery-code:{key}","type":"recovery-code","userId":41,"to":"+5491123456789","data":{{"code":"01234567","expiresAt":"2026-03-01T12:10:00.000Z"}}}}"#
    );
    assert_eq!(receiver.calls()[0].body, body);
    clock.pass(Duration::from_mins(10));
    assert_eq!(ended(notifications.notify(&clock.clock(), &event).await), "too late");
}

#[tokio::test]
async fn a_repeat_has_the_same_id_and_the_time_of_its_attempt() {
    let receiver = Receiver::start([Answer::status(503), Answer::status(200)]).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::at("2026-03-01T12:00:00Z"));
    notify(&notifications, &clock, job()).await;
    clock.pass(Duration::from_secs(2));
    assert_eq!(notify(&notifications, &clock, job()).await, "sent");
    let [first, second] = receiver.calls().try_into().expect("two calls");
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(second.header("webhook-timestamp"), "1772366402");
    assert_ne!(first.header("webhook-signature"), second.header("webhook-signature"));
}

#[tokio::test]
async fn the_webhooks_answer_decides_how_a_job_ends() {
    let busy = |status: &str| {
        format!(
            "again after 0 s: the called system is away: the webhook cannot accept the event now: it answered {status}"
        )
    };
    let refused = |status: &str| {
        format!("dead letter: Non-retryable error: the webhook rejected the event: it answered {status}")
    };
    let later = |seconds: u64| {
        let sentence = "the webhook cannot accept the event now: it answered 503 Service Unavailable";
        format!("again after {seconds} s: the called system is away: {sentence}")
    };
    let table = [
        (Answer::status(200), "sent".to_owned()),
        (Answer::status(202), "sent".to_owned()),
        (Answer::status(299), "sent".to_owned()),
        (Answer::status(301).with("location", "https://example.com"), refused("301 Moved Permanently")),
        (Answer::status(307).with("location", "/elsewhere"), refused("307 Temporary Redirect")),
        (Answer::status(400), refused("400 Bad Request")),
        (Answer::status(401), refused("401 Unauthorized")),
        (Answer::status(404), refused("404 Not Found")),
        (Answer::status(410), refused("410 Gone")),
        (Answer::status(410).with("retry-after", "5"), refused("410 Gone")),
        (Answer::status(408), busy("408 Request Timeout")),
        (Answer::status(425), busy("425 Too Early")),
        (Answer::status(429), busy("429 Too Many Requests")),
        (Answer::status(500), busy("500 Internal Server Error")),
        (Answer::status(599), busy("599 <unknown status code>")),
        (Answer::status(503).with("retry-after", "7"), later(7)),
        (Answer::status(503).with("retry-after", "86400"), later(300)),
        (Answer::status(503).with("retry-after", "Sun, 01 Mar 2026 12:01:00 GMT"), later(60)),
        (Answer::status(503).with("retry-after", "soon"), busy("503 Service Unavailable")),
        (
            Answer::Reset,
            "again after 0 s: the called system is away: the webhook could not be reached".to_owned(),
        ),
        (
            Answer::Hang,
            "again after 0 s: the called system is away: the webhook did not answer in time".to_owned(),
        ),
    ];
    for (answer, expected) in table {
        let receiver = Receiver::start([answer.clone()]).await;
        let clock = crate::common::Hands::at("2026-03-01T12:00:00Z");
        assert_eq!(notify(&notifications(&receiver), &clock, job()).await, expected, "{answer:?}");
        assert_eq!(receiver.calls().len(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn an_unreachable_webhook_is_retried() {
    let receiver = Receiver::start([]).await;
    let notifications = notifications(&receiver);
    receiver.stop().await;
    let found = notify(&notifications, &crate::common::Hands::new(), job()).await;
    assert_eq!(found, "again after 0 s: the called system is away: the webhook could not be reached");
}

#[tokio::test]
async fn a_webhook_that_speaks_another_protocol_is_not_reached() {
    let receiver = Receiver::start([Answer::status(200)]).await;
    let notifications = crate::common::notifications_to(&receiver.url().replace("http:", "https:"));
    let found = notify(&notifications, &crate::common::Hands::new(), job()).await;
    assert_eq!(found, "again after 0 s: the called system is away: the webhook could not be reached");
    assert_eq!(receiver.calls().len(), 0);
}

#[tokio::test]
async fn a_call_has_three_seconds() {
    let receiver = Receiver::start([Answer::Hang, Answer::Late(Duration::from_secs(2))]).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    let found = notify(&notifications, &clock, job()).await;
    assert_eq!(found, "again after 0 s: the called system is away: the webhook did not answer in time");
    assert_eq!(notify(&notifications, &clock, job()).await, "sent");
}

#[tokio::test]
async fn a_webhook_that_fails_is_left_alone_and_found_again() {
    let hangs = std::iter::repeat_n(Answer::Hang, 2);
    let fails = std::iter::repeat_n(Answer::status(500), 3);
    let trials = [Answer::Hang, Answer::status(500), Answer::status(200), Answer::status(200)];
    let receiver = Receiver::start(hangs.chain(fails).chain(trials)).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    let timeout = "again after 0 s: the called system is away: the webhook did not answer in time";
    let busy = "again after 0 s: the called system is away: the webhook cannot accept the event now: it answered 500 Internal Server Error";
    let open = |seconds: u64| {
        let sentence = "Circuit breaker is open";
        format!("again after {seconds} s: the called system is away: {sentence}")
    };
    let sent = "sent".to_owned();
    // Seconds before the call, the expected result, and the total number of calls after it.
    let table = [
        (0, timeout.to_owned(), 1),
        (0, timeout.to_owned(), 2),
        (0, busy.to_owned(), 3),
        (0, busy.to_owned(), 4),
        (0, busy.to_owned(), 5),
        (0, open(30), 5),
        (29, open(1), 5),
        (1, timeout.to_owned(), 6),
        (0, open(60), 6),
        (59, open(1), 6),
        (1, busy.to_owned(), 7),
        (0, open(60), 7),
        (60, sent.clone(), 8),
        (0, sent, 9),
    ];
    for (row, (pause, expected, calls)) in table.into_iter().enumerate() {
        clock.pass(Duration::from_secs(pause));
        // Clones share the breaker's state.
        assert_eq!(notify(&notifications.clone(), &clock, job()).await, expected, "row {row}");
        assert_eq!(receiver.calls().len(), calls, "row {row}");
    }
}

#[tokio::test]
async fn a_webhook_that_refuses_is_there() {
    let receiver = Receiver::start(std::iter::repeat_n(Answer::status(422), 12)).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    for _ in 0..12 {
        let found = notify(&notifications, &clock, job()).await;
        assert!(found.starts_with("dead letter: "), "{found}");
    }
    assert_eq!(receiver.calls().len(), 12);
}

#[tokio::test]
async fn a_call_that_is_cut_off_does_not_lock_the_breaker() {
    let fails = std::iter::repeat_n(Answer::status(500), 5);
    let receiver = Receiver::start(fails.chain([Answer::Silence, Answer::status(200)])).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    for _ in 0..5 {
        notify(&notifications, &clock, job()).await;
    }
    clock.pass(Duration::from_secs(30));
    {
        let mut trial = Box::pin(notify(&notifications, &clock, job()));
        while receiver.calls().len() < 6 {
            assert!(futures::poll!(&mut trial).is_pending());
            tokio::task::yield_now().await;
        }
        let found = notify(&notifications, &clock, job()).await;
        assert_eq!(found, "again after 4 s: the called system is away: Circuit breaker is open");
    }
    clock.pass(Duration::from_secs(4));
    assert_eq!(notify(&notifications, &clock, job()).await, "sent");
}

#[tokio::test]
async fn an_event_that_fits_into_no_request_is_a_dead_letter_and_no_call() {
    let receiver = Receiver::start([]).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    for about in ["a.b", "a b", "a\nb", "ä"] {
        let about = about.to_owned();
        let event = NotifyEvent::PasswordChanged { recovery: None };
        let job = NotifyJob { user_id: player(41), event, about };
        let found = notify(&notifications, &clock, job).await;
        assert!(
            found.starts_with("dead letter: Non-retryable error: the event cannot be encoded"),
            "{found}"
        );
    }
    assert_eq!(receiver.calls().len(), 0);
}

#[tokio::test]
async fn neither_secret_nor_body_nor_url_is_in_the_log() {
    let logs = crate::common::Logs::start();
    let answers =
        [Answer::status(200), Answer::status(500).saying("s3cr3t answer"), Answer::Reset, Answer::Hang];
    let answers = answers.into_iter().chain(std::iter::repeat_n(Answer::status(500), 3));
    let receiver = Receiver::start(answers).await;
    let (notifications, clock) = (notifications(&receiver), crate::common::Hands::new());
    for _ in 0..7 {
        // The same log line as the batch loop writes for a failure.
        let found = notify(&notifications, &clock, job()).await;
        tracing::info!(found, "The job ended");
    }
    let text = logs.text();
    assert!(text.contains("Opened the circuit breaker"), "{text}");
    let signature = receiver.calls()[0].header("webhook-signature").to_owned();
    for hidden in [
        crate::common::SECRET,
        &crate::common::SECRET[6..],
        &signature,
        "100.00000001",
        "userId",
        "s3cr3t",
        "/evens?",
    ] {
        assert!(!text.contains(hidden), "{hidden} is in the log:\n{text}");
    }
}

#[tokio::test]
async fn without_a_webhook_an_event_is_one_line() {
    let logs = crate::common::Logs::start();
    let found = notify(&Notifications::new(LogSender::default()), &crate::common::Hands::new(), job()).await;
    assert_eq!(found, "sent");
    let text = logs.text();
    assert_eq!(text.lines().count(), 1, "{text}");
    for said in ["welcome-bonus", "event.id=\"welcome-bonus:41\"", "user.id=41"] {
        assert!(text.contains(said), "{said} is not in the log:\n{text}");
    }
}

/// A code is logged in the local stage only. An expired code is not sent.
#[tokio::test]
async fn a_code_is_shown_on_ones_own_machine_only() {
    let code = |expires_at: &str| {
        let event = NotifyEvent::PhoneCode {
            code: "012345".parse().unwrap(),
            expires_at: expires_at.parse().unwrap(),
        };
        NotifyJob { user_id: player(41), event, about: "41-1".to_owned() }
    };
    #[rustfmt::skip]
    let table = [
        // sender                expires at              outcome     shows
        (LogSender::local(),     "2026-03-01T12:00:01Z", "sent",     true),
        (LogSender::default(),   "2026-03-01T12:00:01Z", "sent",     false),
        (LogSender::local(),     "2026-03-01T12:00:00Z", "too late", false),
    ];
    for (sender, expires_at, outcome, is_shown) in table {
        let logs = crate::common::Logs::start();
        let clock = crate::common::Hands::new();
        assert_eq!(notify(&Notifications::new(sender), &clock, code(expires_at)).await, outcome);
        assert_eq!(logs.text().contains("012345"), is_shown, "{}", logs.text());
    }
    assert!(!format!("{:?}", code("2026-03-01T12:00:01Z")).contains("012345"));
}
