//! A jackpot operation counts exactly one outcome, however it ends, unless another process records it.

use evens_doubles::{FakeSqs, context, signer};
use evens_jackpots::{JackpotAction, JackpotGroup, JackpotSettings};
use evens_metrics::JackpotOutcome;
use evens_runtime::{Context, JackpotOperation, Settings};
use std::sync::Arc;

fn begin(context: &Context) -> JackpotOperation<'_> {
    JackpotOperation::begin(context, JackpotAction::ProcessWin, JackpotGroup::Minor, "win-1".to_owned())
}

/// The counted outcomes.
fn counted(context: &Context) -> Vec<String> {
    let text = context.metrics.prometheus();
    let counted = text.lines().filter_map(|line| {
        let of = r#"evens_jackpot_operations_total{operation="processWin",group="minor",outcome=""#;
        line.strip_prefix(of)?.strip_suffix(r#""} 1"#)
    });
    counted.map(str::to_owned).collect()
}

#[test]
fn each_way_out_is_counted_once_and_an_error_is_a_failure() {
    let fresh = || context(FakeSqs::willing().queues(), &signer());
    let ended = fresh();
    begin(&ended).end(JackpotOutcome::HandedOver);
    assert_eq!(counted(&ended), ["handedOver"]);
    let returned = fresh();
    drop(begin(&returned));
    assert_eq!(counted(&returned), ["failed"]);
    let left = fresh();
    begin(&left).leave();
    assert_eq!(counted(&left), Vec::<String>::new());
    let jackpots = JackpotSettings { is_measured: false, ..JackpotSettings::default() };
    let unmeasured = Context { settings: Arc::new(Settings { jackpots, ..Settings::local() }), ..fresh() };
    begin(&unmeasured).end(JackpotOutcome::Done);
    begin(&unmeasured).conflicted();
    let text = unmeasured.metrics.prometheus();
    assert!(!text.lines().any(|line| line.starts_with("evens_jackpot_")), "{text}");
}

#[test]
fn a_contribution_is_counted_under_its_group_or_as_several() {
    let context = context(FakeSqs::willing().queues(), &signer());
    let [minor, major, _] = JackpotGroup::ALL;
    for groups in [vec![minor], vec![minor, major]] {
        JackpotOperation::begin_contribution(&context, groups, "op".to_owned()).end(JackpotOutcome::Done);
    }
    let text = context.metrics.prometheus();
    for group in ["minor", "several"] {
        let of = format!(r#"{{operation="contribute",group="{group}",outcome="done"}} 1"#);
        let of = format!("evens_jackpot_operations_total{of}");
        assert!(text.contains(&of), "{of}\n{text}");
    }
}
