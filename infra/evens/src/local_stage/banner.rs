//! The text printed once the server listens: the page to open, the addresses, and commands to paste next.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

/// Variables that select the table. A second process needs the same values.
const SHARED_VARIABLES: [&str; 5] =
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS", "EVENS_ENGINES", "EVENS_TABLE"];

/// From sign-up over a deposit to a settled bet. Each line can be pasted unchanged. A player who has already signed up
/// is only logged in.
const WALK: &str = r#"
post() { curl -s "$api/api/$1" -H "Authorization: Bearer $3" -H 'Content-Type: application/json' -d "$2"; echo; }
get() { curl -s "$api/api/$1" -H "Authorization: Bearer $2"; echo; }
login='{"phoneNo":"%s","password":"a secret of %s"}'
signup() { for step in signup login; do post users/$step "$(printf "$login" $1 $1)"; done | sed -n 's/.*"accessToken":"\([^"]*\)".*/\1/p' | tail -n 1; }
page() { post deposits "{\"amount\":$1}" "$2" | sed -n 's/.*"url":"\([^"]*\)".*/\1/p'; }
credited() { for _ in $(seq 100); do get wallet "$1" | grep '"balance":[1-9]' && break; sleep 0.1; done; }
deposit() { curl -s -o /dev/null -X POST "$(page "$1" "$2")/pay"; credited "$2"; }
A=$(signup +919000000001) B=$(signup +919000000002)
deposit 500 "$A"
deposit 500 "$B"
post bets '{"roundId":"round-1","amount":100.50,"side":"A"}' "$A"
post bets '{"roundId":"round-1","amount":100.50,"side":"B"}' "$B"
get wallet "$A"
get attendance "$A"
get bets "$A"
"#;

/// Prints the banner to stderr.
pub(crate) fn print(address: SocketAddr, is_embedded: bool, folder: &Path) {
    let engines =
        if is_embedded { "embedded DynamoDB and SQS" } else { "DynamoDB and SQS as the SDK finds them" };
    let binary = std::env::current_exe().unwrap_or_else(|_| "evens".into());
    let shown = folder.display();
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let shared = SHARED_VARIABLES.iter().filter_map(|name| Some((*name, std::env::var(name).ok()?)));
    let folder = ("EVENS_DATA", folder.to_string_lossy().into_owned());
    let words =
        std::iter::once(folder).chain(shared).map(|(name, value)| format!("{name}={}", quoted(&value)));
    let words = words.chain([quoted(&binary.to_string_lossy())]).collect::<Vec<_>>();
    let evens = words.join(" ");
    let page = page_url(address);
    let banner = format!(
        "Open {page}

Evens is running.

  API       http://{address}   (its description: http://{address}/openapi.json)
  engines   {engines}
  data      {shown}

Two players sign up and bet against each other; paste this into another terminal:

api=http://{address}
evens() {{ {evens} \"$@\"; }}{WALK}
"
    );
    // Written in one call, so that no log line interrupts it. If it cannot be printed, evens serves without it.
    let _ = io::stderr().write_all(banner.as_bytes());
}

/// The address of the page for a browser on this machine.
fn page_url(listener: SocketAddr) -> String {
    let (ip, port) = (listener.ip(), listener.port());
    let is_localhost = ip.is_unspecified() || ip == IpAddr::V4(Ipv4Addr::LOCALHOST);
    if is_localhost { format!("http://localhost:{port}") } else { format!("http://{listener}") }
}

/// A word for a shell, with any special characters quoted.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::{page_url, quoted};

    #[test]
    fn a_browser_on_this_machine_opens_localhost() {
        #[rustfmt::skip]
        let table = [
            ("127.0.0.1:8080",   "http://localhost:8080"),
            ("0.0.0.0:80",       "http://localhost:80"),
            ("[::]:8080",        "http://localhost:8080"),
            ("[::1]:8080",       "http://[::1]:8080"),
            ("192.168.1.5:8080", "http://192.168.1.5:8080"),
        ];
        for (listener, expected) in table {
            assert_eq!(page_url(listener.parse().unwrap()), expected);
        }
    }

    #[test]
    fn a_shell_reads_what_was_meant() {
        for (text, word) in [("/a b/$c", "'/a b/$c'"), ("it's", r"'it'\''s'"), ("", "''")] {
            assert_eq!(quoted(text), word);
        }
    }
}
