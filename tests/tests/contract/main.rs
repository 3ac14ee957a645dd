//! The API contract: the answer of each route to each bad request, and proof that a refusal changes nothing.
//!
//! Routes come from `evens-contracts`, faults from [`faults`]. A new route gets the rows that its access, body and
//! parameters call for. Without a good request to start from ([`draft`]), the tests fail.

#![cfg(test)]

mod blocks;
mod decided;
mod draft;
mod faults;
mod fresh_game_bet;
mod fresh_recovery;
mod matrix;
mod staff;
mod world;

use draft::{Draft, good};
use evens_contracts::{Access, Method, ROUTES, Route};
use evens_tests::Request;
use faults::{Fault, faults};
use futures::{StreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};
use world::World;

/// The route that ends the tokens with which it is asked.
const NEW_PASSWORD: &str = "POST /api/users/me/password";

/// The number of concurrent requests.
const PARALLEL: usize = 16;

/// A request that is expected to be refused.
struct Row {
    name: String,
    draft: Draft,
    expected: &'static str,
}

fn name(route: &Route) -> String {
    format!("{} {}", route.method.as_str(), route.path)
}

fn faults_of(route: &'static Route) -> impl Iterator<Item = &'static Fault> {
    faults().iter().copied().filter(move |fault| fault.concerns(route))
}

/// Sends each request and returns a line for each unexpected answer. Panics if the table has changed afterwards.
async fn refuse(world: &World, rows: Vec<Row>) {
    let before = world.scenario.books().await;
    let count = rows.len();
    let answered = stream::iter(rows).map(|row| async move {
        let request = row.draft.about_what_stands(world).request(world).await;
        let answer = world.scenario.visitor().send_as_it_stands(request).await;
        let problem = answer.problem();
        if answer.status() == 401 {
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{}", row.name);
        }
        (problem != row.expected).then(|| format!("{}: {problem} instead of {}", row.name, row.expected))
    });
    let wrong: Vec<_> = answered.buffer_unordered(PARALLEL).filter_map(async |line| line).collect().await;
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    world.scenario.await_idle().await;
    assert_eq!(world.scenario.books().await, before, "a refusal has changed something");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_one_answer_on_each_route() {
    let world = World::new().await;
    let mut rows = Vec::new();
    for route in ROUTES {
        for fault in faults_of(route) {
            let mut draft = good(route);
            fault.apply(&mut draft);
            rows.push(Row {
                name: format!("{} with {}", name(route), fault.name),
                draft,
                expected: fault.expected,
            });
        }
    }
    refuse(&world, rows).await;
    world.finish().await;
}

/// [`faults`] are listed in order of precedence: if a request has two, the first decides the answer. One fault
/// represents all faults in the same part with the same answer.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_faults_the_documented_one_is_the_answer() {
    let world = World::new().await;
    let mut rows = Vec::new();
    for route in ROUTES {
        let mut seen = BTreeSet::new();
        let chosen: Vec<_> =
            faults_of(route).filter(|fault| seen.insert((fault.part, fault.expected))).collect();
        for (position, first) in chosen.iter().enumerate() {
            for second in chosen[position + 1..].iter().filter(|second| second.part != first.part) {
                let mut draft = good(route);
                second.apply(&mut draft);
                first.apply(&mut draft);
                let name = format!("{} with {} and {}", name(route), first.name, second.name);
                rows.push(Row { name, draft, expected: first.expected });
            }
        }
    }
    refuse(&world, rows).await;
    world.finish().await;
}

/// The good requests that the rows start from must themselves succeed.
#[tokio::test(flavor = "multi_thread")]
async fn each_route_answers_its_good_request() {
    let world = World::new().await;
    let (last, first): (Vec<_>, Vec<_>) = ROUTES.iter().partition(|route| name(route) == NEW_PASSWORD);
    for route in first.into_iter().chain(last) {
        let answer = world.scenario.visitor().send_as_it_stands(good(route).request(&world).await).await;
        assert_eq!(answer.status(), route.success, "{}: {answer:?}", name(route));
        let cached = answer.header("cache-control");
        // Public answers may be cached if the route allows it, for a while or with revalidation.
        let is_kept =
            cached.is_some_and(|cached| cached.starts_with("public, max-age=") || cached == "no-cache");
        if !is_kept || route.access.takes_token() {
            assert_eq!(cached, route.path.starts_with("/api").then_some("no-store"), "{}", name(route));
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_route_looks_at_no_token() {
    let world = World::new().await;
    for route in ROUTES.iter().filter(|route| !route.access.takes_token()) {
        for token in ["expired player", "garbage"] {
            let request = Draft { token: Some(token), ..good(route) }.request(&world).await;
            let answer = world.scenario.visitor().send_as_it_stands(request).await;
            assert_eq!(answer.status(), route.success, "{} with a token that is {token}", name(route));
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_there_is_answered_with_those_that_are() {
    let world = World::new().await;
    let mut paths: BTreeMap<&str, (BTreeSet<&str>, &'static Route)> = BTreeMap::new();
    for route in ROUTES {
        let (methods, _) = paths.entry(route.path).or_insert_with(|| (BTreeSet::new(), route));
        methods.insert(route.method.as_str());
        if route.method == Method::Get {
            methods.insert("HEAD");
        }
    }
    for (path, (methods, route)) in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            if methods.contains(method) {
                continue;
            }
            let request = Request { method, ..good(route).request(&world).await };
            let answer = world.scenario.visitor().send_as_it_stands(request).await;
            assert_eq!(answer.problem(), "405 method-not-allowed -", "{method} {path}");
            let allowed: BTreeSet<_> =
                answer.header("allow").unwrap_or_default().split(',').map(str::trim).collect();
            assert_eq!(allowed, methods, "{method} {path}");
        }
    }
    world.finish().await;
}

/// Checks the table itself: it follows the stages that `evens_http` documents and leaves none out.
#[test]
fn the_faults_stand_in_the_documented_order() {
    assert_eq!(faults().iter().map(|fault| fault.stage).collect::<BTreeSet<_>>(), (1..=13).collect());
    for route in ROUTES {
        let stages: BTreeSet<_> = faults_of(route).map(|fault| fault.stage).collect();
        let mut expected = BTreeSet::from([1, 2]);
        match route.access {
            Access::Public if route.rate.is_some() => expected.extend([5]),
            Access::Public | Access::Provider => {}
            Access::Player => expected.extend([3, 5, 6]),
            Access::Staff(_) => expected.extend([3, 4, 5, 6]),
        }
        if route.body.is_some() {
            expected.extend([7, 8, 9, 10]);
        }
        if route.takes_file {
            expected.extend([7, 8, 13]);
        }
        if !route.in_query.is_empty() {
            expected.insert(10);
        }
        assert!(stages.is_superset(&expected), "{}: {stages:?}, not {expected:?}", name(route));
        if route.path.contains('{') {
            assert!(faults_of(route).any(|fault| fault.part == faults::Part::Path), "{}", name(route));
        }
    }
}
