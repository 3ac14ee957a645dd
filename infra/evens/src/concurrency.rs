//! [`Concurrency`]: the number of pollers of each queue.

use evens_contracts::Queue;
use evens_runtime::{StartError, variable};
use std::collections::BTreeMap;

/// The number of pollers of each queue: the values of the table of queues, overridden by `EVENS_CONCURRENCY`.
///
/// Each poller processes one batch at a time, so this limits the batches processed at once. Every queue has a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Concurrency(BTreeMap<Queue, u32>);

impl Concurrency {
    const VARIABLE: &'static str = "EVENS_CONCURRENCY";
    /// With more pollers, jobs would only wait for the table.
    const POLLERS_MAX: u32 = 100;
    /// For the embedded engine, which processes one operation at a time. More match jobs at once would not finish
    /// sooner. They would compete for the same opponents and delay new bets.
    const MATCH_EMBEDDED: u32 = 3;

    /// Reads the environment.
    ///
    /// # Errors
    /// Returns the first part of the variable that is not `queue=number`, with an existing queue that is named once and
    /// a number from 1 to 100.
    pub(crate) fn from_env() -> Result<Self, StartError> {
        Self::parse(&variable(Self::VARIABLE).unwrap_or_default())
    }

    /// Applies the defaults for the embedded engine, which the environment overrides.
    pub(crate) fn over_embedded_engine(mut self) -> Self {
        self.0.entry(Queue::Match).or_insert(Self::MATCH_EMBEDDED);
        self
    }

    pub(crate) fn of(&self, queue: Queue) -> u32 {
        self.0.get(&queue).copied().unwrap_or_else(|| queue.rules().concurrency)
    }

    fn parse(text: &str) -> Result<Self, StartError> {
        let mut pollers = BTreeMap::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (queue, number) = parse_part(part).ok_or_else(|| {
                let message = format!("{} contains {part:?}, which is invalid", Self::VARIABLE);
                let (max, names) = (Self::POLLERS_MAX, Queue::NAMES);
                let hint =
                    format!("write queue=number, with a number from 1 to {max} and a queue of {names}");
                StartError::new(message, hint)
            })?;
            if pollers.insert(queue, number).is_some() {
                let message = format!("{} names {} twice", Self::VARIABLE, queue.name());
                return Err(StartError::new(message, "name each queue once"));
            }
        }
        Ok(Self(pollers))
    }
}

fn parse_part(part: &str) -> Option<(Queue, u32)> {
    let (name, number) = part.split_once('=')?;
    let queue = Queue::ALL.into_iter().find(|queue| queue.name() == name.trim())?;
    let number = number.trim().parse().ok()?;
    (1..=Concurrency::POLLERS_MAX).contains(&number).then_some((queue, number))
}

#[cfg(test)]
mod tests {
    use super::Concurrency;
    use evens_contracts::Queue;

    #[test]
    fn a_box_has_the_pollers_of_the_table() {
        let pollers = Concurrency::parse("").unwrap();
        assert_eq!(pollers.of(Queue::Match), 5);
        for queue in Queue::ALL {
            assert_eq!(pollers.of(queue), queue.rules().concurrency, "{queue:?}");
        }
    }

    #[test]
    fn the_setting_overrides_the_table_of_queues() {
        let pollers = Concurrency::parse(" match=12, registration = 1,").unwrap();
        let some = [Queue::Match, Queue::Registration, Queue::Settle];
        assert_eq!(some.map(|queue| pollers.of(queue)), [12, 1, 3]);
        let pollers = pollers.over_embedded_engine();
        assert_eq!(some.map(|queue| pollers.of(queue)), [12, 1, 3]);
        let pollers = Concurrency::parse("").unwrap().over_embedded_engine();
        assert_eq!(some.map(|queue| pollers.of(queue)), [3, 8, 3]);
    }

    #[test]
    fn an_invalid_concurrency_is_refused() {
        let rows = [
            "match",
            "match=",
            "match=0",
            "match=-1",
            "match=101",
            "match=many",
            "=3",
            "matches=3",
            "Match=3",
            "match=3,match=4",
            "match=3;settle=2",
        ];
        for text in rows {
            assert!(Concurrency::parse(text).is_err(), "{text}");
        }
    }
}
