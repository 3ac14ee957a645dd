//! The marks of a part: `#: name`, alone on a line, is replaced by lines with the indentation of the mark.

use crate::parts::Parts;
use crate::render::text_of;
use crate::yaml::indented;
use crate::{
    RenderError, Source, alarm_names, block, environment, is_of_kind, lines, queues, role, routes, slow,
};
use evens_runtime::{Start, settings_table as settings};
use std::collections::BTreeSet;

const MARK: &str = "#: ";

/// The first line of a template that is written.
const WRITTEN: &str =
    "# Written by `cargo run -p evens-stacks` from the functions' code and infra/stacks/parts.";

/// The topics of alarms.
const TOPICS: [&str; 2] = ["WarnTopic", "PageTopic"];

/// The text of a file, from its part.
///
/// # Errors
/// A mark that is not known, and those of its lines.
pub(crate) fn fill(sources: &[Source], path: &str, all: &[Parts]) -> Result<String, RenderError> {
    let file = path.rsplit('/').next().unwrap_or_default();
    let part = format!("infra/stacks/parts/{file}");
    let mut lines = Vec::new();
    if is_of_kind(path, "yaml") {
        lines.push(WRITTEN.to_owned());
    }
    for line in text_of(sources, &part)?.lines() {
        let Some(mark) = line.trim_start().strip_prefix(MARK) else {
            lines.push(line.to_owned());
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let stack = file.trim_end_matches(".yaml");
        let unknown = || RenderError::UnknownMark { path: part.clone(), mark: mark.to_owned() };
        let found = match mark.rsplit_once(" of ") {
            Some(("attributes", of)) => role::attributes(of),
            Some(("names", "pages")) => alarm_names::pages(sources).map(|name| format!("- {name}")).collect(),
            Some(("patterns", "pages")) => {
                alarm_names::pages(sources).map(|name| format!("- {{wildcard: {name}}}")).collect()
            }
            Some((what, of)) => lines_of(what, of, all).ok_or_else(unknown)?,
            None => match mark.strip_prefix("part ") {
                Some(name) => shared(sources, name)?,
                None => lines_in(mark, stack, &of_stack(all, stack)).ok_or_else(unknown)?,
            },
        };
        lines.extend(indented(found, indent));
    }
    Ok(lines.join("\n") + "\n")
}

fn of_stack<'a>(all: &'a [Parts], stack: &str) -> Vec<&'a Parts> {
    all.iter().filter(|part| part.function.stack.name() == stack).collect()
}

/// The lines of a mark about the template in which it is.
fn lines_in(mark: &str, stack: &str, parts: &[&Parts]) -> Option<Vec<String>> {
    Some(match mark {
        "parameters" => parameters(parts),
        "conditions" => conditions(parts),
        "mappings" => mappings(parts),
        "routes" => routes::routes(parts),
        "alarms" => slow::alarms(stack, parts),
        "lines" => lines::lines(stack),
        "functions" => block::functions(parts),
        "queues" => queues::queues(),
        "queue names" => queues::names(),
        "settings" => settings::written().flat_map(environment::parameter).collect(),
        _ => return None,
    })
}

/// The lines of a mark about a nested stack or a group of settings.
fn lines_of(what: &str, of: &str, all: &[Parts]) -> Option<Vec<String>> {
    match what {
        "parameters" => Some(passed(&of_stack(all, of))),
        "variables" => Some(environment::assignments(settings::group(of)?, |setting| {
            format!("${{{}}}", setting.parameter)
        })),
        "defaults" => {
            Some(environment::assignments(settings::group(of)?, |setting| setting.default.to_owned()))
        }
        _ => None,
    }
}

/// A part that several stacks have in common.
fn shared(sources: &[Source], name: &str) -> Result<Vec<String>, RenderError> {
    let text = text_of(sources, &format!("infra/stacks/parts/shared/{name}.yaml"))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// The parameters that follow from the functions of a stack.
fn parameters(parts: &[&Parts]) -> Vec<String> {
    let [before, after] = around_settings(parts);
    let names = before.into_iter().chain(set(parts)).chain(after).chain(TOPICS);
    names.map(|name| format!("{name}: {{Type: String}}")).collect()
}

/// The parameters of a nested stack.
fn passed(parts: &[&Parts]) -> Vec<String> {
    let [before, after] = around_settings(parts);
    let outputs = [
        ("TableName", "!GetAtt Data.Outputs.TableName"),
        ("TableArn", "!GetAtt Data.Outputs.TableArn"),
        ("FunctionLog", "!GetAtt Data.Outputs.FunctionLog"),
        ("QueueUrlPrefix", "!GetAtt Queues.Outputs.QueueUrlPrefix"),
        ("QueueArnPrefix", "!GetAtt Queues.Outputs.QueueArnPrefix"),
        ("GradualDeployment", "!If [IsGradual, \"true\", \"false\"]"),
        // A type that CodeDeploy has, although it is not used then.
        ("Rollout", "!If [IsGradual, !Ref Rollout, AllAtOnce]"),
    ];
    let same = |name: &str| format!("{name}: !Ref {name}");
    let mut lines: Vec<_> = ["Stage", "Architecture", "Tracing", "Endpoint"].map(same).to_vec();
    lines.extend(outputs.map(|(name, value)| format!("{name}: {value}")));
    lines.extend(before.map(|name| format!("{name}: !GetAtt Gateway.Outputs.{name}")));
    lines.extend(set(parts).into_iter().chain(after).map(same));
    lines.extend(TOPICS.map(|name| format!("{name}: !GetAtt Alarms.Outputs.{name}")));
    lines.extend(values(parts));
    lines
}

/// The values that publish new versions of functions when they change: those that the functions read.
fn values(parts: &[&Parts]) -> Vec<String> {
    let names: BTreeSet<_> = parts.iter().map(|part| part.function.values).collect();
    let mut lines = Vec::new();
    for name in names {
        let readers: Vec<_> = parts.iter().filter(|part| part.function.values == name).copied().collect();
        lines.extend([format!("{name}: !Join"), "  - \"|\"".to_owned()]);
        let names = ["Architecture", "Endpoint", "Tracing"].into_iter().chain(set(&readers));
        lines.extend(names.enumerate().map(|(at, name)| {
            let start = if at == 0 { "  - -" } else { "    -" };
            format!("{start} !Ref {name}")
        }));
    }
    lines
}

/// The parameters of a stack with routes, and of one with workers.
fn around_settings(parts: &[&Parts]) -> [Option<&'static str>; 2] {
    let has_routes = parts.iter().any(|part| part.serves());
    let has_workers = parts.iter().any(|part| part.queue.is_some());
    [has_routes.then_some("ApiId"), has_workers.then_some("WorkerConcurrency")]
}

/// The parameters of the settings that the functions of a stack read.
fn set(parts: &[&Parts]) -> Vec<&'static str> {
    let has = |parameter: &str| {
        parts.iter().flat_map(|part| &part.variables).any(|variable| variable.parameter == parameter)
    };
    settings::all().map(|setting| setting.parameter).filter(|parameter| has(parameter)).collect()
}

fn conditions(parts: &[&Parts]) -> Vec<String> {
    let variables = parts.iter().flat_map(|part| &part.variables);
    let named: BTreeSet<_> =
        variables.filter_map(|variable| Some((variable.condition()?, variable.parameter))).collect();
    let line = |(name, parameter)| format!("{name}: !Not [!Equals [!Ref {parameter}, \"\"]]");
    named.into_iter().map(line).collect()
}

/// Reserved concurrency by stage, and the concurrency of workers by scale.
fn mappings(parts: &[&Parts]) -> Vec<String> {
    let mut lines = Vec::new();
    let requests: Vec<_> = parts
        .iter()
        .filter_map(|part| match part.function.start {
            Start::Requests(stages) => Some((part.name(), stages)),
            _ => None,
        })
        .collect();
    if !requests.is_empty() {
        let row = |stage: &str, of: fn(&evens_runtime::Stages) -> u16| {
            let limits: Vec<_> =
                requests.iter().map(|(name, stages)| format!("{name}: {}", of(stages))).collect();
            format!("  {stage}: {{{}}}", limits.join(", "))
        };
        lines.extend([
            "# Reserved concurrency of each function, so that no function starves the others or the workers. The figures are".to_owned(),
            "# guesses, not measurements. Each stage has an AWS account of its own. With twice the usual workers it needs less than".to_owned(),
            "# the usual quota of 1000. A function behind the API runs at least twice, or else two calls at once would be a 503.".to_owned(),
            "Concurrency:".to_owned(),
            row("local", |stages| stages.local),
            row("dev", |stages| stages.dev),
            row("staging", |stages| stages.staging),
            row("prod", |stages| stages.prod),
        ]);
    }
    let workers: Vec<_> =
        parts.iter().filter_map(|part| Some((part.name(), part.queue?.rules().concurrency))).collect();
    if !workers.is_empty() {
        let row = |scale: &str, of: fn(u32) -> u32| {
            let limits: Vec<_> =
                workers.iter().map(|(name, usual)| format!("{name}: {}", of(*usual))).collect();
            format!("  {scale}: {{{}}}", limits.join(", "))
        };
        lines.extend([
            "# Batches of a queue processed at once. \"usual\" is the concurrency in shared/contracts/src/jobs/list.rs, beside half".to_owned(),
            "# and twice of it. Lambda's minimum is two.".to_owned(),
            "Workers:".to_owned(),
            row("half", |usual| usual.div_ceil(2).max(2)),
            row("usual", |usual| usual),
            row("twice", |usual| 2 * usual),
        ]);
    }
    lines
}

#[test]
fn workers_follow_from_the_table_of_queues() {
    let sources = crate::sources();
    let written = crate::render(&sources).unwrap_or_default();
    for queue in evens_contracts::Queue::ALL {
        let usual = queue.rules().concurrency;
        let name = crate::parts::name(evens_workers::folder_of(queue));
        let has = |row: &str, limit: u32| {
            let limit = format!("{name}: {limit}");
            let row = format!("    {row}: {{");
            let mut rows =
                written.values().flat_map(|text| text.lines()).filter(|line| line.starts_with(&row));
            rows.any(|line| line[row.len()..].trim_end_matches('}').split(", ").any(|part| part == limit))
        };
        assert!(has("usual", usual) && has("twice", 2 * usual), "{name}");
        assert!(has("half", usual.div_ceil(2).max(2)), "{name}");
    }
}
