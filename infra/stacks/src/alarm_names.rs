//! The names of the alarms that page, as patterns of `EventBridge`.

use crate::{Source, is_of_kind};

const PAGES: &str = "AlarmActions: [!Ref PageTopic]";

/// Where alarms are written by hand. Those of functions in these files are nested stacks.
const WRITTEN: [&str; 3] = ["infra/stacks/parts/", "infra/stacks/alarms/", "infra/stacks/summaries.yaml"];

/// The names of alarms that page, sorted, in which `*` stands for a function, a queue or an operation.
pub(crate) fn pages(sources: &[Source]) -> impl Iterator<Item = String> {
    let is_written =
        |path: &str| is_of_kind(path, "yaml") && WRITTEN.iter().any(|start| path.starts_with(start));
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| is_written(&source.path)) {
        let mut name = "";
        for line in source.text().lines().map(str::trim) {
            name = line.strip_prefix("AlarmName: !Sub ").map_or(name, |name| name.trim_matches('"'));
            if line == PAGES {
                found.push(pattern(name));
            }
        }
    }
    found.sort_unstable();
    found.into_iter()
}

/// The pattern of a name whose parameters but for the stage are unknown.
fn pattern(name: &str) -> String {
    let mut text = String::new();
    let mut rest = name;
    while let Some((before, (parameter, after))) =
        rest.split_once("${").and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        text += before;
        text += if parameter == "Stage" { "${Stage}" } else { "*" };
        rest = after;
    }
    text += rest;
    format!("!Sub \"{text}\"")
}
