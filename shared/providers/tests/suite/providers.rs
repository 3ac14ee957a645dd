//! The set of providers of a process.

use crate::common::name;
use evens_providers::{PaymentProvider, ProviderSettings, Providers, ProvidersFault, SandboxSettings};
use evens_runtime::Clock;

const KEY: &str = "sandbox-key-0123456789";
const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn sandbox(called: &str) -> ProviderSettings {
    ProviderSettings::Sandbox(SandboxSettings {
        name: name(called),
        endpoint: "http://127.0.0.1:1/secret-path".parse().unwrap(),
        key: KEY.parse().unwrap(),
        secrets: SECRET.parse().unwrap(),
    })
}

fn set(default: &str, others: &[&str]) -> Result<Providers, ProvidersFault> {
    let others = others.iter().map(|called| sandbox(called));
    Providers::from_settings(sandbox(default), others, &Clock::system())
}

#[test]
fn each_is_found_by_its_name_and_one_is_the_default() {
    let providers = set("sandbox", &["sandbox-2"]).unwrap();
    assert_eq!(providers.default_provider().name(), &name("sandbox"));
    for called in ["sandbox", "sandbox-2"] {
        assert_eq!(providers.by_name(&name(called)).unwrap().name(), &name(called));
    }
    assert!(providers.by_name(&name("sandbox-3")).is_none());
    assert_eq!(providers.all().count(), 2);
}

#[test]
fn two_cannot_have_one_name() {
    for others in [["sandbox", "sandbox-2"], ["sandbox-2", "sandbox-2"]] {
        let fault = set("sandbox", &others).unwrap_err();
        assert!(matches!(fault, ProvidersFault::Twice(_)), "{fault}");
    }
}

#[test]
fn neither_settings_nor_providers_show_what_is_secret() {
    let shown = format!("{:?} {:?}", sandbox("sandbox"), set("sandbox", &["sandbox-2"]).unwrap());
    for secret in [KEY, SECRET, "secret-path"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
