//! Signing in and out, and the people of the demonstration.
//!
//! Nothing of a guest moves into an account and nothing of an account stays behind: each has its own databases.

use domain::id::CommunityId;
use domain::sign_in::Whose;
use domain::text::{PersonName, Phone};

use super::Model;
use super::runtime::Order;
use crate::api::{self, ApiError, Challenge, DemoPerson, SignedIn};

impl Model {
    /// Asks for a code by text message.
    ///
    /// # Errors
    /// [`ApiError`]: `too-many-requests` with `retry_after_s`, or no answer.
    pub async fn sign_in_challenge(self, phone: &Phone) -> Result<Challenge, ApiError> {
        // A session that was to be ended must be gone before another begins.
        self.runtime().have(Order::FinishWipe).await;
        api::login_challenge(phone).await
    }

    /// Hands the code in; from here on the app is that account's.
    ///
    /// # Errors
    /// [`ApiError`]: `name-needed` (ask for name and home, hand the same code in again), `wrong-code` with
    /// `tries_left`, `code-expired`, `too-many-tries`, or no answer.
    pub async fn verify(
        self,
        challenge: &str,
        code: &str,
        name: Option<&PersonName>,
        home: Option<&CommunityId>,
        whose: Whose,
    ) -> Result<SignedIn, ApiError> {
        let signed_in = api::login_verify(challenge, code, name, home, whose).await?;
        self.runtime().have(|done| Order::Adopt(signed_in.account, whose, done)).await;
        Ok(signed_in)
    }

    /// The people of the demonstration, each signed in with one tap.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn demo_people(self) -> Result<Vec<DemoPerson>, ApiError> {
        api::demo_people().await
    }

    /// Signs in as one of them.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn demo_sign_in(self, role: &str, whose: Whose) -> Result<SignedIn, ApiError> {
        self.runtime().have(Order::FinishWipe).await;
        let signed_in = api::demo_login(role, whose).await?;
        self.runtime().have(|done| Order::Adopt(signed_in.account, whose, done)).await;
        Ok(signed_in)
    }

    /// Signs out and removes from this phone what is the account's. What is not sent yet stays for the next time the
    /// same account signs in here: ask first when [`Model::unsent`] is not empty. Works without a network. On somebody
    /// else's phone nothing stays.
    pub async fn sign_out(self) {
        self.runtime().have(Order::SignOut).await;
    }
}
