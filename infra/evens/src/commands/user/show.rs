//! `evens user show`: an account without its login credentials.

use super::list::json_account;
use crate::commands::{cannot_read, moment};
use evens_ledger::{UserId, Wallet};
use evens_players::{Account, Registration, UserName, streak};
use evens_runtime::{Clock, Settings, StartError};
use evens_store::{Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use std::fmt::{self, Write};

/// The maximum number of referred users that are listed.
const REFERRALS: u16 = 10;

struct User {
    account: Account,
    wallet: Wallet,
    /// The number of active sessions.
    sessions: usize,
    /// Some of the players who signed up with the user's code.
    referred: Vec<UserId>,
    /// The number of consecutive days with a login.
    streak: u32,
}

pub(super) async fn show(
    store: &Store,
    settings: &Settings,
    account: Account,
    as_json: bool,
) -> Result<String, StartError> {
    let now = Clock::system().now();
    let user = load(store, settings, account, now).await.map_err(cannot_read)?;
    if as_json {
        return Ok(format!("{}\n", user.json()));
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = user.write(&mut text);
    Ok(text)
}

async fn load(
    store: &Store,
    settings: &Settings,
    account: Account,
    now: Timestamp,
) -> Result<User, StoreError> {
    let wallet = store.load_wallet(account.user).await?;
    let sessions = count_sessions(store, account.user, now).await?;
    let page = store.list_referrals(account.user, None, REFERRALS).await?;
    let today = settings.players.attendance_offset.day(now);
    let days = store.list_attendance(account.user, Date::ZERO, today, u16::MAX).await?;
    let referred = page.referrals.iter().map(|referral| referral.referred).collect();
    Ok(User { account, wallet, sessions, referred, streak: streak(days, today) })
}

/// The number of active sessions. The table keeps expired ones for a while.
pub(super) async fn count_sessions(store: &Store, user: UserId, now: Timestamp) -> Result<usize, StoreError> {
    let sessions = store.list_sessions(user).await?;
    Ok(sessions.iter().filter(|session| session.expires_at > now).count())
}

impl User {
    fn write(&self, text: &mut String) -> fmt::Result {
        let Self { account, wallet, sessions, streak, .. } = self;
        let yes = |is_so: bool| if is_so { "yes" } else { "no" };
        writeln!(text, "user           {}", account.user)?;
        let verified = if account.is_phone_verified { "" } else { " (not verified)" };
        writeln!(text, "phone          {}{verified}", account.phone)?;
        writeln!(text, "name           {}", account.name.as_ref().map_or("-", UserName::as_str))?;
        writeln!(text, "role           {}", account.role)?;
        writeln!(text, "blocked        {}", yes(account.is_blocked))?;
        let owed = match account.registration {
            Registration::Done => String::new(),
            step => format!(" ({} is pending)", step.as_str()),
        };
        writeln!(text, "registered     {}{owed}", moment(account.created_at))?;
        match &account.last_login {
            Some(login) => writeln!(text, "last login     {} from {}", moment(login.at), login.address)?,
            None => writeln!(text, "last login     -")?,
        }
        let Wallet { balance, bonus, locked, version, .. } = wallet;
        writeln!(text, "cash           {balance}")?;
        writeln!(text, "bonus          {bonus}")?;
        writeln!(text, "locked         {locked}")?;
        writeln!(text, "entries        {version}")?;
        writeln!(text, "sessions       {sessions}")?;
        writeln!(text, "days in a row  {streak}")?;
        let referrer = match (account.referrer, account.referred_by) {
            (Some(user), Some(code)) => format!("{user} (code {code})"),
            (None, Some(code)) => format!("pending (code {code})"),
            (_, None) => "-".to_owned(),
        };
        writeln!(text, "referred by    {referrer}")?;
        writeln!(text, "referral code  {}", account.referral_code)?;
        writeln!(text, "referrals      {}", self.referrals())
    }

    /// The number of referred users, and the ids of some.
    fn referrals(&self) -> String {
        let count = self.account.direct_referral_count;
        let named: Vec<_> = self.referred.iter().map(UserId::to_string).collect();
        let more = if usize::try_from(count).is_ok_and(|count| count > named.len()) { ", ..." } else { "" };
        if named.is_empty() { count.to_string() } else { format!("{count}: {}{more}", named.join(", ")) }
    }

    fn json(&self) -> Value {
        let Self { account, wallet, sessions, referred, streak } = self;
        let mut shown = json_account(account);
        let more = json!({
            "isPhoneVerified": account.is_phone_verified,
            "vipLevel": account.vip_level,
            "lastLoginIp": account.last_login.as_ref().map(|login| &login.address),
            "registration": account.registration.as_str(),
            "referringCode": account.referral_code.to_string(),
            "referredBy": account.referred_by.map(|code| code.to_string()),
            "referrerId": account.referrer.map(UserId::number),
            "wallet": {
                "balance": wallet.balance.to_string(),
                "bonusBalance": wallet.bonus.to_string(),
                "lockedBalance": wallet.locked.to_string(),
                "version": wallet.version,
            },
            "sessions": sessions,
            "referrals": {
                "count": account.direct_referral_count,
                "newest": referred.iter().map(|user| user.number()).collect::<Vec<_>>(),
            },
            "streak": streak,
        });
        if let (Value::Object(shown), Value::Object(more)) = (&mut shown, more) {
            shown.extend(more);
        }
        shown
    }
}
