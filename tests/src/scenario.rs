//! [`Scenario`]: one running `evens`, and whoever plays with it.

use crate::books::Books;
use crate::process::Addresses;
use crate::{Answer, Client, Document, Process, Request};
use evens_contracts::{DeadLetterId, Job, Queue};
use evens_exchange::BetId;
use evens_ledger::{Amount, UserId};
use evens_notifications::{LogSender, Notifications};
use evens_queues::{Outgoing, Queues};
use evens_runtime::tokens::{Role, TokenSigner};
use evens_runtime::{Clients, Context, Endpoints, JobDone, JobError, Settings};
use jiff::{SignedDuration, Timestamp};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Waits until the condition gives a value; ends the test when that takes longer than `deadline`.
pub async fn await_until<T>(
    what: &str,
    deadline: Duration,
    mut condition: impl AsyncFnMut() -> Option<T>,
) -> T {
    let end = Instant::now() + deadline;
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(Instant::now() < end, "{what}: not within {deadline:?}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// A bet that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Its id.
    pub bet_id: String,
    /// The balance after it.
    pub balance: Amount,
}

/// One running `evens`, with a folder of its own.
#[derive(Debug)]
pub struct Scenario {
    /// When the scenario started.
    pub started: Timestamp,
    variables: &'static [(&'static str, &'static str)],
    process: Option<Process>,
    addresses: Addresses,
    /// Where the process finds engines that are not its own.
    through: Option<Addresses>,
    signer: TokenSigner,
    http: reqwest::Client,
    document: Arc<Document>,
    context: Context,
    sqs: aws_sdk_sqs::Client,
    // Last, so that the process is gone when its folder goes.
    folder: TempDir,
}

impl Scenario {
    /// How long what was asked for may take to end on a busy machine.
    pub const DEADLINE: Duration = Duration::from_mins(1);

    /// Whose account has the role of an operator.
    pub const OPERATOR: u64 = 900_001;
    /// Whose account has the role of an oracle.
    pub const ORACLE: u64 = 900_002;

    /// A process with the settings of a machine whose environment says nothing.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A process with these variables.
    pub async fn start_with(variables: &'static [(&'static str, &'static str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (process, addresses) = Process::serve(folder.path(), variables).await;
        Self::of_process(process, addresses, None, folder, variables).await
    }

    /// A process with its data in a new folder of that one.
    pub async fn start_in(parent: &Path, variables: &'static [(&'static str, &'static str)]) -> Self {
        let folder = tempfile::tempdir_in(parent).expect("a folder");
        let (process, addresses) = Process::serve(folder.path(), variables).await;
        Self::of_process(process, addresses, None, folder, variables).await
    }

    /// A process over engines that are not its own, which it reaches at `through`.
    pub async fn start_over(
        engines: Addresses,
        through: Addresses,
        variables: &'static [(&'static str, &'static str)],
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let migrated = Process::run(folder.path(), &["migrate"], &engines.variables(variables)).await;
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        let (process, api) = Process::serve_over(folder.path(), &through, variables).await;
        let addresses = Addresses { api: Some(api), ..engines };
        Self::of_process(process, addresses, Some(through), folder, variables).await
    }

    async fn of_process(
        process: Process,
        addresses: Addresses,
        through: Option<Addresses>,
        folder: TempDir,
        variables: &'static [(&'static str, &'static str)],
    ) -> Self {
        let started = Timestamp::now();
        let key = fs::read(folder.path().join("data/token-signing-key.pkcs8")).expect("the signing key");
        let settings = Settings::local();
        let signer = TokenSigner::from_pkcs8("local", &key, settings.token_issuer, settings.token_audience);
        let signer = signer.expect("a signing key");
        let (context, sqs) = connect(&addresses, variables).await;
        let http = Client::http();
        let document = read_document(&http, &addresses).await;
        let process = Some(process);
        let scenario = Self {
            started,
            variables,
            process,
            addresses,
            through,
            signer,
            http,
            document,
            context,
            sqs,
            folder,
        };
        scenario.enrol(Self::OPERATOR, Role::Operator).await;
        scenario.enrol(Self::ORACLE, Role::Oracle).await;
        scenario
    }

    /// A player's client. He has no account: that is given by [`Scenario::signed_up`], and money by [`Scenario::fund`].
    pub fn player(&self, number: u64) -> Client {
        self.client(number, Role::Player)
    }

    /// A player's client, with money in the wallet.
    pub async fn funded(&self, number: u64, amount: &str) -> Client {
        self.fund(number, amount).await;
        self.player(number)
    }

    /// An operator's client.
    pub fn operator(&self) -> Client {
        self.client(Self::OPERATOR, Role::Operator)
    }

    /// An oracle's client.
    pub fn oracle(&self) -> Client {
        self.client(Self::ORACLE, Role::Oracle)
    }

    /// A client whose token says that role, whatever the account says.
    pub fn client(&self, number: u64, role: Role) -> Client {
        let user = UserId::new(number).expect("a user");
        let token = self.signer.sign(user, role, Timestamp::now(), Duration::from_hours(1));
        Client { token: Some(token.expect("a token")), ..self.anonymous(user) }
    }

    /// A client with that token.
    pub fn bearer(&self, token: impl Into<String>) -> Client {
        Client { token: Some(token.into()), ..self.anonymous(UserId::new(1).expect("a user")) }
    }

    /// A client without a token.
    pub fn nobody(&self) -> Client {
        self.anonymous(UserId::new(1).expect("a user"))
    }

    fn anonymous(&self, user: UserId) -> Client {
        let (http, document) = (self.http.clone(), self.document.clone());
        Client { user, token: None, api: self.api(), http, document }
    }

    /// The signer of this system's tokens.
    pub fn signer(&self) -> &TokenSigner {
        &self.signer
    }

    /// Where the API is.
    pub fn api(&self) -> std::net::SocketAddr {
        self.addresses.api.expect("an API")
    }

    /// The folder that holds the folder `data` and the log.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the process wrote to stderr.
    pub fn log(&self) -> String {
        self.process.as_ref().map(Process::log).unwrap_or_default()
    }

    /// The engines that the process uses, for what is done behind its back, and for handlers that run beside its own.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The queues, for what the system itself never does with them.
    pub fn sqs(&self) -> &aws_sdk_sqs::Client {
        &self.sqs
    }

    /// Puts money from the house into a wallet.
    pub async fn fund(&self, number: u64, amount: &str) {
        let user = UserId::new(number).expect("a user");
        let order = format!("fund-{number}-{}", Timestamp::now().as_nanosecond());
        let amount = amount.parse().expect("an amount");
        let funded = self.context.store.fund_wallet(user, amount, &order, Timestamp::now()).await;
        assert!(matches!(funded, Ok(evens_store::FundOutcome::Funded(_))), "{funded:?}");
    }

    /// Ends the process without warning; [`Scenario::restart`] starts the next one.
    pub async fn kill_9(&mut self) {
        self.process.take().expect("a running process").kill().await;
    }

    /// Starts a process whose engines are away: it says so and ends.
    pub async fn fail_to_start(&self) {
        let through = self.through.as_ref().expect("engines that are not the process's own");
        let variables = through.variables(self.variables);
        let exit = Process::run(self.folder(), &["--listen", "127.0.0.1:0"], &variables).await;
        assert_eq!(exit.code, Some(1), "{exit:?}");
        assert!(exit.stderr.contains("hint:"), "{exit:?}");
    }

    /// How long the process took from its start until it served.
    pub fn served_after(&self) -> Duration {
        self.process.as_ref().expect("a running process").served_after()
    }

    /// Sends the process a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        self.process.as_ref().expect("a running process").signal(name);
    }

    /// Asks the process to end; it does so within 30 s, and without an error.
    pub async fn stop(&mut self) {
        let code = self.process.take().expect("a running process").terminate().await;
        assert_eq!(code, Some(0), "the end of a process that was asked to end");
    }

    /// Starts a process over the same data. Clients that were made before do not know where it is.
    pub async fn restart(&mut self) {
        if self.process.is_some() {
            self.stop().await;
        }
        let folder = self.folder.path();
        let (process, addresses) = match &self.through {
            None => Process::serve(folder, self.variables).await,
            Some(through) => {
                let (process, api) = Process::serve_over(folder, through, self.variables).await;
                (process, Addresses { api: Some(api), ..self.addresses.clone() })
            }
        };
        (self.process, self.addresses) = (Some(process), addresses);
        (self.context, self.sqs) = connect(&self.addresses, self.variables).await;
        self.document = read_document(&self.http, &self.addresses).await;
    }

    /// Sweeps as if it were two minutes later: whatever is there has been left behind.
    pub async fn sweep_later(&self) {
        self.sweep_after(SignedDuration::from_mins(2)).await;
    }

    /// Sweeps as if it were so much later.
    pub async fn sweep_after(&self, later: SignedDuration) {
        let swept = evens_sweep::handle(&self.context, Timestamp::now() + later).await;
        swept.expect("a sweep");
    }

    /// Works on a job beside the pollers of the process.
    pub async fn work(&self, job: Job) -> Result<JobDone, JobError> {
        let (context, now) = (&self.context, Timestamp::now());
        match job.queue() {
            Queue::Match => evens_match::handle(context, job, now).await,
            Queue::Settle => evens_settle::handle(context, job, now).await,
            Queue::Refund => evens_refund::handle(context, job, now).await,
            Queue::Rounds => evens_finish_round::handle(context, job, now).await,
            Queue::Registration => evens_registration::handle(context, job, now).await,
            Queue::Attendance => evens_attendance::handle(context, job, now).await,
            Queue::Notifications => Notifications::new(LogSender).notify(&context.clock, job).await,
        }
    }

    /// Sends jobs through their queues, as messages of their own.
    pub async fn send_again(&self, jobs: impl IntoIterator<Item = (Job, String)>) {
        let now = Timestamp::now().as_nanosecond().unsigned_abs();
        let mut nudge = u64::try_from(now % u128::from(u64::MAX)).expect("a number");
        let outgoing = jobs.into_iter().map(|(job, group)| {
            nudge += 1;
            Outgoing::new(job, group).nudged(nudge)
        });
        self.context.queues.send(outgoing.collect()).await.expect("sent");
    }

    /// Waits until no queue holds a message that is to be worked on.
    pub async fn await_idle(&self) {
        await_until("queues without messages", Self::DEADLINE, async || self.is_idle().await.then_some(()))
            .await;
    }

    async fn is_idle(&self) -> bool {
        use aws_sdk_sqs::types::QueueAttributeName::{
            ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed,
            ApproximateNumberOfMessagesNotVisible,
        };
        for queue in Queue::ALL {
            let url = self.queue_url(queue).await;
            let asked = self.sqs.get_queue_attributes().queue_url(url);
            let asked = asked
                .attribute_names(ApproximateNumberOfMessages)
                .attribute_names(ApproximateNumberOfMessagesDelayed)
                .attribute_names(ApproximateNumberOfMessagesNotVisible);
            let answer = asked.send().await.expect("the state of a queue");
            if answer.attributes.into_iter().flatten().any(|(_, count)| count != "0") {
                return false;
            }
        }
        true
    }

    /// Where a queue is.
    pub async fn queue_url(&self, queue: Queue) -> String {
        let name = queue.full_name("local");
        let found = self.sqs.get_queue_url().queue_name(name).send().await.expect("a queue");
        found.queue_url.expect("a url")
    }

    async fn dead_letter_url(&self, queue: Queue) -> String {
        let name = queue.dead_letter_name("local");
        let found = self.sqs.get_queue_url().queue_name(name).send().await.expect("a queue");
        found.queue_url.expect("a url")
    }

    /// Waits for the record of a job that was given up, and takes it out of its queue.
    pub async fn take_dead_letter(&self, queue: Queue) -> serde_json::Value {
        let url = self.dead_letter_url(queue).await;
        let message = await_until("a dead letter", Self::DEADLINE, async || {
            let received = self.sqs.receive_message().queue_url(&url).send().await.expect("messages");
            received.messages.unwrap_or_default().pop()
        })
        .await;
        let deleted = self.sqs.delete_message().queue_url(&url).set_receipt_handle(message.receipt_handle);
        deleted.send().await.expect("deleted");
        serde_json::from_str(&message.body.expect("a body")).expect("a record")
    }

    /// Puts a message into the dead-letter queue of a queue, as SQS does with what no worker could give up itself.
    pub async fn put_dead_letter(&self, queue: Queue, group: &str, body: &str) -> DeadLetterId {
        // Every message is one of its own.
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let sent = self.sqs.send_message().queue_url(self.dead_letter_url(queue).await);
        let sent = sent.message_group_id(group).message_body(body);
        let sent = sent.message_deduplication_id(format!("put-{number}")).send().await.expect("sent");
        DeadLetterId::new(queue, sent.message_id.expect("an id"))
    }

    /// Deletes whatever is in the dead-letter queue of a queue.
    pub async fn delete_dead_letters(&self, queue: Queue) {
        let url = self.dead_letter_url(queue).await;
        self.sqs.purge_queue().queue_url(url).send().await.expect("an empty queue");
    }

    /// How many messages of a queue were given up.
    pub async fn dead_letters(&self, queue: Queue) -> usize {
        let asked = self.sqs.get_queue_attributes().queue_url(self.dead_letter_url(queue).await);
        let asked =
            asked.attribute_names(aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages);
        let answer = asked.send().await.expect("the state of a queue");
        let count = answer.attributes.into_iter().flatten().next().map(|(_, count)| count);
        count.and_then(|count| count.parse().ok()).expect("a count")
    }

    /// The whole table.
    pub async fn books(&self) -> Books {
        Books::read(&self.context.store).await.expect("the table")
    }

    /// Waits until everything has ended that was not left waiting for an opponent, and checks the books.
    pub async fn await_ended(&self) -> Books {
        self.await_ended_within(Self::DEADLINE).await
    }

    /// The same, for what takes longer.
    pub async fn await_ended_within(&self, deadline: Duration) -> Books {
        let end = Instant::now() + deadline;
        loop {
            let is_idle = self.is_idle().await;
            if is_idle {
                let books = self.books().await;
                if books.unended() == 0 {
                    assert_eq!(books.offences(), [""; 0]);
                    return books;
                }
            }
            if Instant::now() >= end {
                let books = self.books().await;
                let (unended, waiting) = (books.unended(), books.waiting.len());
                panic!(
                    "{unended} bets and matches have not ended within {deadline:?}, {waiting} of them wait"
                );
            }
            sleep(Duration::from_millis(if is_idle { 200 } else { 50 })).await;
        }
    }

    /// Ends the scenario: nothing is under way, the books add up, nothing was given up, the log has no error, and the
    /// process ends when it is asked to.
    pub async fn finish(self) -> Books {
        self.finish_despite(&[]).await
    }

    /// The same, but for errors in the log that say one of these.
    pub async fn finish_despite(mut self, expected: &[&str]) -> Books {
        self.await_idle().await;
        for queue in Queue::ALL {
            assert_eq!(self.dead_letters(queue).await, 0, "dead letters of {}", queue.name());
        }
        let books = self.books().await;
        // The command of the auditor, beside the running system.
        let arguments: &[&str] =
            if books.unended() == 0 { &["verify", "--json", "--ended"] } else { &["verify", "--json"] };
        let verified = match self.through {
            None => Process::run(self.folder(), arguments, self.variables).await,
            Some(_) => {
                Process::run(self.folder(), arguments, &self.addresses.variables(self.variables)).await
            }
        };
        assert_eq!(verified.code, Some(0), "{arguments:?}: {verified:#?}");
        let log = self.log();
        let is_expected = |line: &str| expected.iter().any(|text| line.contains(text));
        let is_error = |line: &str| line.contains("ERROR") || line.contains("panicked");
        let errors: Vec<_> = log.lines().filter(|line| is_error(line) && !is_expected(line)).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        self.stop().await;
        books
    }
}

/// Shows the end of what the process said, where a test fails.
impl Drop for Scenario {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().filter(|line| is_telling(line)).collect();
            let last = &lines[lines.len().saturating_sub(40)..];
            eprintln!("---- the end of what evens wrote to stderr\n{}", last.join("\n"));
        }
    }
}

/// Not the banner, and not that a machine full of tests is slow.
fn is_telling(line: &str) -> bool {
    (line.contains("WARN") || line.contains("ERROR") || line.contains("panicked"))
        && !line.contains("Slow request")
}

async fn connect(addresses: &Addresses, variables: &[(&str, &str)]) -> (Context, aws_sdk_sqs::Client) {
    let endpoints =
        Endpoints { dynamodb: Some(addresses.dynamodb.clone()), sqs: Some(addresses.sqs.clone()) };
    let settings = Settings::from_lookup(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    let settings = settings.expect("settings");
    let clients = Clients::connect(&endpoints).await.expect("clients");
    let queues = Queues::resolve(clients.sqs.clone(), settings.stage.as_str()).await.expect("the queues");
    let context = Context::from_settings(settings, &endpoints).await.expect("a context");
    (Context { queues, ..context }, clients.sqs)
}

async fn read_document(http: &reqwest::Client, addresses: &Addresses) -> Arc<Document> {
    let api = addresses.api.expect("an API");
    let healthy = http.get(format!("http://{api}/health")).send().await.expect("an answer");
    assert_eq!(healthy.status(), 200, "the health of a process that serves");
    let answer = http.get(format!("http://{api}/openapi.json")).send().await.expect("an answer");
    Arc::new(Document(answer.json().await.expect("a document")))
}

impl Client {
    /// The request that places a bet.
    pub fn bet_request(&self, round: &str, side: &str, amount: &str) -> Request {
        let body =
            format!(r#"{{"userId":{},"roundId":"{round}","amount":{amount},"side":"{side}"}}"#, self.user);
        Request::new("POST", "/api/bets").json(body)
    }

    /// Places a bet that must be taken.
    pub async fn bet(&self, round: &str, side: &str, amount: &str) -> Placed {
        let answer = self.send(self.bet_request(round, side, amount)).await;
        Placed::of(&answer)
    }

    /// Places a bet, whatever is answered.
    pub async fn try_bet(&self, round: &str, side: &str, amount: &str) -> Answer {
        self.send(self.bet_request(round, side, amount)).await
    }

    /// A bet as it stands.
    pub async fn read_bet(&self, bet_id: &str) -> serde_json::Value {
        self.get(&format!("/api/bets/{bet_id}")).await.expect(200)["data"].clone()
    }

    /// What can be spent.
    pub async fn balance(&self) -> Amount {
        self.get("/api/wallet").await.amount("data.balance")
    }

    /// Waits until a bet has that status.
    pub async fn await_status(&self, bet_id: &str, status: &str) -> serde_json::Value {
        await_until(&format!("bet {bet_id} is {status}"), Scenario::DEADLINE, async || {
            let bet = self.read_bet(bet_id).await;
            (bet["status"] == status).then_some(bet)
        })
        .await
    }
}

impl Placed {
    /// Reads the answer to a bet that was taken.
    pub fn of(answer: &Answer) -> Self {
        let body = answer.expect(202);
        let bet_id = body["data"]["betId"].as_str().expect("an id").to_owned();
        Self { bet_id, balance: answer.amount("data.balance") }
    }

    /// The id as a type.
    pub fn id(&self) -> BetId {
        self.bet_id.parse().expect("an id")
    }
}
