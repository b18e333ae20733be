//! What the operator chooses: options, `LIFEHUB_*` variables, and secrets from files.
//!
//! Each choice is checked once, here, and a bad one ends the start with a sentence. Secrets never show in `Debug`.

use std::fmt;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use domain::sync::limits::LIVE_PING_MS;

use crate::state::{Entropy, hex};

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "lifehub", version, about = "Community activities with sign-up, and booking of neighbourhood spaces.")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Task,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Serve the app and its interface.
    Serve(Box<ServeOptions>),
    /// Check that a database keeps its promises; prints what does not, and ends with 1 then.
    Check(DatabaseOptions),
    /// Say that a database was put back from a backup, before it is served again: phones then ask what it still has.
    Restored(DatabaseOptions),
    /// Print what each day of a stretch is: lunar date, festival, solar term, day off or make-up workday.
    Almanac(AlmanacOptions),
    /// Answer questions about recurrence rules, one a line from standard input.
    Expand,
    /// Compute a draw again from its secret and its list, an object of JSON from standard input.
    Draw,
}

/// Which days. Whether they are days is told in one sentence, not by the reader of options.
#[derive(Debug, Clone, Args)]
pub struct AlmanacOptions {
    /// The first day, as in 2026-02-17.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub from: Option<String>,
    /// The last day.
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    pub to: Option<String>,
}

/// Which database.
#[derive(Debug, Clone, Args)]
pub struct DatabaseOptions {
    /// `sqlite:PATH` or `postgres://USER@HOST/NAME`.
    #[arg(long, env = "LIFEHUB_DATABASE", default_value = "sqlite:data/lifehub.db", hide_env_values = true)]
    pub database: String,
    /// A file that holds the database's address, for one with a password in it.
    #[arg(long, env = "LIFEHUB_DATABASE_FILE", value_name = "PATH")]
    pub database_file: Option<PathBuf>,
}

impl DatabaseOptions {
    /// The address.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn address(&self) -> Result<String, ConfigProblem> {
        self.database_file.as_deref().map_or_else(|| Ok(self.database.clone()), read_secret_file)
    }
}

/// Everything `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct ServeOptions {
    /// Where to listen.
    #[arg(long, env = "LIFEHUB_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Which database.
    #[command(flatten)]
    pub database: DatabaseOptions,
    /// Take the app's worker off the phones: the app then needs a network to start. What waits there to be sent stays.
    #[arg(long, env = "LIFEHUB_NO_WORKER")]
    pub no_worker: bool,
    /// Serve invented people and activities; codes are shown, anybody may be anybody.
    #[arg(long, env = "LIFEHUB_DEMO")]
    pub demo: bool,
    /// Which invention: another number gives another district.
    #[arg(long, env = "LIFEHUB_DEMO_SEED", default_value_t = 1, requires = "demo")]
    pub demo_seed: u64,
    /// Start the clock at this instant (RFC 3339 with `Z` or `+08:00`, or milliseconds since 1970); demonstrations only.
    #[arg(long, env = "LIFEHUB_CLOCK_AT", value_name = "INSTANT", requires = "demo")]
    pub clock_at: Option<String>,
    /// How codes are sent: `console` or `webhook:URL`.
    #[arg(long, env = "LIFEHUB_SMS", default_value = "console")]
    pub sms: String,
    /// The key that signs what is sent to the webhook.
    #[arg(long, env = "LIFEHUB_SMS_SECRET", hide_env_values = true)]
    pub sms_secret: Option<String>,
    /// A file that holds that key.
    #[arg(long, env = "LIFEHUB_SMS_SECRET_FILE", value_name = "PATH")]
    pub sms_secret_file: Option<PathBuf>,
    /// The address people type, as in `https://life.example`; with https, cookies are bound to it.
    #[arg(long, env = "LIFEHUB_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Names this server answers for, besides that of the base address; with none, it answers for every name.
    #[arg(long = "host", env = "LIFEHUB_HOSTS", value_delimiter = ',', value_name = "NAME")]
    pub hosts: Vec<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    #[arg(long = "trust-proxy", env = "LIFEHUB_TRUST_PROXY", value_delimiter = ',', value_name = "IP")]
    pub trusted_proxies: Vec<IpAddr>,
    /// The secret that codes and addresses are hashed with; on SQLite it is made and kept beside the database.
    #[arg(long, env = "LIFEHUB_PEPPER", hide_env_values = true)]
    pub pepper: Option<String>,
    /// A file that holds that secret.
    #[arg(long, env = "LIFEHUB_PEPPER_FILE", value_name = "PATH")]
    pub pepper_file: Option<PathBuf>,
    /// A token that may read `/metrics` from elsewhere than this machine.
    #[arg(long, env = "LIFEHUB_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// A file that holds that token.
    #[arg(long, env = "LIFEHUB_METRICS_TOKEN_FILE", value_name = "PATH")]
    pub metrics_token_file: Option<PathBuf>,
    /// Connections open at a time; when all are, the one that has been quiet longest makes room for a new one.
    #[arg(long, env = "LIFEHUB_CONNECTIONS_MAX", default_value_t = 1024)]
    pub connections_max: usize,
    /// Connections open at a time from one IPv4 address or IPv6 /64.
    #[arg(long, env = "LIFEHUB_CONNECTIONS_PER_ADDRESS_MAX", default_value_t = 256)]
    pub connections_per_address_max: usize,
    /// Codes sent in an hour to one network address.
    #[arg(long, env = "LIFEHUB_LOGIN_PER_CLIENT_HOUR", default_value_t = LoginLimits::DEFAULT.per_client_hour)]
    pub login_per_client_hour: u32,
    /// Codes sent in an hour, to all.
    #[arg(long, env = "LIFEHUB_LOGIN_PER_HOUR", default_value_t = LoginLimits::DEFAULT.total_hour)]
    pub login_per_hour: u32,
    /// Codes sent in a day, to all.
    #[arg(long, env = "LIFEHUB_LOGIN_PER_DAY", default_value_t = LoginLimits::DEFAULT.total_day)]
    pub login_per_day: u32,
    /// Write no line per request.
    #[arg(long, env = "LIFEHUB_QUIET")]
    pub quiet: bool,
}

/// A text that must not be seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its bytes, for a computation.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How codes are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmsRoute {
    /// Printed to standard error. For trying out.
    Console,
    /// Posted to an address, signed.
    Webhook {
        /// Where.
        url: WebhookUrl,
        /// The key.
        secret: Secret,
    },
}

/// The parts of a webhook's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl {
    /// Whether it is https.
    pub tls: bool,
    /// The host's name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Path and query.
    pub path: String,
}

/// How often codes may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginLimits {
    /// Seconds between two codes to one number.
    pub again_s: u32,
    /// Codes to one number in an hour.
    pub number_hour: u32,
    /// Codes to one number in a day.
    pub number_day: u32,
    /// Codes to one browser in an hour.
    pub browser_hour: u32,
    /// Codes to one network (IPv4 /24, IPv6 /56) in an hour.
    pub per_client_hour: u32,
    /// Codes in an hour, to all.
    pub total_hour: u32,
    /// Codes in a day, to all.
    pub total_day: u32,
    /// Wrong codes for one number in a day: by one browser, until it gets no more; by all, until each code has one try.
    pub failures_day: u32,
}

impl LoginLimits {
    /// The figures of the design.
    pub const DEFAULT: Self = Self {
        again_s: 60,
        number_hour: 5,
        number_day: 10,
        browser_hour: 10,
        per_client_hour: 30,
        total_hour: 1000,
        total_day: 5000,
        failures_day: 10,
    };
}

/// How long and how much a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// From the first byte of a request to the end of its head.
    pub header: Duration,
    /// For its body.
    pub body: Duration,
    /// Between two requests.
    pub idle: Duration,
    /// Without the peer taking a byte of the answer.
    pub stalled: Duration,
    /// Between two signs of life on a live connection.
    pub ping: Duration,
    /// For requests under way when the server is told to stop.
    pub shutdown: Duration,
    /// Connections at a time.
    pub connections_max: usize,
    /// Connections at a time from one IPv4 address or IPv6 /64.
    pub per_address_max: usize,
}

impl ConnectionLimits {
    /// The figures of the design.
    pub const DEFAULT: Self = Self {
        header: Duration::from_secs(10),
        body: Duration::from_secs(30),
        idle: Duration::from_secs(60),
        stalled: Duration::from_secs(30),
        ping: Duration::from_millis(LIVE_PING_MS),
        shutdown: Duration::from_secs(10),
        connections_max: 1024,
        per_address_max: 256,
    };
}

/// The choices that handlers read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether this is a demonstration.
    pub demo: bool,
    /// Whether phones are to do without the app's worker.
    pub no_worker: bool,
    /// The base address without a trailing slash, if it was told.
    pub base_url: Option<String>,
    /// Names this server answers for, in lower case; empty means every name.
    pub hosts: Vec<String>,
    /// Proxies whose word counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// What codes and addresses are hashed with.
    pub pepper: Secret,
    /// What may read the metrics from elsewhere.
    pub metrics_token: Option<Secret>,
    /// Limits of connections.
    pub limits: ConnectionLimits,
    /// Limits of codes.
    pub login: LoginLimits,
}

impl Settings {
    /// Whether people reach the server by https, so that cookies can be bound to it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.as_deref().is_some_and(|base| base.starts_with("https://"))
    }
}

/// A choice that cannot be followed; printed as one sentence.
#[derive(Debug, thiserror::Error)]
pub enum ConfigProblem {
    /// The option's value does not fit.
    #[error("{option}: {why}")]
    Bad {
        /// Which option.
        option: &'static str,
        /// What is wrong.
        why: String,
    },
    /// A file could not be used.
    #[error("{path}: {why}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong.
        why: String,
    },
}

fn bad(option: &'static str, why: impl Into<String>) -> ConfigProblem {
    ConfigProblem::Bad { option, why: why.into() }
}

fn file(path: &Path, why: impl fmt::Display) -> ConfigProblem {
    ConfigProblem::File { path: path.display().to_string(), why: why.to_string() }
}

impl ServeOptions {
    /// Checks everything that does not need the database.
    ///
    /// # Errors
    /// [`ConfigProblem`], the first one found.
    pub fn settings(&self) -> Result<Settings, ConfigProblem> {
        let base_url = self.base_url.as_deref().map(parse_base).transpose()?;
        let mut hosts: Vec<String> = self.hosts.iter().map(|host| host.trim().to_ascii_lowercase()).collect();
        hosts.retain(|host| !host.is_empty());
        if let Some(base) = &base_url {
            hosts.extend(base.split_once("://").map(|(_, host)| host_name(host).to_owned()));
        }
        if self.connections_max == 0 || self.connections_per_address_max == 0 {
            return Err(bad("--connections-max", "must be at least 1"));
        }
        Ok(Settings {
            demo: self.demo,
            no_worker: self.no_worker,
            base_url,
            hosts,
            trusted_proxies: self.trusted_proxies.iter().map(IpAddr::to_canonical).collect(),
            pepper: self.pepper()?,
            metrics_token: secret(self.metrics_token.as_deref(), self.metrics_token_file.as_deref())?,
            limits: ConnectionLimits {
                connections_max: self.connections_max,
                per_address_max: self.connections_per_address_max,
                ..ConnectionLimits::DEFAULT
            },
            login: LoginLimits {
                per_client_hour: self.login_per_client_hour,
                total_hour: self.login_per_hour,
                total_day: self.login_per_day,
                ..LoginLimits::DEFAULT
            },
        })
    }

    /// How codes are sent.
    ///
    /// # Errors
    /// Neither `console` nor a usable webhook.
    pub fn sms_route(&self) -> Result<SmsRoute, ConfigProblem> {
        if self.sms == "console" {
            return Ok(SmsRoute::Console);
        }
        let url = self.sms.strip_prefix("webhook:").ok_or_else(|| bad("--sms", "is `console` or `webhook:URL`"))?;
        let secret = secret(self.sms_secret.as_deref(), self.sms_secret_file.as_deref())?
            .ok_or_else(|| bad("--sms", "a webhook needs --sms-secret or --sms-secret-file"))?;
        let url =
            parse_webhook(url).ok_or_else(|| bad("--sms", "the webhook's address is http(s)://HOST[:PORT]/PATH"))?;
        Ok(SmsRoute::Webhook { url, secret })
    }

    /// The instant a demonstration's clock starts at.
    ///
    /// # Errors
    /// Not an instant.
    pub fn clock_at(&self) -> Result<Option<domain::time::Timestamp>, ConfigProblem> {
        let problem = || bad("--clock-at", "is RFC 3339 with Z or +08:00, or milliseconds since 1970");
        self.clock_at.as_deref().map(|text| parse_instant(text).ok_or_else(problem)).transpose()
    }

    fn pepper(&self) -> Result<Secret, ConfigProblem> {
        if let Some(pepper) = secret(self.pepper.as_deref(), self.pepper_file.as_deref())? {
            if pepper.bytes().len() < 16 {
                return Err(bad("--pepper", "must have at least 16 characters"));
            }
            return Ok(pepper);
        }
        let address = self.database.address()?;
        match address.strip_prefix("sqlite:") {
            Some(path) => pepper_beside(Path::new(path.trim_start_matches("//").split('?').next().unwrap_or(path))),
            None if self.demo => Ok(Secret::new(Entropy.token())),
            None => Err(bad("--pepper", "PostgreSQL needs a secret that all its servers share: --pepper-file PATH")),
        }
    }
}

fn secret(text: Option<&str>, path: Option<&Path>) -> Result<Option<Secret>, ConfigProblem> {
    match (text, path) {
        (_, Some(path)) => read_secret_file(path).map(|text| Some(Secret::new(text))),
        (Some(text), None) => Ok(Some(Secret::new(text))),
        (None, None) => Ok(None),
    }
}

fn read_secret_file(path: &Path) -> Result<String, ConfigProblem> {
    let mode = std::fs::metadata(path).map_err(|error| file(path, error))?.permissions().mode();
    if mode & 0o007 != 0 {
        return Err(file(path, "everybody on this machine may read this secret; take that right away (chmod 600)"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| file(path, error))?;
    let text = text.trim();
    if text.is_empty() { Err(file(path, "is empty")) } else { Ok(text.to_owned()) }
}

/// The pepper kept beside a SQLite database; made when there is none.
fn pepper_beside(database: &Path) -> Result<Secret, ConfigProblem> {
    let mut name = database.as_os_str().to_owned();
    name.push(".pepper");
    let path = PathBuf::from(name);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| file(folder, error))?;
    }
    if path.exists() {
        return read_secret_file(&path).map(Secret::new);
    }
    // Under another name until it is whole: a server that dies half-way leaves no empty secret for the next one to fail on.
    let half = path.with_extension(format!("pepper-{}", std::process::id()));
    let text = hex(&Entropy.bytes::<32>());
    let made = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half);
    made.and_then(|mut made| made.write_all(text.as_bytes()).and_then(|()| made.sync_all()))
        .and_then(|()| std::fs::rename(&half, &path))
        .map_err(|error| file(&path, error))?;
    Ok(Secret::new(text))
}

fn parse_base(text: &str) -> Result<String, ConfigProblem> {
    let text = text.trim_end_matches('/').to_ascii_lowercase();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(text),
        _ => Err(bad("--base-url", "is http(s)://HOST[:PORT] without a path")),
    }
}

/// A host without its port.
#[must_use]
pub fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

fn parse_webhook(url: &str) -> Option<WebhookUrl> {
    let (tls, rest) = match url.strip_prefix("https://") {
        Some(rest) => (true, rest),
        None => (false, url.strip_prefix("http://")?),
    };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let host = host_name(authority);
    let port = match &authority[host.len()..] {
        "" => {
            if tls {
                443
            } else {
                80
            }
        }
        port => port[1..].parse().ok()?,
    };
    let is_plain = host.starts_with('[') || !host.contains(':');
    let fits = is_plain && !host.is_empty() && !host.contains(['@', ' ']) && path.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| WebhookUrl { tls, host: host.to_owned(), port, path: path.to_owned() })
}

/// Reads an instant: milliseconds since 1970, or RFC 3339 with `Z` or `±hh:mm`, to the second.
fn parse_instant(text: &str) -> Option<domain::time::Timestamp> {
    if let Ok(ms) = text.parse::<i64>() {
        return Some(domain::time::Timestamp::from_ms(ms));
    }
    let (date, rest) = text.split_once('T')?;
    let date: domain::time::LocalDate = date.parse().ok()?;
    let (clock, offset_minutes) = match rest.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => {
            let (clock, offset) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
            let (hours, minutes) = offset.get(1..)?.split_once(':')?;
            let minutes: i64 = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            (clock, if offset.starts_with('-') { -minutes } else { minutes })
        }
    };
    let clock = clock.split('.').next()?;
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let in_range = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    // The civil day as if it were UTC, then the offset; the district's own zone plays no part.
    let ms = i64::from(date.days()) * 86_400_000 + ((hour * 60 + minute - offset_minutes) * 60 + second) * 1000;
    in_range.then(|| domain::time::Timestamp::from_ms(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &[&str]) -> ServeOptions {
        let args = ["lifehub", "serve"].iter().chain(args);
        match Cli::try_parse_from(args).expect("options").command {
            Task::Serve(options) => *options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn instants_are_read_in_three_forms() {
        let expected = Some(domain::time::Timestamp::from_ms(1_795_392_000_000));
        for text in ["1795392000000", "2026-11-23T00:00:00Z", "2026-11-23T08:00:00+08:00", "2026-11-23T08:00+08:00"] {
            assert_eq!(parse_instant(text), expected, "{text}");
        }
        for text in
            ["", "tomorrow", "2026-11-23", "2026-11-23T25:00:00Z", "2026-13-01T00:00:00Z", "T", "2026-11-23T中文中文"]
        {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }

    #[test]
    fn a_start_with_a_bad_choice_is_refused() {
        let folder = std::env::temp_dir().join(format!("lifehub-config-{}", Entropy.token()));
        let database = format!("sqlite:{}/x.db", folder.display());
        let with = |more: &[&str]| options(&[&["--database", database.as_str()], more].concat());
        let settings = with(&["--base-url", "https://Life.example/"]).settings().expect("settings");
        assert!(settings.is_https() && settings.hosts == ["life.example"]);
        // The pepper is made once and kept.
        assert_eq!(with(&[]).settings().expect("again").pepper, settings.pepper);
        assert!(!format!("{settings:?}").contains(std::str::from_utf8(settings.pepper.bytes()).expect("text")));
        assert!(with(&["--base-url", "ftp://x"]).settings().is_err());
        assert!(with(&["--pepper", "short"]).settings().is_err());
        assert!(with(&["--sms", "pigeon"]).sms_route().is_err());
        assert!(with(&["--sms", "webhook:https://x/y"]).sms_route().is_err(), "no secret");
        assert!(options(&["--database", "postgres://x/y"]).settings().is_err(), "no pepper");
        assert!(Cli::try_parse_from(["lifehub", "serve", "--clock-at", "0"]).is_err(), "only with --demo");
        let readable = folder.join("readable");
        std::fs::write(&readable, "0123456789abcdef").expect("a file");
        std::fs::set_permissions(&readable, std::fs::Permissions::from_mode(0o644)).expect("rights");
        assert!(with(&["--pepper-file", readable.to_str().expect("a path")]).settings().is_err());
        std::fs::remove_dir_all(folder).expect("clean up");
    }

    #[test]
    fn a_secret_that_is_there_is_whole_whenever_the_server_dies() {
        let folder = crate::store::testing::fresh_folder();
        for round in 0..200 {
            let database = folder.join(round.to_string());
            let path = folder.join(format!("{round}.pepper"));
            let looks = std::thread::spawn(move || {
                while !path.exists() {
                    std::hint::spin_loop();
                }
                std::fs::read_to_string(&path).expect("a file")
            });
            let made = pepper_beside(&database).expect("a secret");
            assert_eq!(looks.join().expect("no panic").as_bytes(), made.bytes(), "round {round}");
        }
        std::fs::remove_dir_all(folder).expect("clean up");
    }

    #[test]
    fn a_webhook_has_an_address_and_a_secret() {
        let route = options(&["--sms", "webhook:http://127.0.0.1:9000/sms?x=1", "--sms-secret", "k"]).sms_route();
        let SmsRoute::Webhook { url, .. } = route.expect("a route") else { panic!("a webhook") };
        assert_eq!((url.tls, url.host.as_str(), url.port, url.path.as_str()), (false, "127.0.0.1", 9000, "/sms?x=1"));
        for bad in ["", "http://", "https://u@h/", "http://h:x/", "gopher://h/"] {
            assert_eq!(parse_webhook(bad), None, "{bad}");
        }
    }
}
