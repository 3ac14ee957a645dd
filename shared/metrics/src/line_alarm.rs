//! [`LineAlarm`]: an alarm that rings for lines of the log.

use strum::{IntoStaticStr, VariantArray};

/// An alarm that rings for lines of the log. Such a line has its name in the field `alarm`, so that its sentence can be
/// reworded. The filters that find these lines are written from here (`infra/stacks/src/lines.rs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum LineAlarm {
    /// A check of the books was ended by its time limit.
    BooksCutOff,
    /// A callback of a provider was refused.
    CallbackRefused,
    /// A callback of a provider was genuine, and could not be read.
    CallbackUnread,
    /// A day of a provider differs from the books. The field `kind` says how.
    DayDiffers,
    /// A person must look at an order. The field `reason` may say why.
    OrderForPeople,
    /// A provider did not answer, or did not confirm.
    ProviderSilent,
    SlowRequest,
}

impl LineAlarm {
    /// The value of the field `alarm`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
