//! The session cookie.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::HeaderMap;

use super::{Secret, session::AGE_MAX};
use crate::config::BaseUrl;

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

    fn bare(self, value: String) -> Cookie<'static> {
        Cookie::build((self.name(), value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .build()
    }
}
