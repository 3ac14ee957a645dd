//! [`Figure`]: one measured value, the better direction, and its limit.

use serde::Serialize;

/// The better direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Better {
    Higher,
    Lower,
    /// Neither: it only says how reliable the others are.
    Neither,
}

/// The limit of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) enum Limit {
    Below(f64),
    Above(f64),
    AtMost(f64),
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

#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) value: f64,
    pub(crate) better: Better,
    /// The promised limit for Evens, if any.
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

    /// Prefixes the name with a phase of the measurement.
    pub(crate) fn of_phase(self, phase: &str) -> Self {
        Self { name: format!("{phase}: {}", self.name), ..self }
    }
}
