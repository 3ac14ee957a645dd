//! [`CookieName`]: the name of the session cookie of a page at an address.

use crate::SessionPage;
use evens_runtime::Stage;

/// Browsers take names with this prefix only with `Secure`, `Path=/` and no `Domain`, so no other host can set them.
const PLAYER: &str = "__Host-evens";
const CONSOLE: &str = "__Host-evens-console";

/// The start of a name without `Secure`, for browsers that refuse the other ones over plain http on their own machine.
const LOCAL: &str = "evens-local";

/// The port of an http address that names none.
const HTTP_PORT: &str = "80";

/// The name of a cookie, from which its attributes follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CookieName(String);

impl CookieName {
    /// The cookie of a page at this host. In the stage local, on the browser's own machine, the name contains the port,
    /// because programs on several ports share the cookies of a machine.
    pub(crate) fn of(host: &str, stage: Stage, page: SessionPage) -> Self {
        let name = match page {
            _ if stage == Stage::Local && is_loopback(host) => format!("{LOCAL}-{}", port_of(host)),
            SessionPage::Player => PLAYER.to_owned(),
            SessionPage::Console => CONSOLE.to_owned(),
        };
        Self(name)
    }

    /// The cookies in which earlier versions kept this session, in the order in which they counted. The console never
    /// reads one of the player page.
    pub(crate) fn earlier(&self, page: SessionPage) -> Vec<Self> {
        match page {
            SessionPage::Player if !self.is_secure() => {
                [PLAYER, LOCAL].map(|name| Self(name.to_owned())).into()
            }
            SessionPage::Player | SessionPage::Console => Vec::new(),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of `Set-Cookie`. Zero seconds remove the cookie.
    pub(crate) fn cookie(&self, value: &str, seconds: i64) -> String {
        let secure = if self.is_secure() { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", self.0)
    }

    fn is_secure(&self) -> bool {
        !self.0.starts_with(LOCAL)
    }
}

/// Returns `true` if the browser is on this machine, according to the address that it opened.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

fn port_of(host: &str) -> &str {
    host.rsplit_once(':').map(|(_, port)| port).filter(|port| is_port(port)).unwrap_or(HTTP_PORT)
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
