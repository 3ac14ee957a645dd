//! What is printed once the server listens: where it is, and what to paste next.

use std::net::SocketAddr;
use std::path::Path;

/// Prints the banner to stderr.
pub(crate) fn print(address: SocketAddr, engines: &str, folder: &Path, tokens: [&str; 2]) {
    let [token_a, token_b] = tokens;
    let folder = folder.display();
    let bet = |token: &str, side: char| {
        format!(
            "curl -s http://{address}/api/bets -H 'Authorization: Bearer {token}' \
             -H 'Content-Type: application/json' -d '{{\"roundId\":\"demo\",\"amount\":10,\"side\":\"{side}\"}}'"
        )
    };
    eprintln!("Evens is running.");
    eprintln!();
    eprintln!("  API       http://{address}   (its description: http://{address}/openapi.json)");
    eprintln!("  engines   {engines}");
    eprintln!("  data      {folder}");
    eprintln!("  token     evens token --user 1      (cargo run -- token --user 1)");
    eprintln!("  money     evens fund --user 1 --amount 500");
    eprintln!();
    eprintln!("Users 1 and 2 hold play money. Paste these two bets, and the first of them is settled:");
    eprintln!();
    eprintln!("{}", bet(token_a, 'A'));
    eprintln!();
    eprintln!("{}", bet(token_b, 'B'));
    eprintln!();
}
