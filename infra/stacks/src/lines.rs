//! The filters that count lines of the log for alarms.

use evens_payments::{Alarm, DifferenceKind};
use evens_runtime::LineAlarm;

/// What a filter counts: the part in which it stands, the metric, and the lines.
struct Filter {
    part: &'static str,
    metric: &'static str,
    pattern: String,
}

fn filters() -> [Filter; 9] {
    let alarm = |alarm: LineAlarm| format!("($.alarm = \"{}\")", alarm.name());
    let reason = |reason: Alarm| format!("($.reason = \"{}\")", reason.as_ref());
    let missing = format!("($.kind = \"{}\")", DifferenceKind::MissingAtProvider.as_ref());
    let paid = [Alarm::PaidTwice, Alarm::PaidAfterReturn].map(reason).join(" || ");
    let of = |part, metric, pattern| Filter { part, metric, pattern };
    [
        of("alarms", "BooksCutOff", alarm(LineAlarm::BooksCutOff)),
        of("alarms", "SlowRequests", alarm(LineAlarm::SlowRequest)),
        of("payments", "OrdersForPeople", alarm(LineAlarm::OrderForPeople)),
        of("payments", "PaidTooMuch", paid),
        of("payments", "ProviderSilent", alarm(LineAlarm::ProviderSilent)),
        of("payments", "CallbacksRefused", alarm(LineAlarm::CallbackRefused)),
        of("payments", "CallbacksUnread", alarm(LineAlarm::CallbackUnread)),
        of("payments", "Differences", alarm(LineAlarm::DayDiffers)),
        of("payments", "MissingAtProvider", [alarm(LineAlarm::DayDiffers), missing].join(" && ")),
    ]
}

/// The filters of a part.
pub(crate) fn lines(part: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for Filter { metric, pattern, .. } in filters().into_iter().filter(|filter| filter.part == part) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend([
            format!("{metric}Lines:"),
            "  Type: AWS::Logs::MetricFilter".to_owned(),
            "  Properties:".to_owned(),
            "    LogGroupName: !Ref FunctionLog".to_owned(),
            format!("    FilterPattern: '{{ {pattern} }}'"),
            "    MetricTransformations:".to_owned(),
            format!(
                "      - {{MetricNamespace: !Sub \"Evens/${{Stage}}\", MetricName: {metric}, MetricValue: \"1\", \
                 DefaultValue: 0, Unit: Count}}"
            ),
        ]);
    }
    lines
}
