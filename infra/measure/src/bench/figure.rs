//! [`Figure`]: one thing that was measured once, which way is better, and what it must keep.

use serde::Serialize;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Better {
    /// More of it.
    Higher,
    /// Less of it.
    Lower,
    /// Neither: it says how far the others can be trusted.
    Neither,
}

/// What a figure must keep.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) enum Limit {
    /// Less than that.
    Below(f64),
    /// More than that.
    Above(f64),
    /// That or less.
    AtMost(f64),
    /// That or more.
    AtLeast(f64),
}

impl Limit {
    pub(crate) fn holds(self, value: f64) -> bool {
        match self {
            Self::Below(limit) => value < limit,
            Self::Above(limit) => value > limit,
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    pub(crate) fn text(self) -> String {
        match self {
            Self::Below(limit) => format!("< {limit}"),
            Self::Above(limit) => format!("> {limit}"),
            Self::AtMost(limit) => format!("<= {limit}"),
            Self::AtLeast(limit) => format!(">= {limit}"),
        }
    }
}

/// One figure of one run.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) better: Better,
    /// What Evens must keep, where that was promised.
    pub(crate) limit: Option<Limit>,
}

impl Figure {
    pub(crate) fn higher(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, better: Better::Higher, limit: None }
    }

    pub(crate) fn lower(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, better: Better::Lower, limit: None }
    }

    pub(crate) fn note(name: impl Into<String>, value: f64) -> Self {
        Self { name: name.into(), value, better: Better::Neither, limit: None }
    }

    pub(crate) fn below(self, limit: f64) -> Self {
        Self { limit: Some(Limit::Below(limit)), ..self }
    }

    pub(crate) fn above(self, limit: f64) -> Self {
        Self { limit: Some(Limit::Above(limit)), ..self }
    }

    pub(crate) fn at_most(self, limit: f64) -> Self {
        Self { limit: Some(Limit::AtMost(limit)), ..self }
    }

    pub(crate) fn at_least(self, limit: f64) -> Self {
        Self { limit: Some(Limit::AtLeast(limit)), ..self }
    }

    /// The same figure of one phase of a measure.
    pub(crate) fn of_phase(self, phase: &str) -> Self {
        Self { name: format!("{phase}: {}", self.name), ..self }
    }
}
