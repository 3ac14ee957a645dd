//! Accounts: made through the API, as players make them; or behind the back of the process, with a number of choice.

use crate::{Answer, Client, Request, Scenario};
use evens_ledger::UserId;
use evens_players::{Account, PhoneNumber, ReferralCode, Registration, Role};
use evens_store::{PasswordHash, SignUpOutcome};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A password that the policy allows.
pub const PASSWORD: &str = "correct horse";

/// The tokens of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For the header `Authorization`.
    pub access: String,
    /// For the next tokens.
    pub refresh: String,
}

/// A mobile number of India, another one for each number.
pub fn phone(number: u32) -> String {
    assert!(number < 100_000, "there are only so many numbers");
    format!("+9198765{number:05}")
}

impl Tokens {
    /// The tokens of an answer that opens a session, or carries one on.
    pub fn of(answer: &Answer) -> Self {
        assert!(answer.status() < 300, "{answer:?}");
        let tokens = &answer.json()["data"]["tokens"];
        let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        Self { access: text("accessToken"), refresh: text("refreshToken") }
    }
}

impl Scenario {
    /// An account of that number and role, to which nothing is owed. Nobody knows its password.
    pub async fn enrol(&self, number: u64, role: Role) -> Client {
        let account = Account { role, registration: Registration::Done, ..Self::account(number, None) };
        self.enrol_as(&account).await
    }

    /// That account, as it stands.
    pub async fn enrol_as(&self, account: &Account) -> Client {
        let nobodys = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA".to_owned());
        self.enrol_with(account, &nobodys).await
    }

    /// That account, with the hash of its password.
    pub async fn enrol_with(&self, account: &Account, password: &PasswordHash) -> Client {
        let signed_up = self.context().store.sign_up(account, password).await;
        assert!(matches!(signed_up, Ok(SignUpOutcome::SignedUp)), "{signed_up:?}");
        self.client(account.user.number(), account.role)
    }

    /// A new account of that number, whose phone number and referral code follow from it.
    pub fn account(number: u64, referred_by: Option<ReferralCode>) -> Account {
        let user = UserId::new(number).expect("a user");
        let phone: PhoneNumber = format!("+918{:09}", number % 1_000_000_000).parse().expect("a number");
        let bytes = number.to_be_bytes();
        let code = ReferralCode::from_random(std::array::from_fn(|place| bytes[place + 3]));
        Account::register(user, phone, None, code, referred_by, Timestamp::now())
    }

    /// Signs up, whatever is answered.
    pub async fn sign_up(&self, body: &Value) -> Answer {
        self.nobody().send(Request::new("POST", "/api/users/signup").json(body.to_string())).await
    }

    /// A player who has signed up.
    pub async fn signed_up(&self, phone: &str, password: &str) -> Client {
        let answer = self.sign_up(&json!({ "phoneNo": phone, "password": password })).await;
        self.session_of(&answer)
    }

    /// A player who has signed up with somebody's referral code.
    pub async fn referred(&self, phone: &str, code: &str) -> Client {
        let body = json!({ "phoneNo": phone, "password": PASSWORD, "referredBy": code });
        let answer = self.sign_up(&body).await;
        self.session_of(&answer)
    }

    /// The request that logs in.
    pub fn login_request(phone: &str, password: &str) -> Request {
        let body = json!({ "phoneNo": phone, "password": password });
        Request::new("POST", "/api/users/login").json(body.to_string())
    }

    /// Logs in, whatever is answered.
    pub async fn log_in(&self, phone: &str, password: &str) -> Answer {
        self.nobody().send(Self::login_request(phone, password)).await
    }

    /// Carries a session on, whatever is answered.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.with_refresh_token("/api/users/refresh", refresh_token).await
    }

    /// Ends a session, whatever is answered.
    pub async fn log_out(&self, refresh_token: &str) -> Answer {
        self.with_refresh_token("/api/users/logout", refresh_token).await
    }

    async fn with_refresh_token(&self, path: &str, refresh_token: &str) -> Answer {
        let body = json!({ "refreshToken": refresh_token });
        self.nobody().send(Request::new("POST", path).json(body.to_string())).await
    }

    /// The client of the session that an answer to a sign-up or login has opened.
    pub fn session_of(&self, answer: &Answer) -> Client {
        let Tokens { access, .. } = Tokens::of(answer);
        let user = answer.json()["data"]["user"]["userId"].as_u64().expect("a user");
        Client { user: UserId::new(user).expect("a user"), ..self.bearer(access) }
    }

    /// Blocks an account, or unblocks it, as an operator does.
    pub async fn set_blocked(&self, user: UserId, is_blocked: bool) {
        let written = self.context().store.set_blocked(user, is_blocked).await;
        assert!(matches!(written, Ok(evens_store::AccountWrite::Written(_))), "{written:?}");
    }
}

impl Client {
    /// The player as they see themselves.
    pub async fn me(&self) -> Value {
        self.get("/api/users/me").await.expect(200)["data"].clone()
    }

    /// The code that the player gives to others.
    pub async fn referral_code(&self) -> String {
        self.me().await["referringCode"].as_str().expect("a code").to_owned()
    }
}
