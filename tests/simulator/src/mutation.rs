//! [`Mutation`]: a defect that is put into the code at the seam, to see whether the simulator finds it.

use crate::world::State;
use serde_json::Value;

/// A defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {}

impl State {
    /// Changes what the code asks for.
    pub(crate) fn mutate_request(&mut self, _operation: &str, _request: &mut Value) {}

    /// Changes what the code is answered.
    pub(crate) fn mutate_answer(&mut self, _operation: &str, _request: &Value, _answer: &mut Value) {}
}
