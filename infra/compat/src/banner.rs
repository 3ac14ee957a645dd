//! What is printed once the server listens: where it is, and what to paste next.

use std::net::SocketAddr;
use std::path::Path;

/// Prints the banner to stderr.
pub(crate) fn print(address: SocketAddr, is_embedded: bool, folder: &Path) {
    let engines = if is_embedded { "embedded DynamoDB and SQS" } else { "as AWS_ENDPOINT_URL says" };
    let folder = folder.display();
    eprintln!("Evens is running.");
    eprintln!();
    eprintln!("  API       http://{address}   (its description: http://{address}/openapi.json)");
    eprintln!("  engines   {engines}");
    eprintln!("  data      {folder}");
    eprintln!();
}
