//! `evens-simulate`: runs seeds.

use evens_simulator::{Order, run};

fn main() -> anyhow::Result<()> {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let is_printed = std::env::args().nth(2).is_some();
    let outcome = run(Order { seed, mutation: None, is_printed })?;
    println!("{outcome:#?}");
    Ok(())
}
