//! Accounts, created through the API like players' accounts, or directly in the table with a chosen user id.

use crate::{Answer, Client, Request, Scenario};
use evens_credentials::{Codes, CredentialSettings, Credentials};
use evens_ledger::UserId;
use evens_players::{Account, PhoneNumber, ReferralCode, Registration, Role};
use evens_runtime::Stage;
use evens_runtime::tokens::TokenSigner;
use evens_store::PasswordHash;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::fs;

/// A password that the policy accepts.
pub const PASSWORD: &str = "correct horse";

/// The tokens of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// The token for the header `Authorization`.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
}

/// An Indian mobile number, different for each argument.
pub fn phone(number: u32) -> String {
    assert!(number < 100_000, "the test phone numbers are used up");
    format!("+9198765{number:05}")
}

impl Tokens {
    /// The tokens in an answer that opens or refreshes a session.
    pub fn of(answer: &Answer) -> Self {
        assert!(answer.status() < 300, "{answer:?}");
        let tokens = &answer.json()["data"]["tokens"];
        let text = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        Self { access: text("accessToken"), refresh: text("refreshToken") }
    }
}

impl Scenario {
    /// An account with this id and role, without outstanding work and with an unusable password.
    pub async fn enrol(&self, number: u64, role: Role) -> Client {
        let account = Account { role, registration: Registration::Done, ..Self::account(number, None) };
        self.enrol_as(&account).await
    }

    /// Stores this account with an unusable password.
    pub async fn enrol_as(&self, account: &Account) -> Client {
        let nobodys = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA".to_owned());
        self.enrol_with(account, &nobodys).await
    }

    /// Stores this account with this password hash.
    pub async fn enrol_with(&self, account: &Account, password: &PasswordHash) -> Client {
        evens_doubles::enrol(&self.context().store, account, password).await;
        self.client(account.user.number(), account.role)
    }

    /// A new account with this id, from which its phone number and referral code follow.
    pub fn account(number: u64, referred_by: Option<ReferralCode>) -> Account {
        let user = UserId::new(number).expect("a user");
        let phone: PhoneNumber = format!("+918{:09}", number % 1_000_000_000).parse().expect("a number");
        let bytes = number.to_be_bytes();
        let code = ReferralCode::from_random(std::array::from_fn(|place| bytes[place + 3]));
        Account::register(user, phone, None, code, referred_by, Timestamp::now())
    }

    /// Signs up and returns any answer.
    pub async fn sign_up(&self, body: &Value) -> Answer {
        self.visitor().send(Request::new("POST", "/api/users/signup").json(body.to_string())).await
    }

    /// Signs a player up.
    pub async fn signed_up(&self, phone: &str, password: &str) -> Client {
        let answer = self.sign_up(&json!({ "phoneNo": phone, "password": password })).await;
        self.session_of(&answer)
    }

    /// Signs a player up with a referral code.
    pub async fn referred(&self, phone: &str, code: &str) -> Client {
        let body = json!({ "phoneNo": phone, "password": PASSWORD, "referredBy": code });
        let answer = self.sign_up(&body).await;
        self.session_of(&answer)
    }

    /// The login request.
    pub fn login_request(phone: &str, password: &str) -> Request {
        let body = json!({ "phoneNo": phone, "password": password });
        Request::new("POST", "/api/users/login").json(body.to_string())
    }

    /// Logs in and returns any answer.
    pub async fn log_in(&self, phone: &str, password: &str) -> Answer {
        self.visitor().send(Self::login_request(phone, password)).await
    }

    /// Refreshes a session and returns any answer.
    pub async fn refresh(&self, refresh_token: &str) -> Answer {
        self.with_refresh_token("/api/users/refresh", refresh_token).await
    }

    /// Ends a session and returns any answer.
    pub async fn log_out(&self, refresh_token: &str) -> Answer {
        self.with_refresh_token("/api/users/logout", refresh_token).await
    }

    async fn with_refresh_token(&self, path: &str, refresh_token: &str) -> Answer {
        let body = json!({ "refreshToken": refresh_token });
        self.visitor().send(Request::new("POST", path).json(body.to_string())).await
    }

    /// The client of the session in an answer to a sign-up or login.
    pub fn session_of(&self, answer: &Answer) -> Client {
        let Tokens { access, .. } = Tokens::of(answer);
        let user = answer.json()["data"]["user"]["userId"].as_u64().expect("a user");
        Client { user: UserId::new(user).expect("a user"), ..self.bearer(access) }
    }

    /// The hashes of codes, under the key of this process.
    pub fn codes(&self) -> Codes {
        let key = fs::read(self.folder().join("data/token-signing-key.pkcs8")).expect("the signing key");
        let signer = TokenSigner::from_pkcs8("local", &key, "evens", "evens-api").expect("a signer");
        let settings = CredentialSettings::from_lookup(Stage::Local, |_| None).expect("settings");
        Credentials::new(signer, &settings).expect("credentials").codes
    }

    /// Blocks or unblocks an account, like an operator.
    pub async fn set_blocked(&self, user: UserId, is_blocked: bool) {
        evens_doubles::set_blocked(&self.context().store, user, is_blocked).await;
    }

    /// Gives an account a role, like an operator.
    pub async fn set_role(&self, user: UserId, role: Role) {
        evens_doubles::set_role(&self.context().store, user, role).await;
    }
}

impl Client {
    /// The player's own profile.
    pub async fn me(&self) -> Value {
        self.get("/api/users/me").await.expect(200)["data"].clone()
    }

    /// The player's referral code.
    pub async fn referral_code(&self) -> String {
        self.me().await["referringCode"].as_str().expect("a code").to_owned()
    }
}
