//! [`PagePolicy`]: the headers that say what a page may do.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use evens_runtime::StartError;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The limits of what pages may load, run and send. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct PagePolicy(HeaderValue);

impl PagePolicy {
    /// The policy of pages that pay at a provider of that origin; `None` without a provider.
    ///
    /// # Errors
    /// The origin does not fit into a header.
    pub(crate) fn new(checkout_origin: Option<&str>) -> Result<Self, StartError> {
        let form_action = match checkout_origin {
            // A checkout with parameters is posted there as a form.
            Some(origin) => format!("'self' {origin}"),
            None => "'self'".to_owned(),
        };
        // 'self' is also the WebSocket of the same host and port (CSP 3, "Does url match expression").
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             manifest-src 'self'; base-uri 'none'; form-action {form_action}; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types lit-html"
        );
        let value = HeaderValue::from_str(&policy).map_err(|error| {
            let hint = "look at the address in EVENS_PAYMENT_PROVIDER";
            StartError::new("the address of the payment provider does not fit into a header", hint)
                .caused_by(error)
        })?;
        Ok(Self(value))
    }

    pub(super) fn write(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.0.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
}

#[cfg(test)]
mod tests {
    use super::PagePolicy;

    #[test]
    fn forms_go_to_the_provider_and_nothing_else_does() {
        for (origin, form_action) in [
            (None, "; form-action 'self'; "),
            (Some("https://pay.test"), "; form-action 'self' https://pay.test; "),
        ] {
            let PagePolicy(value) = PagePolicy::new(origin).unwrap();
            let policy = value.to_str().unwrap();
            assert!(policy.contains(form_action), "{policy}");
            assert_eq!(policy.matches("pay.test").count(), usize::from(origin.is_some()), "{policy}");
        }
    }
}
