//! The roles allow everything that functions do in simulated runs. The documentation of calls (`evens_stacks::calls`)
//! is written by hand, and this test compares it with the actual table requests.

use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use crate::{assert_none, root};
use evens_simulator::{Seeds, Touch, run_seeds};
use evens_stacks::{Allowed, LOCAL_CALLS, calls, sources};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Seeds that cover most work, and seeds with refunds and changes of jackpots.
const FIRST: [u64; 2] = [1, 61];
const COUNT: u64 = 6;

/// The comment of a function that makes no table request in simulated runs, followed by the reason.
const NOT_SIMULATED: &str = "\n//! Not in simulated runs: ";

/// Functions without the comment that made no request, and functions with it that did.
fn unlike_said(seen: &BTreeSet<String>, said: &BTreeMap<String, bool>) -> Vec<String> {
    let wrong = said.iter().filter(|(function, is_silent)| seen.contains(*function) == **is_silent);
    wrong
        .map(|(function, is_silent)| match is_silent {
            true => format!("{function} says that it is not simulated, and is"),
            false => format!("{function} does nothing in simulated runs, and does not say why"),
        })
        .collect()
}

fn refused(touched: &BTreeSet<Touch>, template: &Value) -> Vec<String> {
    let (functions, known) = (functions(template), calls(&sources()));
    let may = |allowed: &Allowed, action: &str, on: &str| {
        allowed.iter().any(|(of, kind)| of == action && !on.is_empty() && on.starts_with(kind.as_str()))
    };
    // The simulated system is the local stage, where some functions make calls that they never make on AWS.
    let is_local = |touch: &Touch| {
        let called = LOCAL_CALLS.iter().filter(|(function, _)| *function == touch.function);
        let need = (format!("dynamodb:{}", touch.action), touch.on.clone());
        let mut said = called.filter_map(|(_, call)| known.get(*call));
        said.any(|needs| needs.contains(&need))
    };
    let is_refused = |touch: &&Touch| {
        let (_, properties) = &functions[touch.function];
        !may(&allowed(properties), &format!("dynamodb:{}", touch.action), &touch.on) && !is_local(touch)
    };
    let sentence =
        |touch: &Touch| format!("{} may not {} on {:?}, and does", touch.function, touch.action, touch.on);
    touched.iter().filter(is_refused).map(sentence).collect()
}

#[test]
fn roles_allow_what_functions_do_in_simulated_runs() {
    let mut touched = BTreeSet::new();
    for first in FIRST {
        let seeds = Seeds {
            first,
            count: COUNT,
            jobs: 2,
            mutation: None,
            stops_at_failure: false,
            ends_at: None,
            is_twice: false,
        };
        touched.extend(run_seeds(seeds, |_| {}).touched);
    }
    let template = template();
    assert_none(&refused(&touched, &template));
    let seen: BTreeSet<_> = touched.iter().map(|touch| touch.function.to_owned()).collect();
    let lib = |function: &str| root().join("functions").join(function).join("src/lib.rs");
    let says =
        |function: &str| fs::read_to_string(lib(function)).expect("a function").contains(NOT_SIMULATED);
    let said = functions(&template).into_keys().map(|function| (function.clone(), says(&function))).collect();
    assert_none(&unlike_said(&seen, &said));
}

#[test]
fn a_function_that_is_silent_and_does_not_say_why_is_found() {
    let said = [("a", true), ("b", false), ("c", true), ("d", false)];
    let said = said.into_iter().map(|(function, is_silent)| (function.to_owned(), is_silent)).collect();
    let seen = ["a", "b"].map(str::to_owned).into();
    let expected =
        ["a says that it is not simulated, and is", "d does nothing in simulated runs, and does not say why"];
    assert_eq!(unlike_said(&seen, &said), expected);
}

#[test]
fn a_call_that_its_role_does_not_allow_is_found() {
    let touch = |action, on: &str| Touch { function: "registration", action, on: on.to_owned() };
    let touched = BTreeSet::from([
        touch("ConditionCheckItem", "CASHIER#"),
        touch("ConditionCheckItem", "ACCOUNT#"),
        touch("PutItem", "CASHIER#"),
        touch("Query", ""),
    ]);
    let expected = [
        "registration may not ConditionCheckItem on \"ACCOUNT#\", and does",
        "registration may not PutItem on \"CASHIER#\", and does",
        "registration may not Query on \"\", and does",
    ];
    assert_eq!(refused(&touched, &template()), expected);
}
