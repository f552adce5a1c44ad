//! The cookies of signing in.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::HeaderMap;

use super::{Secret, session::AGE_MAX};
use crate::config::BaseUrl;

/// A cookie that holds a one-time secret between two forms, so that no address holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepCookie {
    /// A sign-in that owes a code.
    Code,
    /// A link by which a password is chosen.
    Join,
    /// The link of the set-up page.
    Setup,
}

impl StepCookie {
    fn name(self, is_secure: bool) -> &'static str {
        match (self, is_secure) {
            (Self::Code, true) => "__Host-reportage-code",
            (Self::Code, false) => "reportage-code",
            (Self::Join, true) => "__Host-reportage-join",
            (Self::Join, false) => "reportage-join",
            (Self::Setup, true) => "__Host-reportage-setup",
            (Self::Setup, false) => "reportage-setup",
        }
    }
}

/// Name and flags of the session cookie, by whether browsers reach the server encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    secure: bool,
}

impl SessionCookie {
    /// The cookie for this base URL.
    #[must_use]
    pub fn of(base_url: &BaseUrl) -> Self {
        Self {
            secure: base_url.is_https(),
        }
    }

    /// `__Host-` binds it to exactly this host and to https; plain http can't have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self.secure {
            "__Host-reportage"
        } else {
            "reportage"
        }
    }

    /// The token a request carries.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<String> {
        CookieJar::from_headers(headers)
            .get(self.name())
            .map(|cookie| cookie.value().to_owned())
    }

    /// Hands the token to the browser, which keeps it as long as the server lets a session live at most.
    #[must_use]
    pub fn set(self, token: &Secret) -> Cookie<'static> {
        let mut cookie = self.bare(token.reveal().to_owned());
        cookie.set_max_age(time::Duration::seconds(AGE_MAX.num_seconds()));
        cookie
    }

    /// Takes it back.
    #[must_use]
    pub fn clear(self) -> Cookie<'static> {
        let mut cookie = self.bare(String::new());
        cookie.make_removal();
        cookie
    }

    /// The secret of a step that a request carries.
    #[must_use]
    pub fn step(self, step: StepCookie, jar: &CookieJar) -> Option<String> {
        let cookie = jar.get(step.name(self.secure))?;
        Some(cookie.value().to_owned()).filter(|value| !value.is_empty())
    }

    /// Hands the secret of a step to the browser, which forgets it with its own session: how long it is good for is
    /// decided by the server.
    #[must_use]
    pub fn set_step(self, step: StepCookie, secret: &str) -> Cookie<'static> {
        // A link opened from a mail leads here from another site, and on from here: `Lax`.
        let mut cookie = self.bare(secret.to_owned());
        cookie.set_name(step.name(self.secure));
        cookie
    }

    /// Takes it back.
    #[must_use]
    pub fn clear_step(self, step: StepCookie) -> Cookie<'static> {
        let mut cookie = self.set_step(step, "");
        cookie.make_removal();
        cookie
    }

    fn bare(self, value: String) -> Cookie<'static> {
        Cookie::build((self.name(), value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .build()
    }
}
