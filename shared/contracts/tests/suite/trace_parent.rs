//! `traceparent` as W3C Trace Context defines it, and the parts of X-Ray that are understood.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use evens_contracts::TraceParent;
use proptest::prelude::{any, proptest};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[test]
fn valid_trace_parents_are_accepted_and_others_dropped() {
    let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    #[rustfmt::skip]
    let table: &[(&str, Option<&str>)] = &[
        (good,                                                                  Some(good)),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",             Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")),
        // Unknown flags are left out.
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff",             Some(good)),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02",             Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")),
        // A later version may add text, but begins like ours.
        ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",             Some(good)),
        ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes",  Some(good)),
        ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01what",         None),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",        None),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",            None),
        ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",             None),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01",             None),
        ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",             None),
        ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",             None),
        ("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",              None),
        ("00-0af7651916cd43dd8448eb211c80319c0-b7ad6b7169203331-01",            None),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",              None),
        ("00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",             None),
        ("00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",             None),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",              None),
        ("0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",              None),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",                None),
        (" 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",            None),
        ("00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",             None),
        ("",                                                                    None),
        ("ä",                                                                   None),
    ];
    for (text, expected) in table {
        let parsed = text.parse::<TraceParent>().ok().map(|parent| parent.to_string());
        assert_eq!(parsed.as_deref(), *expected, "{text}");
    }
    assert_eq!(good.parse::<TraceParent>().unwrap().trace_id(), TRACE);
}

#[test]
fn x_ray_trace_headers_are_converted() {
    let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
    #[rustfmt::skip]
    let table = [
        (format!("{root};Parent=53995c3f42cd8ad8;Sampled=1"),                Some("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")),
        (format!("Sampled=0; Parent=53995c3f42cd8ad8; {root};Lineage=1:2"),  Some("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00")),
        (root.to_owned(),                                                    Some("00-5759e988bd862e3fe1be46a994272793-e1be46a994272793-00")),
        (format!("Self=1-1-2;{root}"),                                       Some("00-5759e988bd862e3fe1be46a994272793-e1be46a994272793-00")),
        (format!("{root};Parent=0000000000000000"),                          None),
        (format!("{root};Parent=x3995c3f42cd8ad8"),                          None),
        ("Root=2-5759e988-bd862e3fe1be46a994272793".to_owned(),              None),
        ("Root=1-5759e988-bd862e3fe1be46a99427279".to_owned(),               None),
        ("Root=1-00000000-000000000000000000000000".to_owned(),              None),
        ("Parent=53995c3f42cd8ad8".to_owned(),                               None),
        (String::new(),                                                      None),
    ];
    for (text, expected) in table {
        let parsed = TraceParent::from_xray(&text).ok().map(|parent| parent.to_string());
        assert_eq!(parsed.as_deref(), expected, "{text}");
    }
}

/// Even without random numbers, the new trace is one that others accept.
#[test]
fn a_new_trace_is_always_valid() {
    let zero = TraceParent::start([0; 24]).step([0; 8]);
    assert_eq!(zero.to_string().parse(), Ok(zero));
}

proptest! {
    #[test]
    fn a_written_trace_parent_is_read_again(random in any::<[u8; 24]>(), next in any::<[u8; 8]>()) {
        let first = TraceParent::start(random);
        let second = first.step(next);
        assert_eq!(first.to_string().parse(), Ok(first));
        assert_eq!(second.to_string().parse(), Ok(second));
        assert_eq!(first.trace_id(), second.trace_id());
    }

    #[test]
    fn no_text_breaks_it(text in ".{0,80}") {
        let _ = text.parse::<TraceParent>();
        let _ = TraceParent::from_xray(&text);
    }
}
