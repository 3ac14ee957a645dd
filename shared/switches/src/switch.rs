//! [`Switches`]: the state of all switches of a stage.

use evens_audit_log::Actor;
use jiff::Timestamp;
use std::collections::BTreeMap;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The name of a switch. Its text is the subject of the lines of the audit log and never changes.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray
)]
#[strum(serialize_all = "kebab-case")]
pub enum SwitchName {
    /// All changes that players make. While it is off, no payout is sent either.
    All,
    /// New bets in rounds and on house games.
    Bets,
    /// New deposits.
    Deposits,
    /// New withdrawals.
    Withdrawals,
}

impl SwitchName {
    pub const ALL: &'static [Self] = Self::VARIANTS;

    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The state of a switch. Its text in the audit log never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum SwitchState {
    /// Requests are accepted, if the settings of the process accept them too.
    #[default]
    On,
    /// Requests are refused.
    Off,
}

impl SwitchState {
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A switch that was set at least once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    pub state: SwitchState,
    /// When it got this state.
    pub since: Timestamp,
    pub by: Actor,
    /// The operator's reason.
    pub reason: String,
}

/// The switches of a stage. A switch that was never set is on. The default is a stage without any change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Switches {
    /// The number of changes of all switches, each of which has a line in the audit log.
    pub revision: u64,
    pub set: BTreeMap<SwitchName, Switch>,
}

impl Switches {
    pub fn state(&self, name: SwitchName) -> SwitchState {
        self.set.get(&name).map_or(SwitchState::On, |switch| switch.state)
    }

    /// The switch that stops requests of this kind: `all` first, then the one of that name.
    pub fn stopped_by(&self, name: SwitchName) -> Option<SwitchName> {
        [SwitchName::All, name].into_iter().find(|name| self.state(*name) == SwitchState::Off)
    }

    /// The switches that are off.
    pub fn off(&self) -> impl Iterator<Item = SwitchName> {
        SwitchName::ALL.iter().copied().filter(|name| self.state(*name) == SwitchState::Off)
    }
}
