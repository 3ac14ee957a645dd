//! The stacks agree with the tables of `evens-contracts` and with the table of `evens-store`.

use crate::concurrency::KEPT;
use crate::stacks::{ONE_BOX, Stacks, members, read, template};
use crate::{assert_none, root};
use aws_sdk_dynamodb::types::{AttributeDefinition, KeySchemaElement};
use evens_contracts::{Queue, ROUTES};
use evens_engines::Engines;
use evens_jackpots::JackpotSettings;
use evens_runtime::{Clients, Endpoints, Identity, settings_table};
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

/// Pages of other origins may use every method of a route.
fn wrong_gateway(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
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

fn wrong_timeouts(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
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
        let redrive = json!({ "deadLetterTargetArn": { "Fn::GetAtt": format!("{dead}.Arn") }, "maxReceiveCount": rules.receives_max() });
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
    }
    // Queue names share a pattern, so one URL gives the prefix of all of them.
    let [first, ..] = Queue::ALL;
    let url = json!({ "Ref": format!("{first:?}Queue") });
    let prefix = json!({ "Fn::Select": [0, { "Fn::Split": [first.name_in_stage(), url] }] });
    for (function, properties) in functions(template).values() {
        let found = &properties["Environment"]["Variables"]["EVENS_QUEUE_URL_PREFIX"];
        expect(format!("EVENS_QUEUE_URL_PREFIX of {function}"), found, prefix.clone());
    }
    wrong
}

/// They depend on each other, so the rules of jackpots have them, too.
#[test]
fn jackpots_have_the_defaults_of_the_table() {
    let said = JackpotSettings::from_lookup(|name| settings_table::default_of(name).map(str::to_owned));
    assert_eq!(said, JackpotSettings::default());
}

/// The default of password hashing in the table of settings is that of the code and its documentation.
#[test]
fn passwords_are_hashed_as_the_code_says() {
    let default = settings_table::default_of(settings_table::ARGON2).unwrap();
    let said = fs::read_to_string(root().join("shared/credentials/src/settings.rs")).unwrap();
    assert!(said.contains(&format!("| `EVENS_ARGON2` | `{default}` |")), "{default}");
}

#[test]
fn the_gateway_passes_on_every_request() {
    assert_none(&wrong_gateway(&template()));
}

#[test]
fn functions_end_in_order() {
    assert_none(&wrong_timeouts(&template()));
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
    let all = |template: &Value| -> Vec<String> {
        [wrong_gateway(template), wrong_timeouts(template), wrong_queues(template)].concat()
    };
    let differences = [
        ("/Resources/SettleDeadLetterQueue/Properties/MessageRetentionPeriod", json!(1_209_600)),
        ("/Resources/ApiStage/Properties/StageName", json!("prod")),
        ("/Resources/Api/Properties/CorsConfiguration/AllowMethods", json!(["GET", "POST"])),
        ("/Resources/PlaceBetFunction/Properties/Timeout", json!(25)),
        ("/Resources/PlaceBetFunction/Properties/Timeout", json!(30)),
        ("/Resources/MatchFunction/Properties/Timeout", json!(5)),
        ("/Resources/EncryptedTransportOnly/Properties/Queues/23/Ref", json!("MatchQueue")),
        (
            "/Resources/EncryptedTransportOnly/Properties/PolicyDocument/Statement/0/Condition/Bool/aws:SecureTransport",
            json!(true),
        ),
        ("/Resources/MatchQueue/Properties/VisibilityTimeout", json!(30)),
        ("/Resources/MatchQueue/Properties/RedrivePolicy/maxReceiveCount", json!(3)),
        ("/Resources/MatchQueue/Properties/FifoQueue", json!(false)),
        ("/Resources/MatchQueue/Properties/QueueName", json!("match.fifo")),
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
