//! The stacks agree with the tables of `evens-contracts` and with the table of `evens-store`.

use crate::concurrency::{KEPT, worker_key};
use crate::stacks::{ONE_BOX, Stacks, members, read, template};
use crate::{assert_none, root};
use aws_sdk_dynamodb::types::{AttributeDefinition, KeySchemaElement};
use evens_contracts::{Queue, ROUTES};
use evens_engines::Engines;
use evens_runtime::{Clients, Endpoints, Identity, Need, Settings};
use evens_workers::folder_of;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

/// The gateway's timeout for a request, whatever time the function has left.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(30);

/// The SDK's timeout for one operation, from `shared/runtime/src/clients.rs`.
const SDK_TIMEOUT: Duration = evens_runtime::Clients::OPERATION_TIMEOUT;

pub(crate) fn resources<'a>(
    template: &'a Value,
    kind: &'a str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let all = template["Resources"].as_object().unwrap().iter();
    all.filter(move |(_, resource)| resource["Type"] == kind)
        .map(|(name, resource)| (name, &resource["Properties"]))
}

/// The source folder of a function.
fn folder(function: &Value) -> String {
    function["CodeUri"].as_str().unwrap_or_default().trim_start_matches("functions/").to_owned()
}

/// The functions by folder: resource name and properties.
pub(crate) fn functions(template: &Value) -> BTreeMap<String, (&String, &Value)> {
    let found = resources(template, "AWS::Serverless::Function");
    found.map(|(name, properties)| (folder(properties), (name, properties))).collect()
}

fn seconds(value: &Value) -> Option<Duration> {
    value.as_u64().map(Duration::from_secs)
}

/// The name and properties of the resource that a value refers to.
fn referred<'a>(template: &'a Value, reference: &Value) -> Option<(&'a String, &'a Value)> {
    let text = reference["Fn::GetAtt"].as_str().and_then(|name| name.strip_suffix(".Arn"));
    let text = text.or(reference["Ref"].as_str().map(|name| name.trim_end_matches(".Alias")));
    let (name, resource) = template["Resources"].as_object()?.get_key_value(text?)?;
    Some((name, &resource["Properties"]))
}

/// The `ROUTES` row that corresponds to a gateway route, or the error in the route.
fn row(template: &Value, name: &str, route: &Value) -> Result<(String, String, String), String> {
    let key = route["RouteKey"].as_str().and_then(|key| key.split_once(' '));
    let (method, path) = key.ok_or_else(|| format!("{name} has no method and path"))?;
    let target = route["Target"]["Fn::Sub"].as_str().unwrap_or_default();
    let target = target.strip_prefix("integrations/${").and_then(|target| target.strip_suffix('}'));
    let (integration_name, integration) =
        referred(template, &json!({ "Ref": target })).ok_or_else(|| format!("{name} leads nowhere"))?;
    for (what, found, expected) in [
        ("ApiId of the route", &route["ApiId"], json!({ "Ref": "Api" })),
        ("ApiId", &integration["ApiId"], json!({ "Ref": "Api" })),
        ("IntegrationType", &integration["IntegrationType"], json!("AWS_PROXY")),
        ("PayloadFormatVersion", &integration["PayloadFormatVersion"], json!("2.0")),
    ] {
        if *found != expected {
            return Err(format!("{name} has {found} as its {what}"));
        }
    }
    let (function, properties) = referred(template, &integration["IntegrationUri"])
        .ok_or_else(|| format!("{integration_name} calls nothing"))?;
    let alias = json!({ "Ref": format!("{function}.Alias") });
    if integration["IntegrationUri"] != alias {
        return Err(format!("{integration_name} does not call the alias of {function}"));
    }
    let permissions = resources(template, "AWS::Lambda::Permission")
        .filter(|(_, permission)| permission["FunctionName"] == alias);
    let is_ours = |permission: &Value| {
        let source = permission["SourceArn"]["Fn::Sub"].as_str().unwrap_or_default();
        permission["Action"] == "lambda:InvokeFunction"
            && permission["Principal"] == "apigateway.amazonaws.com"
            && source.ends_with(":execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*")
    };
    let permissions: Vec<_> = permissions.map(|(_, permission)| is_ours(permission)).collect();
    if permissions != [true] {
        return Err(format!("{function} is not called by the gateway, or not by it alone"));
    }
    Ok((method.to_owned(), path.to_owned(), folder(properties)))
}

fn wrong_routes(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut said = BTreeSet::new();
    for (name, route) in resources(template, "AWS::ApiGatewayV2::Route") {
        match row(template, name, route) {
            Ok(row) if said.contains(&row) => wrong.push(format!("the template has {row:?} twice")),
            Ok(row) => drop(said.insert(row)),
            Err(error) => wrong.push(error),
        }
    }
    let row = |route: &evens_contracts::Route| {
        (route.method.as_str().to_owned(), route.path.to_owned(), route.function.to_owned())
    };
    let known: BTreeSet<_> = ROUTES.iter().map(row).collect();
    wrong.extend(known.difference(&said).map(|row| format!("the template does not have {row:?}")));
    wrong.extend(said.difference(&known).map(|row| format!("ROUTES does not have {row:?}")));
    let serving: BTreeSet<_> = ROUTES.iter().map(|route| route.function).collect();
    for kind in ["AWS::ApiGatewayV2::Integration", "AWS::Lambda::Permission"] {
        let found = resources(template, kind).count();
        if found != serving.len() {
            wrong.push(format!("{found} of {kind} for {} functions", serving.len()));
        }
    }
    let methods: BTreeSet<_> = ROUTES.iter().map(|route| route.method.as_str()).collect();
    let shared = &template["Resources"]["Api"]["Properties"]["CorsConfiguration"]["AllowMethods"];
    if *shared != json!(methods) {
        wrong.push(format!("pages of other origins may use {shared} instead of {methods:?}"));
    }
    let stage = &template["Resources"]["ApiStage"]["Properties"];
    for (what, expected) in [("StageName", json!("$default")), ("AutoDeploy", json!(true))] {
        if stage[what] != expected {
            wrong.push(format!("{what} of the stage is {}", stage[what]));
        }
    }
    wrong
}

fn wrong_functions(template: &Value, folders: &BTreeSet<String>) -> Vec<String> {
    let functions = functions(template);
    let mut wrong = Vec::new();
    let said: BTreeSet<_> = functions.keys().cloned().collect();
    for folder in folders.symmetric_difference(&said) {
        wrong.push(format!("functions/{folder} is not both a folder and a function of the template"));
    }
    for (folder, (name, properties)) in &functions {
        let code = properties["CodeUri"].as_str().unwrap_or_default();
        if !root().join(code).join("Cargo.toml").is_file() {
            wrong.push(format!("{name} is built from {code}, where no crate is"));
        }
        let binary = &template["Resources"][*name]["Metadata"]["BuildProperties"]["Binary"];
        if *binary != format!("evens-{folder}") {
            wrong.push(format!("{name} builds {binary}"));
        }
        if properties["FunctionName"] != json!({ "Fn::Sub": format!("evens-${{Stage}}-{folder}") }) {
            wrong.push(format!("{name} is called {}", properties["FunctionName"]));
        }
        let serves = ROUTES.iter().any(|route| route.function == folder);
        let timeout = seconds(&properties["Timeout"]).unwrap_or_default();
        if serves && !(evens_http::REQUEST_TIMEOUT < timeout && timeout < GATEWAY_TIMEOUT) {
            wrong.push(format!("{name} has {timeout:?}: not between its own deadline and the gateway's"));
        }
        if timeout <= SDK_TIMEOUT {
            wrong.push(format!("{name} has {timeout:?}: not more than the SDK's {SDK_TIMEOUT:?}"));
        }
    }
    wrong
}

fn wrong_queues(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |what: String, found: &Value, expected: Value| {
        if *found != expected {
            wrong.push(format!("{what} is {found} instead of {expected}"));
        }
    };
    let by_name: BTreeMap<_, _> = resources(template, "AWS::SQS::Queue")
        .map(|(resource, properties)| {
            (properties["QueueName"]["Fn::Sub"].as_str().unwrap_or_default(), (resource, properties))
        })
        .collect();
    expect("the number of queues".to_owned(), &json!(by_name.len()), json!(2 * Queue::ALL.len()));
    let refused = resources(template, "AWS::SQS::QueuePolicy").map(|(_, policy)| policy).next();
    let refused = refused.unwrap_or(&Value::Null);
    let statement = &refused["PolicyDocument"]["Statement"][0];
    let parts = ["/Effect", "/Principal", "/Action", "/Condition/Bool/aws:SecureTransport"];
    let found: Vec<_> = parts.iter().map(|part| statement.pointer(part)).collect();
    expect("what is refused".to_owned(), &json!(found), json!(["Deny", "*", "sqs:*", false]));
    let named = refused["Queues"].as_array().into_iter().flatten().filter_map(|queue| queue["Ref"].as_str());
    let named: BTreeSet<_> = named.collect();
    let all: BTreeSet<_> = by_name.values().map(|(resource, _)| resource.as_str()).collect();
    expect("where unencrypted requests are refused".to_owned(), &json!(named), json!(all));
    let (nobody, nothing) = (String::new(), Value::Null);
    let functions = functions(template);
    for queue in Queue::ALL {
        let (name, rules) = (queue.name(), queue.rules());
        let find = |name: &str| by_name.get(name).copied().unwrap_or((&nobody, &nothing));
        let (main, properties) = find(&queue.full_name("${Stage}"));
        let (dead, dead_properties) = find(&queue.dead_letter_name("${Stage}"));
        for (which, properties) in [(main, properties), (dead, dead_properties)] {
            let parts = ["FifoQueue", "DeduplicationScope", "FifoThroughputLimit", "SqsManagedSseEnabled"];
            let expected = [json!(true), json!("messageGroup"), json!("perMessageGroupId"), json!(true)];
            for (part, expected) in parts.into_iter().zip(expected) {
                expect(format!("{part} of {which} ({name})"), &properties[part], expected);
            }
        }
        let redrive = json!({ "deadLetterTargetArn": { "Fn::GetAtt": format!("{dead}.Arn") }, "maxReceiveCount": rules.attempts_max });
        expect(format!("RedrivePolicy of {name}"), &properties["RedrivePolicy"], redrive);
        expect(
            format!("VisibilityTimeout of {name}"),
            &properties["VisibilityTimeout"],
            json!(rules.visibility_timeout.as_secs()),
        );
        expect(
            format!("MessageRetentionPeriod of {dead} ({name})"),
            &dead_properties["MessageRetentionPeriod"],
            json!({ "Ref": KEPT }),
        );
        let (function, worker) = functions.get(folder_of(queue)).copied().unwrap_or((&nobody, &nothing));
        expect(format!("Timeout of {function}"), &worker["Timeout"], json!(rules.function_timeout.as_secs()));
        let mapping = resources(template, "AWS::Lambda::EventSourceMapping")
            .find(|(_, mapping)| mapping["EventSourceArn"]["Fn::GetAtt"] == format!("{main}.Arn"));
        let mapping = mapping.map_or(&nothing, |(_, mapping)| mapping);
        let alias = format!("{function}.Alias");
        expect(format!("who works on {name}"), &mapping["FunctionName"]["Ref"], json!(alias));
        expect(format!("BatchSize of {name}"), &mapping["BatchSize"], json!(rules.batch_size));
        expect(
            format!("MaximumConcurrency of {name}"),
            &mapping["ScalingConfig"]["MaximumConcurrency"],
            json!({ "Fn::FindInMap": ["Workers", { "Ref": "WorkerConcurrency" }, worker_key(function)] }),
        );
        expect(
            format!("FunctionResponseTypes of {name}"),
            &mapping["FunctionResponseTypes"],
            json!(["ReportBatchItemFailures"]),
        );
    }
    // Queue names share a pattern, so one URL gives the prefix of all of them.
    let [first, ..] = Queue::ALL;
    let url = json!({ "Ref": format!("{first:?}Queue") });
    let prefix = json!({ "Fn::Select": [0, { "Fn::Split": [first.name_in_stage(), url] }] });
    for (function, properties) in functions.values() {
        let found = &properties["Environment"]["Variables"]["EVENS_QUEUE_URL_PREFIX"];
        expect(format!("EVENS_QUEUE_URL_PREFIX of {function}"), found, prefix.clone());
    }
    wrong
}

/// A variable's value with default parameters: the stack's constant, or the parameter's default.
fn default_of<'a>(template: &'a Value, variables: &'a Value, name: &str) -> Option<&'a str> {
    let said = &variables[name];
    said.as_str().or_else(|| template["Parameters"][said["Ref"].as_str()?]["Default"].as_str())
}

/// With default parameters, functions use the same values as the code's defaults.
#[test]
fn defaults_are_those_of_the_code() {
    let template = template();
    for (function, properties) in functions(&template).into_values() {
        let variables = &properties["Environment"]["Variables"];
        let names = Need::ALL.iter().map(|need| need.variable());
        let names: Vec<_> = names.filter(|name| variables.get(name).is_some()).collect();
        for name in &names {
            assert!(default_of(&template, variables, name).is_some(), "{name} of {function} has no default");
        }
        let lookup =
            |name: &str| names.contains(&name).then(|| default_of(&template, variables, name)).flatten();
        let said = Settings::from_lookup(|name| lookup(name).map(str::to_owned)).unwrap();
        assert_eq!(said, Settings::from_lookup(|_| None).unwrap(), "{function}");
    }

    let said = fs::read_to_string(root().join("shared/credentials/src/settings.rs")).unwrap();
    for (_, properties) in functions(&template).values() {
        let variables = &properties["Environment"]["Variables"];
        if let Some(default) = default_of(&template, variables, "EVENS_ARGON2") {
            assert!(said.contains(&format!("| `EVENS_ARGON2` | `{default}` |")), "{default}");
        }
    }
}

#[test]
fn routes_are_those_of_the_contract() {
    assert_none(&wrong_routes(&template()));
}

#[test]
fn functions_are_those_of_the_folders() {
    let folders = fs::read_dir(root().join("functions")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_none(&wrong_functions(&template(), &folders));
}

#[test]
fn queues_are_those_of_the_contract() {
    assert_none(&wrong_queues(&template()));
}

#[test]
fn prod_can_be_deployed_with_its_protection_only() {
    let stacks = Stacks::read();
    let rule = &stacks.root["Rules"]["ProdIsProtected"];
    assert_eq!(rule["RuleCondition"], json!({ "Fn::Equals": [{ "Ref": "Stage" }, "prod"] }));
    let demanded: Vec<_> = rule["Assertions"].as_array().unwrap().iter().map(|row| &row["Assert"]).collect();
    for parameter in ["DeletionProtection", "PointInTimeRecovery", "KmsEncryption"] {
        let is_on = json!({ "Fn::Equals": [{ "Ref": parameter }, "true"] });
        assert!(demanded.contains(&&is_on), "{parameter}");
    }
    let has_address = json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "PageEmail" }, ""] }] });
    assert!(demanded.contains(&&has_address), "nobody would be told that money is stuck");
    for resource in ["Table", "FunctionLog"] {
        // A resource with a fixed name that survived its failed creation would block the next one.
        for (policy, value) in [("DeletionPolicy", "RetainExceptOnCreate"), ("UpdateReplacePolicy", "Retain")]
        {
            let kept = json!({ "Fn::If": ["IsProtected", value, "Delete"] });
            assert_eq!(
                stacks.nested["infra/stacks/data.yaml"]["Resources"][resource][policy], kept,
                "{policy} of {resource}"
            );
        }
    }
}

/// Codes are sent through the webhook. Without one, no player would ever get the bonus.
#[test]
fn a_bonus_after_a_code_needs_a_webhook() {
    let rule = &Stacks::read().root["Rules"]["CodesReachPlayers"];
    let is_local = json!({ "Fn::Equals": [{ "Ref": "Stage" }, "local"] });
    let waits = json!({ "Fn::Equals": [{ "Ref": "RegistrationBonusAfter" }, "verified"] });
    assert_eq!(rule["RuleCondition"], json!({ "Fn::And": [{ "Fn::Not": [is_local] }, waits.clone()] }));
    let has_webhook = json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "WebhookSecret" }, ""] }] });
    assert_eq!(rule["Assertions"][0]["Assert"], has_webhook);
    let of_box = &read(ONE_BOX)["Rules"]["CodesReachPlayers"];
    assert_eq!((&of_box["RuleCondition"], &of_box["Assertions"][0]["Assert"]), (&waits, &has_webhook));
}

/// Checks the contract: the visibility timeout is at least six times the function's timeout.
#[test]
fn a_message_is_hidden_while_it_is_worked_on() {
    for queue in Queue::ALL {
        let rules = queue.rules();
        assert!(rules.visibility_timeout >= rules.function_timeout * 6, "{}", queue.name());
        assert!(rules.function_timeout > SDK_TIMEOUT, "{}", queue.name());
        assert!((2..=1_000).contains(&rules.concurrency), "{}: what SQS takes", queue.name());
    }
}

#[test]
fn a_template_that_differs_is_found() {
    let good = template();
    let folders: BTreeSet<_> = functions(&good).into_keys().collect();
    let all = |template: &Value| -> Vec<String> {
        [wrong_routes(template), wrong_functions(template, &folders), wrong_queues(template)].concat()
    };
    let differences = [
        ("/Resources/PlaceBetRoute/Properties/RouteKey", json!("POST /api/bet")),
        ("/Resources/SettleDeadLetterQueue/Properties/MessageRetentionPeriod", json!(1_209_600)),
        ("/Resources/PlaceBetRoute/Properties/RouteKey", json!("GET /api/bets")),
        (
            "/Resources/PlaceBetRoute/Properties/Target",
            json!({ "Fn::Sub": "integrations/${BetsIntegration}" }),
        ),
        ("/Resources/PlaceBetIntegration/Properties/IntegrationUri", json!({ "Ref": "BetsFunction.Alias" })),
        (
            "/Resources/PlaceBetIntegration/Properties/IntegrationUri",
            json!({ "Fn::GetAtt": "PlaceBetFunction.Arn" }),
        ),
        ("/Resources/PlaceBetIntegration/Properties/PayloadFormatVersion", json!("1.0")),
        ("/Resources/PlaceBetPermission/Properties/FunctionName", json!({ "Ref": "PlaceBetFunction" })),
        ("/Resources/PlaceBetPermission/Properties/FunctionName", json!({ "Ref": "BetsFunction.Alias" })),
        ("/Resources/PlaceBetPermission/Properties/Principal", json!("*")),
        ("/Resources/PlaceBetPermission/Properties/SourceArn", json!("*")),
        ("/Resources/ApiStage/Properties/StageName", json!("prod")),
        ("/Resources/PlaceBetFunction/Properties/CodeUri", json!("functions/bets")),
        ("/Resources/PlaceBetFunction/Properties/CodeUri", json!("infra/functions/place-bet")),
        ("/Resources/PlaceBetFunction/Metadata/BuildProperties/Binary", json!("evens-bets")),
        ("/Resources/PlaceBetFunction/Properties/FunctionName", json!("place-bet")),
        ("/Resources/Api/Properties/CorsConfiguration/AllowMethods", json!(["GET", "POST"])),
        ("/Resources/PlaceBetFunction/Properties/Timeout", json!(25)),
        ("/Resources/PlaceBetFunction/Properties/Timeout", json!(30)),
        ("/Resources/MatchFunction/Properties/Timeout", json!(11)),
        ("/Resources/EncryptedTransportOnly/Properties/Queues/23/Ref", json!("MatchQueue")),
        (
            "/Resources/EncryptedTransportOnly/Properties/PolicyDocument/Statement/0/Condition/Bool/aws:SecureTransport",
            json!(true),
        ),
        ("/Resources/MatchQueue/Properties/VisibilityTimeout", json!(30)),
        ("/Resources/MatchQueue/Properties/RedrivePolicy/maxReceiveCount", json!(3)),
        ("/Resources/MatchQueue/Properties/FifoQueue", json!(false)),
        ("/Resources/MatchQueue/Properties/QueueName", json!("match.fifo")),
        ("/Resources/MatchJobs/Properties/BatchSize", json!(100)),
        ("/Resources/MatchJobs/Properties/FunctionName", json!({ "Ref": "MatchFunction" })),
        ("/Resources/MatchJobs/Properties/FunctionName", json!({ "Ref": "SettleFunction.Alias" })),
        ("/Resources/MatchJobs/Properties/FunctionResponseTypes", json!([])),
        ("/Resources/MatchJobs/Properties/ScalingConfig/MaximumConcurrency", json!(5)),
        (
            "/Resources/BetsFunction/Properties/Environment/Variables/EVENS_QUEUE_URL_PREFIX",
            json!({ "Ref": "MatchQueue" }),
        ),
    ];
    for (place, value) in differences {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = value;
        assert_ne!(all(&changed), all(&good), "{place}");
    }
}

/// The table that `evens migrate` creates is the one declared in the template.
#[tokio::test]
async fn the_table_is_the_one_that_is_migrated() {
    let engines = Engines::start(None).await.unwrap();
    let endpoints = Endpoints {
        dynamodb: Some(engines.dynamodb_url()),
        sqs: Some(engines.sqs_url()),
        ..Endpoints::default()
    };
    let identity = Identity::of_engines(engines.access_key());
    let client = Clients::connect_as(&identity, &endpoints).unwrap().dynamodb;
    evens_store::migrate(&client, "evens").await.unwrap();
    let described = client.describe_table().table_name("evens").send().await.unwrap().table.unwrap();
    let expiry = client.describe_time_to_live().table_name("evens").send().await.unwrap();
    let expiry = expiry.time_to_live_description.unwrap();
    engines.stop().await;

    let keys = |schema: &[KeySchemaElement]| -> Value {
        let key = |key: &KeySchemaElement| json!({ "AttributeName": key.attribute_name, "KeyType": key.key_type.as_str() });
        schema.iter().map(key).collect()
    };
    let definition = |found: &AttributeDefinition| json!({ "AttributeName": found.attribute_name, "AttributeType": found.attribute_type.as_str() });
    let sorted = |mut values: Vec<Value>| {
        values.sort_by_key(Value::to_string);
        values
    };
    let template = template();
    let (_, declared) = resources(&template, "AWS::DynamoDB::Table").next().unwrap();
    assert_eq!(declared["KeySchema"], keys(described.key_schema()));
    let expiry = json!({ "AttributeName": expiry.attribute_name, "Enabled": true });
    assert_eq!(declared["TimeToLiveSpecification"], expiry);
    let definitions = sorted(described.attribute_definitions().iter().map(definition).collect());
    assert_eq!(sorted(declared["AttributeDefinitions"].as_array().unwrap().clone()), definitions);
    let indexes: Vec<_> = described
        .global_secondary_indexes()
        .iter()
        .map(|index| {
            let projection = index.projection.as_ref().unwrap();
            json!({
                "IndexName": index.index_name,
                "KeySchema": keys(index.key_schema()),
                "Projection": {
                    "ProjectionType": projection.projection_type.as_ref().unwrap().as_str(),
                    "NonKeyAttributes": projection.non_key_attributes(),
                },
            })
        })
        .collect();
    assert_eq!(declared["GlobalSecondaryIndexes"], json!(indexes));
}

/// The access log of the gateway is JSON with the user agent, and without the client's address and tokens.
fn wrong_access_log(gateway: &Value) -> Vec<String> {
    let format = &gateway["Resources"]["ApiStage"]["Properties"]["AccessLogSettings"]["Format"];
    let fields: Value = format.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut wrong = Vec::new();
    if fields["user_agent"] != "$context.identity.userAgent" {
        wrong.push(format!("the access log has no user agent: {format}"));
    }
    for (name, field) in members(&fields) {
        let field = field.as_str().unwrap_or_default();
        let is_user_agent = field == "$context.identity.userAgent";
        if ["identity", "authorizer"].iter().any(|part| field.contains(part)) && !is_user_agent {
            wrong.push(format!("{name} of the access log tells who the client is: {field}"));
        }
    }
    wrong
}

#[test]
fn the_access_log_has_no_address() {
    let gateway = read("infra/stacks/gateway.yaml");
    assert_none(&wrong_access_log(&gateway));
    for (said, instead) in [("$context.status", "$context.identity.sourceIp"), ("userAgent", "sourceIp")] {
        let place = "/Resources/ApiStage/Properties/AccessLogSettings/Format";
        let mut changed = gateway.clone();
        let format = changed.pointer_mut(place).unwrap();
        *format = format.as_str().unwrap().replace(said, instead).into();
        assert_ne!(wrong_access_log(&changed), Vec::<String>::new(), "{instead}");
    }
}
