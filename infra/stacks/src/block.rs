//! The resource of each function, and the mapping of each worker's queue.

use crate::parts::Parts;
use crate::role::statements;
use crate::yaml::{comment, indented};
use evens_runtime::{Function, Start};

pub(crate) fn functions(parts: &[&Parts]) -> Vec<String> {
    let mut lines = Vec::new();
    for part in parts {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(function(part));
        lines.extend(mapping(part));
    }
    lines
}

fn function(part: &Parts) -> Vec<String> {
    let (name, folder) = (part.name(), part.function.folder);
    let mut lines = comment(part.function.about, 0);
    lines.extend([
        format!("{name}Function:"),
        "  Type: AWS::Serverless::Function".to_owned(),
        format!("  DependsOn: {name}FunctionAlarms"),
        format!("  Metadata: {{BuildMethod: rust-cargolambda, BuildProperties: {{Binary: evens-{folder}}}}}"),
        "  Properties:".to_owned(),
        format!("    FunctionName: !Sub evens-${{Stage}}-{folder}"),
        format!("    CodeUri: ../../functions/{folder}"),
    ]);
    lines.extend(sizes(&part.function));
    lines.extend(start(part));
    lines.push("    DeploymentPreference:".to_owned());
    lines.push(format!("      Alarms: [{}]", rollback(part).join(", ")));
    lines.extend(environment(part));
    lines.extend(
        ["    Policies:", "      - Version: \"2012-10-17\"", "        Statement:"].map(str::to_owned),
    );
    lines.extend(indented(statements(part), 10));
    lines
}

fn sizes(function: &Function) -> Vec<String> {
    let mut lines = Vec::new();
    if function.memory.mb != Function::MEMORY.mb {
        lines.push(format!("    MemorySize: {} # {}", function.memory.mb, function.memory.reason));
    }
    if let Some(disk) = function.disk {
        lines.push(format!("    EphemeralStorage: {{Size: {}}} # {}", disk.mb, disk.reason));
    }
    lines
}

fn start(part: &Parts) -> Vec<String> {
    let mut lines = Vec::new();
    match part.function.start {
        Start::Requests(_) => lines.push(format!(
            "    ReservedConcurrentExecutions: !FindInMap [Concurrency, !Ref Stage, {}]",
            part.name()
        )),
        Start::Jobs => {
            if let Some(reason) = part.function.chain {
                lines.extend(comment(reason, 4));
                lines.push("    RecursiveLoop: Allow".to_owned());
            }
            lines.push(format!("    Timeout: {}", part.timeout_secs()));
        }
        Start::Schedule(schedule) => {
            lines.extend(comment(schedule.reason, 4));
            lines.extend([
                format!("    ReservedConcurrentExecutions: {}", schedule.at_once),
                format!(
                    "    EventInvokeConfig: {{MaximumEventAgeInSeconds: {}, MaximumRetryAttempts: {}}}",
                    schedule.event_age_max_secs, schedule.retries_max
                ),
                format!("    Timeout: {}", schedule.timeout_secs),
                "    Events:".to_owned(),
                format!(
                    "      {}: {{Type: Schedule, Properties: {{Schedule: \"{}\"}}}}",
                    schedule.name, schedule.expression
                ),
            ]);
        }
    }
    lines
}

/// The alarms that roll a function back. Lambda counts only calls without an answer as errors. So a function behind the
/// API also rolls back on its 5xx answers, and a worker on failed jobs. Bad jobs of a scheduled function show up as
/// jobs that workers give up.
fn rollback(part: &Parts) -> Vec<String> {
    let alarm = |end: &str| format!("!Sub \"evens-${{Stage}}-{end}\"");
    let shared = if part.serves() { "api-error-rate" } else { "jobs-given-up" };
    let mut alarms = vec![alarm(shared), format!("!GetAtt {}VersionAlarm.Outputs.Name", part.name())];
    if let Some(queue) = part.queue {
        alarms.extend(["given-up", "retries"].map(|end| alarm(&format!("{}-{end}", queue.name()))));
    }
    alarms
}

fn environment(part: &Parts) -> Vec<String> {
    let values = part.function.values;
    let mut lines = ["    Environment:", "      Variables:"].map(str::to_owned).to_vec();
    lines.push(format!(
        "        EVENS_PARAMETERS: {{\"Fn::ToJsonString\": [!Ref {values}, {}]}}",
        part.timeout_secs()
    ));
    lines.extend(part.variables.iter().map(|set| format!("        {}: {}", set.name, set.yaml())));
    lines
}

/// The queue of a worker. It is a separate resource, because a SAM event would add a policy for every queue of the
/// account. It limits how many batches are worked on at once.
fn mapping(part: &Parts) -> Vec<String> {
    let Some(queue) = part.queue else { return Vec::new() };
    let name = part.name();
    vec![
        String::new(),
        format!("{name}Jobs:"),
        "  Type: AWS::Lambda::EventSourceMapping".to_owned(),
        "  Properties:".to_owned(),
        format!("    FunctionName: !Ref {name}Function.Alias"),
        format!("    EventSourceArn: !Sub \"${{QueueArnPrefix}}{}\"", queue.name_in_stage()),
        format!("    BatchSize: {}", queue.rules().batch_size),
        "    FunctionResponseTypes: [ReportBatchItemFailures]".to_owned(),
        format!(
            "    ScalingConfig: {{MaximumConcurrency: !FindInMap [Workers, !Ref WorkerConcurrency, {name}]}}"
        ),
    ]
}
