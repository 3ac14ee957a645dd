//! Which addresses may be called.

use evens_outbound::{Endpoint, EndpointFault};

#[test]
fn an_endpoint_is_a_whole_encrypted_address() {
    #[rustfmt::skip]
    let table = [
        ("https://example.com",              None),
        ("https://example.com:8443/hook?a=b", None),
        ("http://127.0.0.1:9000/",           None),
        ("http://localhost/hook",            None),
        ("",                                 Some("it is not a URL")),
        ("https://exa mple.com",             Some("it is not a URL")),
        ("/hook",                            Some("it is not an absolute URL")),
        ("example.com:443",                  Some("it is not an absolute URL")),
        ("https://me@example.com",           Some("it contains a user name, which would be ignored")),
        ("https://example.com:0",            Some("its host is missing or its port is invalid")),
        ("https://example.com:x",            Some("its host is missing or its port is invalid")),
        ("http://example.com",               Some("it is unencrypted and not on this machine")),
        ("ftp://example.com",                Some("it is neither https nor http")),
    ];
    for (text, expected) in table {
        let fault = text.parse::<Endpoint>().err().map(|fault| fault.to_string());
        assert_eq!(fault.as_deref(), expected, "{text}");
    }
}

#[test]
fn paths_are_below_the_endpoint() {
    #[rustfmt::skip]
    let table = [
        ("https://example.com",       "/v1/payouts",     "https://example.com/v1/payouts"),
        ("https://example.com/",      "/v1/payouts?a=b", "https://example.com/v1/payouts?a=b"),
        ("http://localhost:8080/api/", "/payments",      "http://localhost:8080/api/payments"),
    ];
    for (base, path, expected) in table {
        let endpoint: Endpoint = base.parse().expect("an endpoint");
        assert_eq!(endpoint.at(path).expect("an address").to_string(), expected);
    }
    let endpoint: Endpoint = "https://example.com".parse().expect("an endpoint");
    assert!(endpoint.at("/a path").is_err());
}

#[test]
fn secrets_of_an_endpoint_are_not_printed() {
    let endpoint: Endpoint = "https://example.com/secret?token=1".parse().expect("an endpoint");
    assert_eq!(format!("{endpoint:?}"), "Endpoint(example.com)");
    assert!(endpoint.is_encrypted());
    let fault = "http://example.com/secret".parse::<Endpoint>().expect_err("unencrypted");
    assert!(matches!(fault, EndpointFault::Unencrypted));
    assert!(!fault.to_string().contains("secret"));
}
