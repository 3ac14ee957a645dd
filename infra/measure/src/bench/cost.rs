//! The price of a million bets on AWS, step by step and service by service, from the units that [`crate::budget`]
//! counts.
//!
//! The run time of functions is measured on this machine with engines in memory. On AWS, each table call takes some
//! milliseconds, so it is longer. Not included, because it is not counted here: the cost of the index of unfinished
//! items beyond the units that the embedded engine reports, empty receives, logs, storage and backups, alarms, data
//! transfer, and players' reads.

use serde::Serialize;
use std::collections::BTreeMap;

/// The resources of a step.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Cost {
    /// Table and index.
    pub(crate) write_units: f64,
    /// The index alone.
    pub(crate) index_write_units: f64,
    pub(crate) read_units: f64,
    /// DynamoDB calls.
    pub(crate) calls: f64,
    /// SQS requests by operation.
    pub(crate) sqs: BTreeMap<String, f64>,
    /// Function calls: one per request, and one per batch of messages.
    pub(crate) functions: f64,
    /// API requests.
    pub(crate) http_requests: f64,
    /// The run time of functions.
    pub(crate) milliseconds: f64,
}

impl Cost {
    #[expect(clippy::float_arithmetic, reason = "capacity units, not money")]
    pub(crate) fn add(&mut self, other: &Self) {
        self.write_units += other.write_units;
        self.index_write_units += other.index_write_units;
        self.milliseconds += other.milliseconds;
        self.read_units += other.read_units;
        self.calls += other.calls;
        self.functions += other.functions;
        self.http_requests += other.http_requests;
        for (operation, requests) in &other.sqs {
            *self.sqs.entry(operation.clone()).or_default() += requests;
        }
    }

    #[expect(clippy::float_arithmetic, reason = "capacity units, not money")]
    pub(crate) fn per(&self, number: f64) -> Self {
        Self {
            write_units: self.write_units / number,
            index_write_units: self.index_write_units / number,
            milliseconds: self.milliseconds / number,
            read_units: self.read_units / number,
            calls: self.calls / number,
            functions: self.functions / number,
            http_requests: self.http_requests / number,
            sqs: self.sqs.iter().map(|(name, requests)| (name.clone(), requests / number)).collect(),
        }
    }

    pub(crate) fn sqs_requests(&self) -> f64 {
        // An empty sum is minus zero.
        self.sqs.values().sum::<f64>().abs()
    }
}

/// A service's unit, and the price of a million.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Price {
    service: &'static str,
    unit: &'static str,
    /// The price in [`REGION`], without free tiers and discounts.
    dollars_per_million: f64,
    /// The page with the published price.
    source: &'static str,
}

/// The region of the prices, and the date of the look-up. The prices come from publications that quote the pages below,
/// which have the current ones.
const REGION: &str = "us-east-1";
const AS_OF: &str = "2026-11-20";

const fn price(service: &'static str, unit: &'static str, dollars: f64, source: &'static str) -> Price {
    Price { service, unit, dollars_per_million: dollars, source }
}

/// In the order of the columns.
#[rustfmt::skip]
const PRICES: [Price; 6] = [
    price("DynamoDB",    "write request unit",  0.625, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
    price("DynamoDB",    "read request unit",   0.125, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
    price("SQS",         "FIFO request",        0.50,  "https://aws.amazon.com/sqs/pricing/"),
    price("Lambda",      "request",             0.20,  "https://aws.amazon.com/lambda/pricing/"),
    price("Lambda",      "GB-second, arm64",  13.3334, "https://aws.amazon.com/lambda/pricing/"),
    price("API Gateway", "HTTP API request",    1.00,  "https://aws.amazon.com/api-gateway/pricing/"),
];

/// The memory of a function that places or settles bets, in GB, as in the template.
const MEMORY_GB: f64 = 0.5;

/// The units of each price that a step takes per bet.
#[expect(clippy::float_arithmetic, reason = "time, not money")]
fn units(cost: &Cost) -> [f64; 6] {
    let gigabyte_seconds = cost.milliseconds / 1_000.0 * MEMORY_GB;
    let Cost { write_units, read_units, functions, http_requests, .. } = *cost;
    [write_units, read_units, cost.sqs_requests(), functions, gigabyte_seconds, http_requests]
}

/// Dollars per million bets by service, in the order of [`PRICES`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Dollars {
    dynamodb_writes: f64,
    dynamodb_reads: f64,
    sqs: f64,
    lambda_requests: f64,
    lambda_time: f64,
    api_gateway: f64,
    sum: f64,
}

impl Dollars {
    /// The price of a million times these resources.
    #[expect(clippy::float_arithmetic, reason = "a forecast; no money is moved by it")]
    pub(crate) fn of(cost: &Cost) -> Self {
        let units = units(cost);
        let dollars: [f64; 6] = std::array::from_fn(|place| units[place] * PRICES[place].dollars_per_million);
        let [dynamodb_writes, dynamodb_reads, sqs, lambda_requests, lambda_time, api_gateway] = dollars;
        let sum = dollars.iter().sum();
        Self { dynamodb_writes, dynamodb_reads, sqs, lambda_requests, lambda_time, api_gateway, sum }
    }
}

/// The prices behind the dollars.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct PriceList {
    region: &'static str,
    as_of: &'static str,
    prices: [Price; 6],
}

/// The prices used for all figures.
pub(crate) const PRICE_LIST: PriceList = PriceList { region: REGION, as_of: AS_OF, prices: PRICES };

pub(crate) fn print_prices() {
    println!();
    println!("Prices in {REGION}, looked up on {AS_OF}, in dollars per million:");
    for Price { service, unit, dollars_per_million, source } in PRICES {
        println!("  {service:<12} {unit:<19} {dollars_per_million:>6.3}   {source}");
    }
    println!();
    println!(
        "{:<15} {:<26} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "dollars/million", "step", "writes", "reads", "SQS", "calls", "time", "API", "sum"
    );
}

/// Prints the price of a step.
pub(crate) fn print_step(way: &str, step: &str, dollars: &Dollars) {
    let Dollars { dynamodb_writes, dynamodb_reads, sqs, lambda_requests, lambda_time, api_gateway, sum } =
        dollars;
    println!(
        "{way:<15} {step:<26} {dynamodb_writes:>8.2} {dynamodb_reads:>8.2} {sqs:>8.2} {lambda_requests:>8.2} \
         {lambda_time:>8.3} {api_gateway:>8.2} {sum:>8.2}"
    );
}

#[cfg(test)]
mod tests {
    use super::Cost;
    use super::{Dollars, units};
    use std::collections::BTreeMap;

    #[test]
    #[expect(clippy::float_cmp, reason = "the products of these numbers are exact")]
    fn each_unit_has_its_price() {
        let sqs = BTreeMap::from([("SendMessageBatch".to_owned(), 1.0), ("ReceiveMessage".to_owned(), 1.0)]);
        let cost = Cost {
            write_units: 8.0,
            index_write_units: 1.0,
            read_units: 2.0,
            calls: 3.0,
            sqs,
            functions: 1.0,
            http_requests: 1.0,
            milliseconds: 2_000.0,
        };
        assert_eq!(units(&cost), [8.0, 2.0, 2.0, 1.0, 1.0, 1.0]);
        let expected = Dollars {
            dynamodb_writes: 5.0,
            dynamodb_reads: 0.25,
            sqs: 1.0,
            lambda_requests: 0.2,
            lambda_time: 13.3334,
            api_gateway: 1.0,
            sum: 20.7834,
        };
        assert_eq!(Dollars::of(&cost), expected);
    }
}
