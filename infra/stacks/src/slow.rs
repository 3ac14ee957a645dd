//! The alarms of functions: six for each function and one for its newest version, and two of a stack for slow calls.

use crate::parts::Parts;

pub(crate) fn alarms(stack: &str, parts: &[&Parts]) -> Vec<String> {
    let mut lines = Vec::new();
    for part in parts {
        let (name, folder, slow) = (part.name(), part.function.folder, part.function.slow);
        lines.push(format!(
            "{name}FunctionAlarms: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: \
             alarms/function.yaml, Parameters: {{Stage: !Ref Stage, Function: {folder}, Calls: {}, SlowMs: {}, \
             TooSlowMs: {}, WarnTopic: !Ref WarnTopic, PageTopic: !Ref PageTopic}}}}}}",
            slow.calls.as_str(),
            slow.warn_ms,
            slow.page_ms
        ));
    }
    lines.extend([
        String::new(),
        "# Rolls the deployment of a function back if its new version fails.".to_owned(),
    ]);
    for part in parts {
        let (name, folder) = (part.name(), part.function.folder);
        lines.push(format!(
            "{name}VersionAlarm: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: \
             alarms/version.yaml, Parameters: {{Stage: !Ref Stage, Function: {folder}, Version: !Ref \
             {name}Function.Version, WarnTopic: !Ref WarnTopic}}}}}}"
        ));
    }
    let rule = |output: &str| {
        let alarms: Vec<_> = parts
            .iter()
            .map(|part| format!("!GetAtt {}FunctionAlarms.Outputs.{output}", part.name()))
            .collect();
        format!("!Join [\" OR \", [{}]]", alarms.join(", "))
    };
    let title = stack[..1].to_uppercase() + &stack[1..];
    lines.extend([
        String::new(),
        "# Two composite alarms, for slow and for too slow calls of these functions.".to_owned(),
        format!(
            "{title}SlowCalls: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: alarms/slow.yaml, \
             Parameters: {{Stage: !Ref Stage, Domain: {stack}, SlowRule: {}, TooSlowRule: {}}}}}}}",
            rule("Slow"),
            rule("TooSlow")
        ),
    ]);
    lines
}
