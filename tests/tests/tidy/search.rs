//! Metric searches, which dashboards use in place of metric names.

use std::collections::BTreeSet;

/// A metric search: `SEARCH('{namespace,dimension} MetricName="…" dimension=word NOT dimension=word', …)`.
pub(crate) struct Search {
    pub(crate) namespace: String,
    pub(crate) dimensions: Vec<String>,
    /// Terms: a dimension or `MetricName`, the value, and whether it must match.
    terms: Vec<(String, String, bool)>,
}

impl Search {
    pub(crate) fn parse(expression: &str) -> Option<Self> {
        let (schema, terms) = expression.strip_prefix("SEARCH('{")?.split_once('\'')?.0.split_once("} ")?;
        let mut schema = schema.split(',').map(str::to_owned);
        let (mut parsed, mut is_wanted) = (Vec::new(), true);
        for term in terms.split_whitespace() {
            let Some((of, value)) = term.split_once('=') else {
                is_wanted = term != "NOT";
                continue;
            };
            parsed.push((of.to_owned(), value.to_owned(), is_wanted));
            is_wanted = true;
        }
        Some(Self { namespace: schema.next()?, dimensions: schema.collect(), terms: parsed })
    }

    /// The required value of a dimension or of `MetricName`.
    pub(crate) fn wanted(&self, of: &str) -> Option<&str> {
        let wanted = self.terms.iter().find(|(known, _, is_wanted)| known == of && *is_wanted);
        wanted.map(|(_, value, _)| value.trim_matches('"'))
    }

    /// Returns whether the search finds a metric with this value of one dimension. An unquoted value matches by words,
    /// a quoted one exactly.
    pub(crate) fn finds(&self, namespace: &str, metric: &str, dimension: &str, value: &str) -> bool {
        let fits = |(of, wanted, is_wanted): &(String, String, bool)| {
            let found = if of == "MetricName" {
                metric
            } else if of == dimension {
                value
            } else {
                return true;
            };
            let is_found = match wanted.strip_prefix('"').and_then(|wanted| wanted.strip_suffix('"')) {
                Some(all) => found == all,
                None => words(wanted).is_subset(&words(found)),
            };
            is_found == *is_wanted
        };
        self.namespace == namespace
            && self.dimensions.iter().any(|known| known == dimension)
            && self.terms.iter().all(fits)
    }
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|part: char| !part.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

#[test]
fn a_search_finds_what_has_its_words() {
    let queues = |terms: &str| Search::parse(&format!("SEARCH('{{AWS/SQS,QueueName}} {terms}', 'Sum', 60)"));
    #[rustfmt::skip]
    let table = [
        (r#"MetricName="Visible""#,                                     true),
        (r#"MetricName="Visible" QueueName=evens"#,                     true),
        (r#"MetricName="Visible" QueueName=evens QueueName=match"#,     true),
        (r#"MetricName="Visible" NOT QueueName=dead QueueName=evens"#,  true),
        (r#"MetricName="Visible" QueueName=dead"#,                      false),
        (r#"MetricName="Visible" QueueName=even"#,                      false),
        (r#"MetricName="Visible" NOT QueueName=match"#,                 false),
        (r#"MetricName="NotVisible""#,                                  false),
    ];
    for (terms, expected) in table {
        let search = queues(terms).unwrap();
        assert_eq!(
            search.finds("AWS/SQS", "Visible", "QueueName", "evens-dev-match.fifo"),
            expected,
            "{terms}"
        );
        assert!(!search.finds("AWS/Lambda", "Visible", "QueueName", "evens-dev-match.fifo"), "{terms}");
    }
}
