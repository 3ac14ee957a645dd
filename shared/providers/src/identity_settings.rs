//! `EVENS_KYC`: from which sums on it must be known who a player is.

use evens_ledger::Amount;
use evens_runtime::StartError;

/// From which sums on it must be known who a player is; none for never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct IdentitySettings {
    /// Above what sum of deposits.
    pub(crate) deposits_above: Option<Amount>,
    /// Above what sum of withdrawals.
    pub(crate) withdrawals_above: Option<Amount>,
}

/// Reads rules such as `deposits-above=2000,withdrawals-above=2000`. Whichever is not there is off.
///
/// | rule | until it is known who a player is |
/// |---|---|
/// | `deposits-above=2000` | no deposit is opened that takes what they have brought above this; 0 for any deposit |
/// | `withdrawals-above=2000` | a cashier looks at those that take what they have taken home above this |
///
/// # Errors
/// The first part that is no rule, or is there twice.
pub(crate) fn parse_identity(text: &str) -> Result<IdentitySettings, StartError> {
    let mut settings = IdentitySettings::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        if add(&mut settings, part).is_none() {
            let hint = "set EVENS_KYC to rules such as deposits-above=2000,withdrawals-above=2000, each once; \
                        docs/manual.md has them";
            return Err(StartError::new(format!("EVENS_KYC cannot hold {part:?}"), hint));
        }
    }
    Ok(settings)
}

/// Adds one rule; nothing where it is none, or is there already.
fn add(settings: &mut IdentitySettings, part: &str) -> Option<()> {
    let (name, value) = part.split_once('=')?;
    let rule = match name {
        "deposits-above" => &mut settings.deposits_above,
        "withdrawals-above" => &mut settings.withdrawals_above,
        _ => return None,
    };
    let above = value.parse().ok()?;
    rule.replace(above).is_none().then_some(())
}
