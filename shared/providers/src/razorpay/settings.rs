//! [`RazorpaySettings`]: where Razorpay is, and what it knows us by.

use crate::{ApiKey, HmacSecrets};
use evens_ledger::ProviderName;
use evens_outbound::Endpoint;
use std::fmt;
use std::str::FromStr;

/// Where Razorpay is, what it knows us by, and what its checkout shows.
#[derive(Debug, Clone)]
pub struct RazorpaySettings {
    /// What it is called here; another name for each of several accounts.
    pub name: ProviderName,
    /// Its address with the version: `https://api.razorpay.com/v1`.
    pub endpoint: Endpoint,
    /// The name of the key. Players' browsers are told it.
    pub key_id: RazorpayKeyId,
    /// The key's secret.
    pub key_secret: ApiKey,
    /// What it signs callbacks with. Payments and payouts have callbacks of their own: a list of both secrets, where
    /// they differ.
    pub secrets: HmacSecrets,
    /// Where payouts are paid from.
    pub source: SourceAccount,
    /// The business as the checkout shows it.
    pub shop: String,
    /// Where the checkout sends the player's browser afterwards, with a `POST`. What that says is not believed.
    pub return_to: Endpoint,
    /// Whether deposits are opened. Payouts are made all the same.
    pub takes_deposits: bool,
}

/// The name of one of our keys, such as `rzp_live_ILgsfZCZoFIKMb`: 1 to 64 letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RazorpayKeyId(String);

/// The number of our account that payouts are paid from: 1 to 64 letters, digits and `_`. It does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceAccount(String);

/// A text that is no such name or number. It does not repeat the text.
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

/// Never the number.
impl fmt::Debug for SourceAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SourceAccount")
    }
}

/// A text that is the same in a query, and before the colon of `Basic`.
fn word(text: &str) -> Result<String, RazorpayWordFault> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_word = (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_plain);
    if is_word { Ok(text.to_owned()) } else { Err(RazorpayWordFault) }
}
