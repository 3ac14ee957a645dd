//! [`Device`]: an API client of a player or an operator.

use crate::answers::number;
use crate::keys::Keys;
use crate::process::{Ask, Door, PATIENCE};
use crate::violation::Violation;
use crate::world::{Who, World};
use axum::body::Body;
use axum::http::{Method, Request};
use evens_ledger::UserId;
use evens_runtime::tokens::{Role, TokenSubject};
use http_body_util::BodyExt;
use rust_decimal::Decimal;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::time::timeout;

#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) world: World,
    pub(crate) who: Who,
    pub(crate) token: String,
    /// `None` for a device that keeps its token.
    pub(crate) login: Option<Login>,
    pub(crate) doors: Vec<Door>,
}

/// A user who logs in again when their sessions were ended, or when an act needs a recent login.
#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) keys: Arc<Keys>,
    pub(crate) user: UserId,
    pub(crate) role: Role,
}

impl Login {
    /// A token for the current epoch of the account.
    pub(crate) fn token(&self, world: &World) -> Option<String> {
        let key = (format!("ACCOUNT#{}", self.user), "ACCOUNT".to_owned());
        let epoch = |account| number(account, "session_epoch");
        let epoch = world.lock().table.get(&key).map_or(Decimal::ZERO, epoch);
        let subject =
            TokenSubject { user: self.user, role: self.role, session_epoch: epoch.try_into().ok()? };
        self.keys.login_token(subject, world.now()).ok()
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) is_replay: bool,
    pub(crate) body: Value,
}

impl Device {
    /// A random process.
    pub(crate) fn door(&self) -> Option<Door> {
        self.world.lock().dice.pick(&self.doors)
    }

    /// Sends a request to some process, and once more after a login if the answer asks for one. Returns `None` if the
    /// outcome is unknown.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<Value>,
    ) -> Option<Answer> {
        let answer = self.ask_with(&self.token, method.clone(), path, key, body.clone()).await?;
        let is_refused = answer.status == 401 || answer.body["code"] == "login-too-old";
        let Some(login) = self.login.as_ref().filter(|_| is_refused) else { return Some(answer) };
        let token = login.token(&self.world)?;
        self.ask_with(&token, method, path, key, body).await
    }

    async fn ask_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<Value>,
    ) -> Option<Answer> {
        let (world, who) = (&self.world, self.who);
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .header("authorization", format!("Bearer {token}"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let shown = body.as_ref().map(Value::to_string).unwrap_or_default();
        let body = match &body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).ok()?;
        world.note(who, format_args!("{method} {path} {} {shown}", key.unwrap_or_default()));
        let (answer, answered) = oneshot::channel();
        self.door()?.send(Ask::Http(Box::new(request), answer)).ok()?;
        let Ok(Ok(response)) = timeout(PATIENCE, answered).await else {
            world.note(who, format_args!("{method} {path} {} -> no answer", key.unwrap_or_default()));
            return None;
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().collect().await.ok()?.to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let detail = body["detail"].as_str().unwrap_or_default();
        world.note(who, format_args!("{method} {path} {} -> {status} {detail}", key.unwrap_or_default()));
        if status == 500 {
            let sentence = format!("{method} {path} {shown} was answered with 500.");
            world.violated(Violation::new("defect", sentence));
        }
        Some(Answer { status, is_replay: headers.contains_key("idempotency-replayed"), body })
    }
}
