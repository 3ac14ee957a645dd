//! A table and queues per test, a provider with scripted statements, and money movements.

use async_trait::async_trait;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use evens_doubles::embedded;
use evens_engines::Engines;
use evens_ledger::{ProviderName, Transfer};
use evens_payments::{
    CallError, Currency, DepositOrder, Direction, Dispute, DisputeReport, Money, OpenDeposit, OrderId,
    PaymentReport, PaymentState, PayoutReport, ProviderEvent, RefundReport, ReportSource, StatementLine,
    settle_deposit,
};
use evens_providers::{
    ApiKey, EventFault, PaymentProvider, PaymentRequest, PaymentSettings, Payments, PayoutRequest,
    PendingPayment, Providers, RefundRequest, Sandbox, SandboxSettings, SignatureFault, StatementFault,
    StatementSource, Verified,
};
use evens_records::Record;
use evens_runtime::{Clock, Context, Settings};
use evens_store::{OrderOutcome, Store, migrate};
use hyper::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

/// The sandbox's secret. It is never called.
const SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// A provider that returns the scripted statement files and supports nothing else. It parses them like the sandbox.
#[derive(Debug)]
pub(crate) struct StatementProvider {
    sandbox: Sandbox,
    files: Arc<Mutex<Files>>,
}

#[derive(Debug, Default)]
pub(crate) struct Files {
    lines: BTreeMap<Date, Vec<String>>,
    pub(crate) asked: Vec<Date>,
    pub(crate) is_silent: bool,
}

impl StatementProvider {
    fn new(files: Arc<Mutex<Files>>) -> Self {
        let settings = SandboxSettings {
            name: name(),
            endpoint: "http://127.0.0.1:9".parse().expect("an address"),
            key: "a-key-that-nobody-asks-for".parse::<ApiKey>().expect("a key"),
            secrets: SECRET.parse().expect("a secret"),
        };
        Self { sandbox: Sandbox::new(settings).expect("a sandbox"), files }
    }

    fn file(&self, day: Date) -> Result<Vec<u8>, CallError> {
        let mut files = self.files.lock().expect("the files");
        files.asked.push(day);
        if files.is_silent {
            return Err(CallError::Refused { code: "no-statement".to_owned() });
        }
        let lines = files.lines.get(&day).cloned().unwrap_or_default();
        Ok(format!("at,kind,id,reference,amount,currency\n{}", lines.concat()).into_bytes())
    }
}

#[async_trait]
impl PaymentProvider for StatementProvider {
    fn name(&self) -> &ProviderName {
        self.sandbox.name()
    }

    async fn open_payment(&self, _: PaymentRequest<'_>) -> Result<PendingPayment, CallError> {
        Err(CallError::Unknown)
    }

    async fn find_payments(&self, _: OrderId) -> Result<Vec<PaymentReport>, CallError> {
        Err(CallError::Unknown)
    }

    async fn find_dispute(&self, _: &DisputeReport) -> Result<Option<Dispute>, CallError> {
        Err(CallError::Unknown)
    }

    async fn refund(&self, _: RefundRequest<'_>) -> Result<RefundReport, CallError> {
        Err(CallError::Unknown)
    }

    async fn send_payout(&self, _: PayoutRequest<'_>) -> Result<PayoutReport, CallError> {
        Err(CallError::Unknown)
    }

    async fn find_payouts(&self, _: OrderId) -> Result<Vec<PayoutReport>, CallError> {
        Err(CallError::Unknown)
    }

    fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureFault> {
        self.sandbox.verify(headers, body, now)
    }

    fn read(&self, callback: Verified<'_>) -> Result<Vec<ProviderEvent>, EventFault> {
        self.sandbox.read(callback)
    }

    async fn fetch_statement(&self, day: Date, into: &mut (dyn Write + Send)) -> Result<(), CallError> {
        into.write_all(&self.file(day)?).map_err(|_| CallError::Unknown)
    }

    fn read_statement(
        &self,
        source: &mut dyn StatementSource,
        each: &mut dyn FnMut(StatementLine),
    ) -> Result<(), StatementFault> {
        self.sandbox.read_statement(source, each)
    }
}

pub(crate) fn name() -> ProviderName {
    "sandbox".parse().expect("a name")
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The context of a test. Dropping it stops the engines.
pub(crate) struct World {
    pub(crate) context: Context,
    pub(crate) payments: Payments,
    pub(crate) files: Arc<Mutex<Files>>,
    pub(crate) sqs: aws_sdk_sqs::Client,
    _engines: Engines,
}

impl World {
    pub(crate) async fn new() -> Self {
        let engines = Engines::start(None).await.expect("engines");
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("local"))
            .endpoint_url(engines.dynamodb_url())
            .http_client(engines.http_client())
            .credentials_provider(Credentials::new(engines.access_key(), "any", None, None, "test"));
        let client = Client::from_conf(config.build());
        migrate(&client, "evens-test").await.expect("a table");
        let store = Store::new(client, "evens-test".to_owned());
        let (sqs, queues) = embedded::queues().await;
        let context = evens_doubles::context_of(store, queues, &evens_doubles::signer(), Settings::local());
        let files = Arc::<Mutex<Files>>::default();
        let provider = Arc::new(StatementProvider::new(Arc::clone(&files)));
        let providers =
            Providers::new(provider, [], &Clock::fixed(evens_doubles::now())).expect("one provider");
        let payments = Payments::with_providers(PaymentSettings::default(), Some(providers));
        Self { context, payments, files, sqs, _engines: engines }
    }

    /// Adds a line to the provider's statement of a day: `kind,id,reference,amount`, at 10:00 UTC.
    pub(crate) fn states(&self, on: &str, line: &str) {
        let text = format!("{on}T10:00:00Z,{line},INR\n");
        self.files.lock().expect("the files").lines.entry(day(on)).or_default().push(text);
    }

    /// Opens a deposit of 100 on a day.
    pub(crate) async fn open(&self, key: &str, on: &str) -> DepositOrder {
        let user = evens_ledger::UserId::new(41).expect("a user");
        let asked = OpenDeposit {
            order: OrderId::derive(Direction::Deposit, user, &key.parse().expect("a key")),
            user,
            money: Money::parse("100".parse().expect("an amount"), Currency::INR).expect("money"),
            provider: name(),
            barred: None,
            session_epoch: 0,
        };
        let rules = &self.payments.deposits;
        let opened = self.context.store.open_deposit(&asked, rules, at(&format!("{on}T09:00:00Z"))).await;
        opened.expect("the table").expect("nothing stands in its way")
    }

    /// Credits the deposit on a day. `paid_at` is the provider's time of payment.
    pub(crate) async fn credit(&self, order: &DepositOrder, on: &str, paid_at: Option<&str>) {
        let now = at(&format!("{on}T10:00:01Z"));
        let report = PaymentReport {
            provider: name(),
            id: format!("pay-{}", order.terms.id).parse().expect("an id"),
            reference: order.terms.id,
            money: order.terms.money,
            state: PaymentState::Paid,
            at: paid_at.map(|on| at(&format!("{on}T10:00:00Z"))),
            source: ReportSource::Asked,
        };
        let rule = |input: evens_payments::SettleDepositInput<'_>| {
            settle_deposit(&report, input, &self.payments.deposits, now)
        };
        let changed = self.context.store.change_deposit(order.terms.id, now, rule).await.expect("the table");
        assert!(matches!(changed, OrderOutcome::Changed(_)), "{changed:?}");
    }

    /// A deposit that was credited and stated on the same day, with a fee of 2.
    pub(crate) async fn paid(&self, key: &str, on: &str) -> DepositOrder {
        let order = self.open(key, on).await;
        self.credit(&order, on, Some(on)).await;
        let id = order.terms.id;
        self.states(on, &format!("payment,pay-{id},{id},10000"));
        self.states(on, &format!("payment-fee,pay-{id},{id},-200"));
        order
    }

    /// All transfers as pairs of key and amount.
    pub(crate) async fn transfers(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let each = |record| {
            if let Ok(Record::Transfer(Transfer { key, amount, .. })) = record {
                found.push((key.to_string(), amount.to_string()));
            }
        };
        self.context.store.scan(each).await.expect("the table");
        found.sort();
        found
    }
}
