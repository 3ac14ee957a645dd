use axum::extract::Extension;
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{
    ApplyBonusJob, Problem, ProblemKind, Rate, SignUpAnswer, SignUpRequest, TokensBody, UserBody,
};
use evens_credentials::{Credentials, SessionCookie, SetCookies};
use evens_http::{Answer, JsonBody, Refusal, TracedContext, Visitor, take_request};
use evens_ledger::{Amount, UserId};
use evens_players::{Account, Bonuses, ReferralCode, Registration};
use evens_queues::OutgoingJob;
use evens_runtime::{Context, Entropy, NoRandomness};
use evens_store::SignUpOutcome;

/// Attempts with new random ids. With 2^53 user ids and 2^40 codes, collisions are rare.
const DRAWS_MAX: u32 = 5;

pub fn router(credentials: Credentials) -> Router<Context> {
    Router::new().route("/api/users/signup", routing::post(sign_up)).layer(Extension(credentials))
}

async fn sign_up(
    TracedContext(context): TracedContext,
    Extension(credentials): Extension<Credentials>,
    _: Visitor,
    cookie: SessionCookie,
    JsonBody(body): JsonBody,
) -> Result<(SetCookies, Answer<SignUpAnswer>), Refusal> {
    let request = SignUpRequest::parse(&body, context.settings.players.phone_country)?;
    take_request(&context, Rate::Phone, request.phone.line().as_str()).await?;
    let keeper = request.keeper;
    let signed_up = register(&context, &credentials, request).await;
    let (user, tokens) = signed_up.map_err(|refusal| refusal.worded("Error during registration"))?;
    let (cookies, tokens) = cookie.keep(keeper, tokens);
    Ok((cookies, Answer::new(StatusCode::CREATED, SignUpAnswer::new(user, tokens))))
}

async fn register(
    context: &Context,
    credentials: &Credentials,
    request: SignUpRequest,
) -> Result<(UserBody, TokensBody), Refusal> {
    if context.store.load_login(&request.phone).await?.is_some() {
        return Err(phone_number_taken().into());
    }
    let account = create(context, credentials, request).await?;
    if account.registration.is_under_way() {
        ask_for_bonus(context, &account).await;
    }
    let tokens = credentials.sessions.open(context, &account, context.clock.now()).await;
    let tokens = tokens.map_err(|refusal| refusal.after_effect("The account was created. Log in."))?;
    Ok((UserBody::new(&account, Amount::ZERO), tokens))
}

/// Creates the account with an unused user id and referral code.
async fn create(
    context: &Context,
    credentials: &Credentials,
    request: SignUpRequest,
) -> Result<Account, Refusal> {
    let SignUpRequest { phone, password, name, referred_by, keeper: _ } = request;
    let password = credentials.passwords.hash(password).await?;
    let settings = &context.settings;
    let bonuses = Bonuses {
        registration: settings.players.registration_bonus,
        referral: settings.players.referral_bonus,
    };
    for _ in 0..DRAWS_MAX {
        let code = ReferralCode::from_random(context.entropy.bytes()?);
        let now = context.clock.now();
        let user = new_user(&context.entropy)?;
        let account = Account::register(user, phone.clone(), name.clone(), code, referred_by, now);
        let registration = Registration::first(settings.players.registration_bonus_after);
        let account = Account { bonuses: Some(bonuses), registration, ..account };
        match context.store.sign_up(&account, &password).await? {
            SignUpOutcome::SignedUp => return Ok(account),
            SignUpOutcome::PhoneNumberTaken => return Err(phone_number_taken().into()),
            SignUpOutcome::Collision => {}
        }
    }
    tracing::error!("All random user numbers for a new account were taken");
    Err(Problem::internal().into())
}

/// A random user id: unguessable, and exact in clients that use floating-point numbers.
fn new_user(entropy: &Entropy) -> Result<UserId, NoRandomness> {
    loop {
        let number = u64::from_be_bytes(entropy.bytes()?) >> 11;
        if let Ok(user) = UserId::new(number) {
            return Ok(user);
        }
    }
}

fn phone_number_taken() -> Problem {
    let detail = "This phone number already has an account. Log in, or use another number.";
    Problem::new(ProblemKind::PhoneNumberTaken, detail).about_field("phoneNo")
}

/// A failure does not undo the account. It owes the bonus, and the sweeper sends the job again.
async fn ask_for_bonus(context: &Context, account: &Account) {
    let user = account.user;
    let outgoing = OutgoingJob::of(ApplyBonusJob { user_id: user });
    context.ask_for(vec![outgoing], || format!("the bonus of user {user}")).await;
}
