//! Every setting of the server, with its default. Flags have twins `REPORTAGE_*` in the environment.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use clap::{
    Args,
    builder::{BoolishValueParser, ValueParser},
};
use leptos::config::{LeptosOptions, errors::LeptosConfigError, get_config_from_str};

use crate::{carriers::Vault, enrich::Enrich, telemetry::LogFormat};

/// Which database, and how to log: every command takes these.
#[derive(Args, Clone, Debug)]
pub struct Common {
    /// Database: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME
    #[arg(
        long,
        env = "REPORTAGE_DATABASE",
        value_name = "URL",
        global = true,
        default_value = "sqlite://reportage.db",
        hide_env_values = true
    )]
    database: String,
    /// File that holds the database URL, for secrets; wins over --database
    #[arg(
        long,
        env = "REPORTAGE_DATABASE_FILE",
        value_name = "FILE",
        global = true
    )]
    database_file: Option<PathBuf>,
    /// Form of the log lines on standard error
    #[arg(
        long,
        env = "REPORTAGE_LOG_FORMAT",
        value_enum,
        default_value = "text",
        global = true,
        hide_possible_values = false
    )]
    pub log_format: LogFormat,
    /// What to log, such as `info` or `warn,store=debug`
    #[arg(long, env = "REPORTAGE_LOG", default_value = "info", global = true)]
    pub log: String,
}

impl Common {
    /// The database URL.
    ///
    /// # Errors
    /// When the secret file can't be read.
    pub fn database(&self) -> Result<String, String> {
        match &self.database_file {
            Some(file) => secret_file("--database-file", file),
            None => Ok(self.database.clone()),
        }
    }
}

/// What a secret's file holds, without the blanks and line ends around it.
///
/// # Errors
/// When it can't be read; names the flag.
pub fn secret_file(flag: &str, file: &Path) -> Result<String, String> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) => Err(format!("{flag} {}: {error}", file.display())),
    }
}

/// Settings of `serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Address and port to listen on
    #[arg(
        long,
        env = "REPORTAGE_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:3000"
    )]
    pub listen: SocketAddr,
    /// URL under which browsers reach the server; https makes cookies Secure and sends HSTS
    #[arg(long, env = "REPORTAGE_BASE_URL", value_name = "URL", value_parser = parse_base_url)]
    pub base_url: Option<BaseUrl>,
    /// Time zone of the first workspace
    #[command(flatten)]
    pub time_zone: TimeZoneArg,
    /// Take the client's address from X-Forwarded-For; only behind a proxy that sets it
    #[arg(long, env = "REPORTAGE_TRUST_PROXY", value_parser = yes_or_no())]
    pub trust_proxy: bool,
    /// Keep two campaigns of the demonstration moving, if one is loaded; nothing else is touched
    #[arg(long, env = "REPORTAGE_LIVE_DEMO", value_parser = yes_or_no())]
    pub live_demo: bool,
    /// Where addresses are looked up
    #[command(flatten)]
    pub countries: CountriesArg,
    /// File with the key that seals carriers' secrets: 32 bytes in base64. On SQLite it is made beside the database
    #[arg(long, env = "REPORTAGE_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,
    /// Days after which what carriers posted is forgotten, once it was understood; 0 keeps it for ever. What was not
    /// understood stays for 180 days at least
    #[arg(
        long,
        env = "REPORTAGE_INBOX_DAYS",
        value_name = "DAYS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u16).range(0..=3_650)
    )]
    pub inbox_days: u16,
    /// Who may read what the server tells about itself
    #[command(flatten)]
    pub exposure: ExposureArgs,
    /// Let carriers be on this machine or inside private networks: for relays next door, and for tests
    #[arg(long, env = "REPORTAGE_ALLOW_PRIVATE_CARRIERS", value_parser = yes_or_no())]
    pub allow_private_carriers: bool,
}

impl ServeArgs {
    /// What carriers' secrets are sealed with.
    ///
    /// # Errors
    /// A sentence when the key can't be read or made.
    pub fn vault(&self, database: &str) -> Result<Vault, String> {
        if let Some(file) = &self.secret_key_file {
            return Vault::with_key(&secret_file("--secret-key-file", file)?);
        }
        match store::Db::sqlite_file(database) {
            Some(file) => Vault::beside(&file.with_extension("key")),
            // Nothing lies beside a database on another machine: without a key, no secrets are taken.
            None => Ok(Vault::default()),
        }
    }

    /// How long understood posts of carriers are kept; none: for ever.
    #[must_use]
    pub fn keep_inbox(&self) -> Option<TimeDelta> {
        (self.inbox_days > 0).then(|| TimeDelta::days(i64::from(self.inbox_days)))
    }

    /// How carriers may be reached.
    #[must_use]
    pub fn network(&self) -> carrier::Network {
        carrier::Network {
            allows_private: self.allow_private_carriers,
        }
    }
}

/// What of the server itself is shown, and where. By default strangers see neither figures nor the API's description.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct ExposureArgs {
    /// Address and port of a second listener, which answers /metrics alone: for a scraper in your own network
    #[arg(long, env = "REPORTAGE_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// Answer /metrics on the main listener, for anybody
    #[arg(long, env = "REPORTAGE_PUBLIC_METRICS", value_parser = yes_or_no())]
    pub public_metrics: bool,
    /// Show the API's description (/api, /api/v1/openapi.json) to anybody, not only to who is signed in or has a token
    #[arg(long, env = "REPORTAGE_PUBLIC_API_DOCS", value_parser = yes_or_no())]
    pub public_api_docs: bool,
}

/// Time zone of a workspace that is about to be made.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct TimeZoneArg {
    /// IANA time zone of the first workspace, such as Europe/Madrid; UTC when absent. Once it has campaigns, Settings
    /// change its zone
    #[arg(long, env = "REPORTAGE_TIME_ZONE", value_name = "ZONE", value_parser = parse_time_zone)]
    time_zone: Option<chrono_tz::Tz>,
}

impl TimeZoneArg {
    /// The zone asked for; none when nothing was.
    #[must_use]
    pub fn chosen(self) -> Option<chrono_tz::Tz> {
        self.time_zone
    }

    /// The zone of a new workspace.
    #[must_use]
    pub fn or_utc(self) -> chrono_tz::Tz {
        self.time_zone.unwrap_or(chrono_tz::UTC)
    }
}

/// Reads the twin of a flag in the environment: 1, yes, true, on, or their opposites.
#[must_use]
pub fn yes_or_no() -> ValueParser {
    BoolishValueParser::new().into()
}

/// Where addresses are looked up.
#[derive(Args, Clone, Debug)]
pub struct CountriesArg {
    /// Country database (MaxMind format) to use instead of the built-in one
    #[arg(long, env = "REPORTAGE_COUNTRIES", value_name = "FILE")]
    countries: Option<PathBuf>,
}

impl CountriesArg {
    /// What turns events into facts, with this database.
    ///
    /// # Errors
    /// When the file is no country database.
    pub fn enrich(&self) -> Result<Enrich, String> {
        Enrich::new(self.countries.as_deref())
    }
}

/// Where browsers reach the server: `https://reports.example.org`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    origin: String,
}

impl BaseUrl {
    /// The default for a listening address.
    #[must_use]
    pub fn of_listener(address: SocketAddr) -> Self {
        Self {
            origin: format!("http://{address}"),
        }
    }

    /// Scheme, host and port, as browsers send it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host and port.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.origin
            .split_once("://")
            .map_or("", |(_, authority)| authority)
    }

    /// Whether browsers reach it encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

/// Reads `--base-url`.
fn parse_base_url(text: &str) -> Result<BaseUrl, String> {
    let uri: http::Uri = text.parse().map_err(|error| format!("{error}"))?;
    let scheme = uri.scheme_str().filter(|s| matches!(*s, "http" | "https"));
    match (scheme, uri.authority()) {
        (Some(scheme), Some(authority)) if uri.path() == "/" && uri.query().is_none() => {
            // Browsers leave the scheme's own port out of `Origin`.
            let own_port = if scheme == "https" { ":443" } else { ":80" };
            let authority = authority.as_str().to_ascii_lowercase();
            let authority = authority.strip_suffix(own_port).unwrap_or(&authority);
            Ok(BaseUrl {
                origin: format!("{scheme}://{authority}"),
            })
        }
        _ => Err("use http://HOST[:PORT] or https://HOST[:PORT], without a path".to_owned()),
    }
}

/// Reads `--time-zone`.
fn parse_time_zone(text: &str) -> Result<chrono_tz::Tz, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no IANA time zone; use one like Europe/Madrid"))
}

/// Leptos' runtime options, from the embedded `Leptos.toml`. `LEPTOS_*` variables win.
///
/// # Errors
/// When a `LEPTOS_*` variable can't be read.
pub fn leptos_options() -> Result<LeptosOptions, LeptosConfigError> {
    get_config_from_str(include_str!("../../Leptos.toml"))
}

/// Version, with the commit when the build was told.
pub const VERSION: &str = match option_env!("REPORTAGE_COMMIT") {
    Some(commit) => commit,
    None => env!("CARGO_PKG_VERSION"),
};
