//! [`RazorpaySettings`]: Razorpay's address and our credentials there.

use crate::{ApiKey, HmacSecrets};
use evens_ledger::ProviderName;
use evens_outbound::Endpoint;
use std::fmt;
use std::str::FromStr;

/// Razorpay's address, our credentials, and the texts of its checkout.
#[derive(Debug, Clone)]
pub struct RazorpaySettings {
    /// Our name for this provider; different for each Razorpay account.
    pub name: ProviderName,
    /// The address with the version: `https://api.razorpay.com/v1`.
    pub endpoint: Endpoint,
    /// The key's id. It is visible in players' browsers.
    pub key_id: RazorpayKeyId,
    /// The key's secret.
    pub key_secret: ApiKey,
    /// The callback signing secrets. Payments and payouts may have different ones; then both are listed.
    pub secrets: HmacSecrets,
    /// The account that payouts are paid from.
    pub source: SourceAccount,
    /// The name of the business in the checkout.
    pub shop: String,
    /// The page that the checkout sends the player's browser to, with a `POST`. Its content is not trusted.
    pub return_to: Endpoint,
    /// Allows new deposits. Payouts are made in either case.
    pub takes_deposits: bool,
}

/// The id of an API key, such as `rzp_live_ILgsfZCZoFIKMb`: 1 to 64 letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RazorpayKeyId(String);

/// The number of the account that payouts are paid from: 1 to 64 letters, digits and `_`. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceAccount(String);

/// The text is not such an id or number. The error does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not 1 to {LENGTH_MAX} letters, digits and underscores")]
pub struct RazorpayWordFault;

const LENGTH_MAX: usize = 64;

impl RazorpayKeyId {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl SourceAccount {
    /// The number, for a request to Razorpay.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for RazorpayKeyId {
    type Err = RazorpayWordFault;

    fn from_str(text: &str) -> Result<Self, RazorpayWordFault> {
        word(text).map(Self)
    }
}

impl FromStr for SourceAccount {
    type Err = RazorpayWordFault;

    fn from_str(text: &str) -> Result<Self, RazorpayWordFault> {
        word(text).map(Self)
    }
}

/// Prints the type name only.
impl fmt::Debug for SourceAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SourceAccount")
    }
}

/// A text that needs no escaping in a query or before the colon of `Basic` credentials.
fn word(text: &str) -> Result<String, RazorpayWordFault> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_word = (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_plain);
    if is_word { Ok(text.to_owned()) } else { Err(RazorpayWordFault) }
}
