//! Players with real accounts: they sign up, log in, and read their account's data.

use crate::ask::{Ask, TokensBody};
use crate::target::Answer;
use crate::{Connection, Latency, Player, Players, ReadError, Target, TransportError};
use evens_ledger::{Digest, UserId};
use futures::{StreamExt, TryStreamExt, stream};
use hyper::StatusCode;
use serde::Deserialize;
use tokio::time::Instant;

/// The reason why a player could not be registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// The request had no answer.
    #[error("the request to {step} got no answer")]
    NoAnswer {
        /// The failed step.
        step: &'static str,
        #[source]
        source: TransportError,
    },
    /// The answer had an unexpected status.
    #[error("the request to {step} was answered with {status}: {detail}")]
    Refused {
        /// The failed step.
        step: &'static str,
        status: u16,
        /// The detail in the answer.
        detail: String,
    },
    /// The body is not a valid answer.
    #[error("the request to {step} got an unreadable answer")]
    Body {
        /// The failed step.
        step: &'static str,
        #[source]
        source: serde_json::Error,
    },
    /// No player was requested.
    #[error("no players were requested")]
    Nobody,
}

/// The attendance data of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttendanceReading {
    /// The number of consecutive days up to today or yesterday.
    pub streak: u32,
}

/// Players who signed up with another player's referral code.
#[derive(Debug)]
pub struct ReferredPlayers {
    /// The owner of the code.
    pub referrer: Player,
    /// The players who signed up and logged in.
    pub referred: Vec<Player>,
    /// The failures of the others.
    pub failures: Vec<RegisterError>,
    /// The times for signing up and logging in, of those who succeeded.
    pub latency: Latency,
}

impl ReferredPlayers {
    /// Signs up a referrer, then this many players with their code, and logs them in, with limited concurrency.
    ///
    /// # Errors
    /// Any of [`RegisterError`] if the referrer cannot be registered. Errors of the others are among the failures.
    pub async fn register(
        target: &Target,
        name: &str,
        count: usize,
        at_once: usize,
    ) -> Result<Self, RegisterError> {
        let (referrer, code) = register(target, name, 0, None).await?;
        let code = &code;
        let attempts = stream::iter(1..=count).map(|number| async move {
            let started = Instant::now();
            let (player, _) = register(target, name, number, Some(code)).await?;
            Ok((player, started.elapsed()))
        });
        let mut attempts = attempts.buffer_unordered(at_once);
        let (mut referred, mut failures, mut latency) = (Vec::new(), Vec::new(), Latency::new());
        while let Some(attempt) = attempts.next().await {
            match attempt {
                Ok((player, took)) => {
                    latency.record(took);
                    referred.push(player);
                }
                Err(error) => failures.push(error),
            }
        }
        drop(attempts);
        Ok(Self { referrer, referred, failures, latency })
    }
}

impl Players {
    /// The number of concurrent sign-ups.
    const REGISTERED_AT_ONCE: usize = 8;

    /// Signs players up and logs each of them in, which counts as attendance. Every second one uses the first one's
    /// referral code. The same `name` gives the same phone numbers and passwords.
    ///
    /// # Errors
    /// Any of [`RegisterError`]. Some of the players may be registered already.
    pub async fn register(
        target: &Target,
        name: &str,
        count: usize,
        mut each: impl FnMut(),
    ) -> Result<Self, RegisterError> {
        let (first, code) = register(target, name, 0, None).await?;
        each();
        let (mut players, code) = (vec![first], &code);
        let others = stream::iter(1..count).map(|number| async move {
            let referred_by = (number % 2 == 1).then_some(code.as_str());
            register(target, name, number, referred_by).await.map(|(player, _)| player)
        });
        let mut others = others.buffered(Self::REGISTERED_AT_ONCE);
        while let Some(player) = others.try_next().await? {
            each();
            players.push(player);
        }
        Self::of(players).ok_or(RegisterError::Nobody)
    }

    /// Refreshes the tokens of each player, possibly during requests with the old ones. A player whose refresh fails
    /// keeps the old tokens.
    pub async fn refresh(&self, target: &Target) {
        let refreshed = self.iter().map(|player| async move {
            let mut connection = Connection::new(target.address());
            // The number of refreshes is counted elsewhere.
            let _ = target.refresh(&mut connection, player).await;
        });
        stream::iter(refreshed).buffer_unordered(Self::REGISTERED_AT_ONCE).collect::<()>().await;
    }

    /// The number of players with the first one's code, among this many.
    pub fn referred(count: usize) -> usize {
        count / 2
    }
}

/// The number of attempts with another phone number if one is taken.
const NUMBERS_MAX: u32 = 5;

/// Registers one player. Returns the player and their referral code.
async fn register(
    target: &Target,
    name: &str,
    number: usize,
    referred_by: Option<&str>,
) -> Result<(Player, String), RegisterError> {
    let mut connection = Connection::new(target.address());
    let mut attempt = 0;
    loop {
        let login = Login::of(name, number, attempt);
        match sign_up(target, &mut connection, &login, referred_by).await {
            Ok(signed_up) => {
                let player = log_in(target, &mut connection, &login, signed_up.user_id).await?;
                return Ok((player, signed_up.referring_code));
            }
            Err(RegisterError::Refused { status: 409, .. }) if attempt + 1 < NUMBERS_MAX => attempt += 1,
            Err(error) => return Err(error),
        }
    }
}

/// A player's login data.
struct Login {
    phone: String,
    password: String,
}

impl Login {
    /// Indian numbers that begin with 9, all of which are valid. They are derived from the name by a hash.
    fn of(name: &str, number: usize, attempt: u32) -> Self {
        let digest = Digest::of(format!("{name}/{number}/{attempt}").as_bytes());
        let (eight, _) = digest.bytes().split_first_chunk().unwrap_or((&[0; 8], &[]));
        let phone = format!("+919{:09}", u64::from_be_bytes(*eight) % 1_000_000_000);
        Self { phone, password: format!("{name}/{number}") }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserBody {
    user_id: UserNumber,
    referring_code: String,
    direct_referral_count: usize,
}

/// The user id in a body.
#[derive(Deserialize)]
#[serde(try_from = "u64")]
struct UserNumber(UserId);

impl TryFrom<u64> for UserNumber {
    type Error = evens_ledger::UserIdError;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        UserId::new(number).map(Self)
    }
}

#[derive(Deserialize)]
struct SignedUp {
    user: UserBody,
}

#[derive(Deserialize)]
struct LoggedIn {
    tokens: TokensBody,
}

async fn sign_up(
    target: &Target,
    connection: &mut Connection,
    Login { phone, password }: &Login,
    referred_by: Option<&str>,
) -> Result<UserBody, RegisterError> {
    const STEP: &str = "sign up";
    let referred_by = referred_by.map_or(String::new(), |code| format!(r#","referredBy":"{code}""#));
    let body = format!(r#"{{"phoneNo":"{phone}","password":"{password}"{referred_by}}}"#);
    let body = ask(target, connection, STEP, "/api/users/signup", body, StatusCode::CREATED).await?;
    let signed_up = serde_json::from_slice::<Answer<SignedUp>>(&body);
    Ok(signed_up.map_err(|source| RegisterError::Body { step: STEP, source })?.data.user)
}

async fn log_in(
    target: &Target,
    connection: &mut Connection,
    Login { phone, password }: &Login,
    UserNumber(user): UserNumber,
) -> Result<Player, RegisterError> {
    const STEP: &str = "log in";
    let body = format!(r#"{{"phoneNo":"{phone}","password":"{password}"}}"#);
    let body = ask(target, connection, STEP, "/api/users/login", body, StatusCode::OK).await?;
    let logged_in = serde_json::from_slice::<Answer<LoggedIn>>(&body);
    let tokens = logged_in.map_err(|source| RegisterError::Body { step: STEP, source })?.data.tokens;
    Ok(Player::logged_in(user, tokens.into_session()))
}

async fn ask(
    target: &Target,
    connection: &mut Connection,
    step: &'static str,
    path: &str,
    body: String,
    success: StatusCode,
) -> Result<bytes::Bytes, RegisterError> {
    #[derive(Deserialize)]
    struct Problem {
        detail: String,
    }
    let answered = target.ask_openly(connection, &Ask::post(path, body)).await;
    match answered.map_err(|source| RegisterError::NoAnswer { step, source })? {
        (status, body) if status == success => Ok(body),
        (status, body) => {
            let problem = serde_json::from_slice::<Problem>(&body);
            let detail = problem.map_or_else(|_| "no reason given".to_owned(), |problem| problem.detail);
            Err(RegisterError::Refused { step, status: status.as_u16(), detail })
        }
    }
}

impl Target {
    /// Reads the player's streak of days.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn read_attendance(
        &self,
        connection: &mut Connection,
        player: &Player,
    ) -> Result<AttendanceReading, ReadError> {
        #[derive(Deserialize)]
        struct Body {
            streak: u32,
        }
        let body = self.read(connection, player, "/api/attendance").await?;
        let Body { streak } = serde_json::from_slice::<Answer<Body>>(&body)?.data;
        Ok(AttendanceReading { streak })
    }

    /// Reads the referral count in the player's account.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn read_referral_count(
        &self,
        connection: &mut Connection,
        player: &Player,
    ) -> Result<usize, ReadError> {
        let body = self.read(connection, player, "/api/users/me").await?;
        Ok(serde_json::from_slice::<Answer<UserBody>>(&body)?.data.direct_referral_count)
    }

    /// Lists the players who signed up with this player's code, page by page.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn list_referrals(
        &self,
        connection: &mut Connection,
        player: &Player,
    ) -> Result<Vec<UserId>, ReadError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Page {
            data: Vec<Edge>,
            next_cursor: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Edge {
            referred_id: UserNumber,
        }
        let (mut found, mut path) = (Vec::new(), "/api/users/me/referrals".to_owned());
        loop {
            let body = self.read(connection, player, &path).await?;
            let Page { data, next_cursor } = serde_json::from_slice(&body)?;
            found.extend(data.into_iter().map(|edge| edge.referred_id.0));
            match next_cursor {
                Some(cursor) => path = format!("/api/users/me/referrals?cursor={cursor}"),
                None => return Ok(found),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Login;
    use evens_players::{Country, Password, PhoneNumber};
    use std::collections::BTreeSet;

    #[test]
    fn every_run_has_numbers_of_its_own_that_exist() {
        let mut numbers = BTreeSet::new();
        for name in ["play-1", "play-2"] {
            for number in 0..500 {
                for attempt in 0..2 {
                    let login = Login::of(name, number, attempt);
                    let phone = PhoneNumber::parse(&login.phone, Country::INDIA);
                    let phone = phone.unwrap_or_else(|error| panic!("{}: {error}", login.phone));
                    assert!(Password::parse(login.password).and_then(|password| password.of(&phone)).is_ok());
                    numbers.insert(login.phone);
                }
            }
        }
        assert!(numbers.len() > 1_995, "{} numbers", numbers.len());
        assert_eq!(Login::of("play-1", 7, 0).phone, Login::of("play-1", 7, 0).phone);
    }
}
