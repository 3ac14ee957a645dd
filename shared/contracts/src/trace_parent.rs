//! [`TraceParent`]: the id that connects a request with everything that follows from it, as in W3C Trace Context.

use std::fmt;
use std::str::FromStr;

/// The header and message attribute `traceparent`: the trace, and the step in it that came before.
///
/// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`: version, trace, span, flags. Only the flag "sampled" is
/// kept. It is a hint for readers of logs, and no decision depends on it, so clients may choose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TraceParent {
    /// Not zero.
    trace: u128,
    /// Not zero.
    span: u64,
    is_sampled: bool,
}

/// The text is not a valid `traceparent` of W3C Trace Context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a W3C Trace Context traceparent")]
pub struct TraceParentError;

impl TraceParent {
    /// The name of the header and of the message attribute.
    pub const NAME: &'static str = "traceparent";

    /// A new trace, from random numbers: 16 bytes for the trace, 8 for its first span.
    pub fn start(random: [u8; 24]) -> Self {
        let mut trace = [0; 16];
        let mut span = [0; 8];
        trace.copy_from_slice(&random[..16]);
        span.copy_from_slice(&random[16..]);
        let trace = u128::from_be_bytes(trace).max(1);
        Self { trace, span: u64::from_be_bytes(span).max(1), is_sampled: false }
    }

    /// The next step of the same trace, from 8 random bytes.
    #[must_use]
    pub fn step(self, random: [u8; 8]) -> Self {
        Self { span: u64::from_be_bytes(random).max(1), ..self }
    }

    /// The trace as a number, never zero.
    pub fn trace(self) -> u128 {
        self.trace
    }

    /// The span as a number, never zero.
    pub fn span(self) -> u64 {
        self.span
    }

    /// The trace in 32 hexadecimal digits, as in logs.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }

    /// Parses the header `X-Amzn-Trace-Id` of AWS:
    /// `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`. Without a parent, the lower half
    /// of the root is used as the span.
    ///
    /// # Errors
    /// The root is missing or invalid.
    pub fn from_xray(text: &str) -> Result<Self, TraceParentError> {
        let field = |name: &str| {
            let fields = text.split(';').map(str::trim);
            fields
                .filter_map(|field| field.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value)
        };
        let root = field("Root").and_then(|root| root.strip_prefix("1-")).ok_or(TraceParentError)?;
        let (time, rest) = root.split_once('-').ok_or(TraceParentError)?;
        if time.len() != 8 || rest.len() != 24 {
            return Err(TraceParentError);
        }
        let trace = hexadecimal(&format!("{time}{rest}"))?;
        let span = match field("Parent") {
            Some(parent) if parent.len() == 16 => u64::try_from(hexadecimal(parent)?).unwrap_or(0),
            _ => u64::try_from(trace & u128::from(u64::MAX)).unwrap_or(0),
        };
        Self::checked(trace, span, field("Sampled") == Some("1"))
    }

    fn checked(trace: u128, span: u64, is_sampled: bool) -> Result<Self, TraceParentError> {
        let is_valid = trace != 0 && span != 0;
        if is_valid { Ok(Self { trace, span, is_sampled }) } else { Err(TraceParentError) }
    }
}

/// Accepts only digits and lowercase letters, because Trace Context refuses capitals.
fn hexadecimal(text: &str) -> Result<u128, TraceParentError> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if !text.bytes().all(is_digit) {
        return Err(TraceParentError);
    }
    u128::from_str_radix(text, 16).map_err(|_| TraceParentError)
}

impl FromStr for TraceParent {
    type Err = TraceParentError;

    /// For a later version, the known fields are read and the rest is ignored.
    fn from_str(text: &str) -> Result<Self, TraceParentError> {
        const LENGTH: usize = 55;
        let mut parts = text.split('-');
        let mut part =
            |length: usize| parts.next().filter(|part| part.len() == length).ok_or(TraceParentError);
        let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let is_known = match hexadecimal(version)? {
            0x00 => text.len() == LENGTH,
            0xff => false,
            _ => true,
        };
        let (trace, span, flags) = (hexadecimal(trace)?, hexadecimal(span)?, hexadecimal(flags)?);
        if !is_known {
            return Err(TraceParentError);
        }
        Self::checked(trace, u64::try_from(span).map_err(|_| TraceParentError)?, flags & 1 == 1)
    }
}

impl fmt::Display for TraceParent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace, span, is_sampled } = self;
        write!(formatter, "00-{trace:032x}-{span:016x}-{:02x}", u8::from(*is_sampled))
    }
}
