//! The destination of events, as read from the environment.

use evens_notifications::SenderSettings;
use evens_runtime::StartError;

const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn read(url: &str, secret: &str) -> Result<SenderSettings, StartError> {
    let set = |value: &str| Some(value.to_owned());
    SenderSettings::from_lookup(|name| match name {
        "EVENS_WEBHOOK_URL" => set(url),
        "EVENS_WEBHOOK_SECRET" => set(secret),
        _ => None,
    })
}

#[test]
fn events_go_to_the_log_by_default() {
    assert!(matches!(SenderSettings::from_lookup(|_| None), Ok(SenderSettings::Log(_))));
    assert!(matches!(read("", ""), Ok(SenderSettings::Log(_))));
}

#[test]
fn codes_are_shown_in_the_local_stage_only() {
    for (stage, is_shown) in [("", true), ("local", true), ("dev", false), ("prod", false), ("lokal", false)]
    {
        let stage = |name: &str| (name == "EVENS_STAGE").then(|| stage.to_owned());
        let settings = SenderSettings::from_lookup(stage).unwrap();
        assert_eq!(format!("{settings:?}").contains("shows_codes: true"), is_shown, "{settings:?}");
    }
}

/// With `verified`, a player whose code only goes to the log would never get the bonus. Locally the log shows the code.
#[test]
fn a_bonus_after_a_code_needs_a_webhook() {
    let url = "https://example.com/evens";
    #[rustfmt::skip]
    let table = [
        // stage   after       url  secret   is accepted
        ("",       "verified", "",  "",      true),
        ("local",  "verified", "",  "",      true),
        ("prod",   "sign-up",  "",  "",      true),
        ("prod",   "",         "",  "",      true),
        ("dev",    "verified", "",  "",      false),
        ("prod",   "verified", "",  "",      false),
        ("prod",   "verified", url, SECRET,  true),
    ];
    for (stage, after, url, secret, is_taken) in table {
        let settings = SenderSettings::from_lookup(|name| match name {
            "EVENS_STAGE" => Some(stage.to_owned()),
            "REG_BONUS_AFTER" => Some(after.to_owned()),
            "EVENS_WEBHOOK_URL" => Some(url.to_owned()),
            "EVENS_WEBHOOK_SECRET" => Some(secret.to_owned()),
            _ => None,
        });
        assert_eq!(settings.is_ok(), is_taken, "{stage:?} {after:?}: {settings:?}");
    }
}

#[test]
fn encrypted_or_on_this_machine() {
    #[rustfmt::skip]
    let table = [
        // url                                  expected fault
        ("https://example.com/evens",           None),
        ("https://example.com:8443/evens?a=b",  None),
        ("HTTPS://example.com",                 None),
        ("https://127.0.0.1/evens",             None),
        ("http://127.0.0.1:8080/evens",         None),
        ("http://127.9.9.9",                    None),
        ("http://localhost:8080",               None),
        ("http://LOCALHOST",                    None),
        ("http://[::1]:8080/",                  None),
        ("http://example.com/evens",            Some("it is unencrypted and not on this machine")),
        ("http://127.0.0.1.example.com",        Some("it is unencrypted and not on this machine")),
        ("http://localhost.example.com",        Some("it is unencrypted and not on this machine")),
        ("http://10.0.0.7",                     Some("it is unencrypted and not on this machine")),
        ("http://169.254.169.254/latest",       Some("it is unencrypted and not on this machine")),
        ("http://[::ffff:10.0.0.7]/",           Some("it is unencrypted and not on this machine")),
        ("http://0.0.0.0/",                     Some("it is unencrypted and not on this machine")),
        ("http://user@127.0.0.1/",              Some("it contains a user name, which would be ignored")),
        ("https://user:word@example.com/",      Some("it contains a user name, which would be ignored")),
        ("http://127.0.0.1@example.com/",       Some("it contains a user name, which would be ignored")),
        ("https://example.com:99999/",          Some("its host is missing or its port is invalid")),
        ("https://example.com:0/",              Some("its host is missing or its port is invalid")),
        ("https://example.com:/",               Some("its host is missing or its port is invalid")),
        ("https://:443/",                       Some("its host is missing or its port is invalid")),
        ("ftp://example.com/",                  Some("it is neither https nor http")),
        ("example.com/evens",                   Some("it is not a URL")),
        ("example.com",                         Some("it is not an absolute URL")),
        ("/evens",                              Some("it is not an absolute URL")),
        ("https://",                            Some("it is not a URL")),
        ("https://exa mple.com",                Some("it is not a URL")),
    ];
    for (url, expected) in table {
        let found = read(url, SECRET).map(|_| ()).map_err(|error| error.to_string());
        let expected = expected
            .map_or(Ok(()), |what| Err(format!("EVENS_WEBHOOK_URL is not a valid webhook URL: {what}")));
        assert_eq!(found, expected, "{url}");
    }
}

#[test]
fn a_webhook_setting_without_its_counterpart_is_named() {
    let cases = [
        (read("https://example.com", ""), "EVENS_WEBHOOK_URL is set, but EVENS_WEBHOOK_SECRET is not"),
        (read("", SECRET), "EVENS_WEBHOOK_SECRET is set, but EVENS_WEBHOOK_URL is not"),
    ];
    for (found, message) in cases {
        let error = found.unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.hint(), "set both EVENS_WEBHOOK_URL and EVENS_WEBHOOK_SECRET, or neither");
    }
}

#[test]
fn a_bad_secret_is_named_and_not_shown() {
    let error = read("https://example.com", "whsec_c2hvcnQ=").unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        "EVENS_WEBHOOK_SECRET is not a valid signing secret: it has 5 bytes, but must have 24 to 64\n\
         hint: set EVENS_WEBHOOK_SECRET to whsec_ followed by 24 to 64 random bytes in base64"
    );
}

#[test]
fn neither_secret_nor_path_is_shown() {
    let settings = read("https://example.com/hooks/s3cr3t?token=t0k3n", SECRET).unwrap();
    let SenderSettings::Webhook(webhook) = settings else { panic!("a webhook") };
    assert_eq!(format!("{webhook:?}"), "Webhook { endpoint: Endpoint(example.com), signer: Signer(1 keys) }");
}
