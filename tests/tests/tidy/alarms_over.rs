//! The end of an alarm is told once, to the topic that was told of its beginning.

use crate::alarms::ALARM;
use crate::assert_none;
use crate::composite_alarms::SUM;
use crate::stacks::{ONE_BOX, read, template};
use crate::template::resources;
use serde_json::{Value, json};

const RULES: [(&str, &str); 2] = [("WarnIsOver", "WarnTopic"), ("PageIsOver", "PageTopic")];

/// Returns `true` if the filter of a rule accepts the name of an alarm: a list of wildcards, or anything but some.
fn accepts(filter: &Value, name: &str) -> bool {
    let filters = filter.as_array().unwrap();
    filters.iter().any(|filter| match filter.get("anything-but") {
        Some(but) => !but["wildcard"].as_array().unwrap().iter().any(|wildcard| fits(wildcard, name)),
        None => fits(&filter["wildcard"], name),
    })
}

/// Returns `true` if a name fits a pattern with at most one `*`.
fn fits(wildcard: &Value, name: &str) -> bool {
    let pattern = text_of(wildcard);
    match pattern.split_once('*') {
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
        None => pattern == name,
    }
}

fn text_of(value: &Value) -> &str {
    value.as_str().or(value["Fn::Sub"].as_str()).unwrap()
}

fn wrong_ends(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, alarm) in resources(template, ALARM).chain(resources(template, SUM)) {
        if !alarm["OKActions"].is_null() {
            wrong.push(format!("{name} tells that it is over when it is made"));
        }
        // An alarm without an action is told by the sum of which it is a part.
        let Some(told) = alarm["AlarmActions"][0]["Ref"].as_str() else { continue };
        for (rule, of_topic) in RULES {
            let filter = &template["Resources"][rule]["Properties"]["EventPattern"]["detail"]["alarmName"];
            if accepts(filter, text_of(&alarm["AlarmName"])) != (told == of_topic) {
                wrong.push(format!("{name} tells {told}, and {rule} tells {of_topic} that it is over"));
            }
        }
    }
    wrong
}

#[test]
fn the_end_of_an_alarm_is_told_where_it_began() {
    assert_none(&wrong_ends(&template()));
    let of_box = read(ONE_BOX);
    let told = resources(&of_box, ALARM).filter(|(_, alarm)| !alarm["OKActions"].is_null());
    assert_eq!(told.count(), 0);
    let detail = &of_box["Resources"]["IsOver"]["Properties"]["EventPattern"]["detail"];
    assert_eq!(detail["state"], json!({ "value": ["OK"] }));
}

#[test]
fn an_end_that_is_told_wrongly_is_found() {
    for (place, value) in [
        ("/Resources/SlowTable/Properties/OKActions", json!([{ "Ref": "WarnTopic" }])),
        ("/Resources/JobsGivenUp/Properties/AlarmActions", json!([{ "Ref": "WarnTopic" }])),
        ("/Resources/PageIsOver/Properties/EventPattern/detail/alarmName", json!([])),
    ] {
        let mut changed = template();
        let (parent, last) = place.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[last] = value;
        assert_ne!(wrong_ends(&changed), Vec::<String>::new(), "{place}");
    }
}
