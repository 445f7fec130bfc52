use super::keys::{self, SETTINGS};
use super::*;
use crate::model::cookies::Switch;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::io::Write;

/// Loads a file with this text.
fn file(text: &str) -> Result<Config, ConfigError> {
    both(text, &[])
}

fn both(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Config::load(Some(file.path()), pairs(env))
}

fn environment(env: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(None, pairs(env))
}

fn pairs(env: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}

/// Exactly one problem, whose message has all of this.
fn assert_wrong(result: Result<Config, ConfigError>, parts: &[&str]) {
    let error = result.expect_err(&format!("{parts:?} should be wrong"));
    let message = error.to_string();
    assert_eq!(error.problems.len(), 1, "{message}");
    for part in parts {
        assert!(message.contains(part), "{part} is missing in: {message}");
    }
}

#[test]
fn nothing_gives_the_defaults() {
    assert_eq!(file("").unwrap(), Config::default());
    assert_eq!(environment(&[("PATH", "/bin"), ("ABIDE_CONFIG", "x.toml")]).unwrap(), Config::default());
    assert_eq!(file("\u{feff}[session]\r\n\r\n[tls]\r\n").unwrap(), Config::default());
}

#[test]
fn wrong_values() {
    for (text, parts) in [
        ("issuer = \"http://id.example.com\"", ["line 1: issuer: ", "is not https", "localhost"]),
        ("\n\nissuer = \"id.example.com\"", ["line 3: issuer: ", "no absolute URL", "https://id.example.com"]),
        ("issuer = \"https://a.example/x\"", ["line 1", "path", "only scheme, host and port"]),
        ("issuer = 5", ["line 1: issuer: ", "a bare number", "\"https://"]),
        ("listen = \"8080\"", ["line 1: listen: ", "`8080` is no address with a port", "127.0.0.1:8080"]),
        ("listen = \"localhost:8080\"", ["line 1: listen: ", "localhost:8080", "IP address"]),
        ("data_dir = \"\"", ["line 1: data_dir: ", "empty", "\"data\""]),
        ("keys_dir = [\"a\"]", ["line 1: keys_dir: ", "is a list", "write a text"]),
        ("[store]\nkind = \"postgres\"", ["line 2: store.kind: ", "without `store.url`", "ABIDE_STORE__URL"]),
        ("[store]\nkind = \"sqlite\"", ["line 2: store.kind: ", "`sqlite`", "\"sled\" or \"postgres\""]),
        (
            "[store]\n\nurl = \"postgres://me:geheim@db\"",
            ["line 3: store.url: ", "kind = \"postgres\"", "leave the URL out"],
        ),
        ("[store]\ncache = \"lots\"", ["line 2: store.cache: ", "`lots` is no size", "256MB"]),
        ("[store]\ncache = \"1MB\"", ["line 2: store.cache: ", "too little", "8MB"]),
        ("[http]\ntrusted_proxies = \"10.0.0.1\"", ["line 2: http.trusted_proxies: ", "is a text", "[\"127.0.0.1\""]),
        ("[http]\ntrusted_proxies = [\"proxy\"]", ["line 2: http.trusted_proxies: ", "`proxy`", "10.0.0.0/8"]),
        ("[http]\ntrusted_proxies = [\"0.0.0.0/0\"]", ["line 2", "everybody", "only the addresses"]),
        ("[http]\ntrusted_proxies = [1]", ["line 2", "a list of other things", "write a list"]),
        ("[outbound]\nallow = \"app:8443\"", ["line 2: outbound.allow: ", "is a text", "[\"app.internal:8443\""]),
        ("[outbound]\nallow = [\"https://app\"]", ["line 2: outbound.allow: ", "`https://app`", "without saying so"]),
        ("[outbound]\nallow = [\"10.0.0.0/99\"]", ["line 2", "neither a host nor a network", "10.1.0.0/16:*"]),
        ("[outbound]\nallow = [\"fd00::1\"]", ["line 2", "`fd00::1`", "[fd00::1]:8443"]),
        ("[outbound]\nallow = [\"app:http\"]", ["line 2", "no port", "1 to 65535"]),
        ("[outbound]\nallow = [\"*.internal\"]", ["line 2", "one by one", "network they are in"]),
        ("[outbound]\nallow = [\"0.0.0.0/0\"]", ["line 2", "everything", "Write only"]),
        ("[outbound]\nallow = [\"[::ffff:10.0.0.1]\"]", ["line 2", "written as IPv6", "write the IPv4 address"]),
        ("[outbound]\nallow = [\"169.254.169.254\"]", ["line 2", "credentials", "leave it out"]),
        ("[outbound]\nallow = [5]", ["line 2", "a list of other things", "write a list"]),
        (
            "[session]\nidle_timeout = \"30 min\"",
            ["line 2: session.idle_timeout: ", "`30 min` is no duration", "\"15m\""],
        ),
        ("[session]\nidle_timeout = 30", ["line 2: session.idle_timeout: ", "a bare number", "\"never\""]),
        ("[session]\nidle_timeout = false", ["line 2: session.idle_timeout: ", "true or false", "\"never\""]),
        ("session.max_lifetime = \"0s\"", ["line 1: session.max_lifetime: ", "`0s`", "\"never\""]),
        ("[session]\nwarn_before = \"never\"", ["line 2: session.warn_before: ", "`never`", "\"90s\""]),
        ("[session]\nreconstitution_window = \"1000d\"", ["line 2", "too long", "\"90d\""]),
        ("[cookies]\nstate = \"true\"", ["line 2: cookies.state: ", "is a text", "without quotes"]),
        ("[cookies]\nsilent = 1", ["line 2: cookies.silent: ", "a bare number", "true or false"]),
        ("[cookies]\nsilent = [\"true\"]", ["line 2: cookies.silent: ", "is a list", "true or false"]),
        ("[outbound]\nallow = true", ["line 2: outbound.allow: ", "true or false", "write a list"]),
        ("[tokens]\ncode = \"11m\"", ["line 2: tokens.code: ", "too long", "to \"10m\""]),
        ("[tokens]\ncode = \"0s\"", ["line 2: tokens.code: ", "too short", "from \"1s\""]),
        ("[tokens]\naccess = \"2h\"", ["line 2: tokens.access: ", "sign-out", "to \"1h\""]),
        ("[tokens]\nid = \"2d\"", ["line 2: tokens.id: ", "too long", "to \"1d\""]),
        ("[tokens]\nrefresh_retry = \"1h\"", ["line 2: tokens.refresh_retry: ", "too long", "\"0s\" to \"10m\""]),
        ("[log]\nformat = \"xml\"", ["line 2: log.format: ", "`xml`", "\"auto\", \"text\" or \"json\""]),
        ("[log]\nlevel = \"inof\"", ["line 2: log.level: ", "`inof` is no level", "\"info\""]),
        ("[log]\nlevel = \"info,h2=trace\"", ["line 2: log.level: ", "`h2=trace`", "\"info\" for it"]),
        ("[log]\nlevel = \"\"", ["line 2: log.level: ", "no level", "\"info\""]),
    ] {
        assert_wrong(file(text), &parts);
    }
}

#[test]
fn a_refused_value_that_may_be_a_secret_is_not_repeated() {
    let message = file("[store]\nurl = \"postgres://me:geheim@db\"").unwrap_err().to_string();
    assert!(!message.contains("geheim"), "{message}");
    let message = file("[store]\nkind = \"postgres\"\nurl = \"mysql://me:geheim@db\"").unwrap_err().to_string();
    assert!(message.contains("no URL of a PostgreSQL database") && !message.contains("geheim"), "{message}");
    let config =
        both("[store]\nkind = \"postgres\"", &[("ABIDE_STORE__URL", "postgres://me:geheim@db/abide")]).unwrap();
    assert_eq!(config.store.url.secret().map(|url| url.expose()), Some("postgres://me:geheim@db/abide"));
    let printed = format!("{config:?} {}", serde_json::to_string(&config).unwrap());
    assert!(!printed.contains("geheim"), "{printed}");
    let message = file("[store]\npassword = \"geheim").unwrap_err().to_string();
    assert!(!message.contains("geheim"), "{message}");
}

#[test]
fn unknown_keys_and_shapes() {
    for (text, parts) in [
        ("isuer = \"x\"", ["line 1: isuer: ", "no such setting", "`issuer`"]),
        (
            "[session]\nidle_timout = \"1h\"",
            ["line 2: session.idle_timout: ", "no such setting", "`session.idle_timeout`"],
        ),
        ("idle_timeout = \"1h\"", ["line 1: idle_timeout: ", "no such setting", "`session.idle_timeout`"]),
        (
            "[sesion]\nidle_timeout = \"1h\"",
            ["line 2: sesion.idle_timeout: ", "no such setting", "`session.idle_timeout`"],
        ),
        ("\n[metrics]", ["line 2: metrics: ", "no such setting", "did you mean"]),
        ("session = 5", ["line 1: session: ", "is a section", "[session]"]),
        ("[[session]]\nidle_timeout = \"1h\"", ["line 1: session: ", "is a section", "[session]"]),
        ("issuer.x = \"1\"", ["line 1: issuer: ", "is a table", "text in quotes"]),
        ("\"session.idle_timeout\" = \"1h\"", ["line 1", "no such setting", "without them"]),
        ("\"a\\u001b[2J\" = 1", ["line 1", "\u{fffd}[2J", "no such setting"]),
    ] {
        assert_wrong(file(text), &parts);
    }
}

#[test]
fn broken_files() {
    assert_wrong(file("issuer = \"https://a.example\"\nissuer = \"https://b.example\""), &["line 2", "duplicate key"]);
    let message = file("[session\nlisten").unwrap_err().to_string();
    assert!(message.contains("line 1") && message.contains("no TOML here"), "{message}");
    let absent = Config::load(Some(Path::new("not/here.toml")), std::iter::empty());
    assert_wrong(absent, &["not/here.toml: cannot be read", "--config"]);
    let mut latin = tempfile::NamedTempFile::new().unwrap();
    latin.write_all(b"# caf\xe9").unwrap();
    assert_wrong(Config::load(Some(latin.path()), std::iter::empty()), &["not UTF-8"]);
}

#[test]
fn all_mistakes_at_once_in_order() {
    let text = "listen = \"x\"\n[tokens]\ncode = \"1h\"\n[log]\nlevel = \"loud\"\n[session]\nidle_timeout = 1";
    let error = both(text, &[("ABIDE_TOKENS__ID", "soon")]).unwrap_err();
    let keys: Vec<&str> = error.problems.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["listen", "tokens.code", "log.level", "session.idle_timeout", "tokens.id"]);
    assert!(error.to_string().starts_with("5 settings are wrong:\n  "));
}

#[test]
fn rules_over_several_settings() {
    for (text, parts) in [
        ("[tls]\ncert = \"c.pem\"", ["line 2: tls.cert: ", "without `tls.key`", "write both"]),
        ("[tls]\n\nkey = \"k.pem\"", ["line 3: tls.key: ", "without `tls.cert`", "write both"]),
        ("\nlisten = \"0.0.0.0:80\"", ["line 2: listen: ", "unencrypted", "127.0.0.1:80"]),
        ("listen = \"[::]:8080\"", ["line 1: listen: ", "https issuer", "proxy"]),
        (
            "[session]\nidle_timeout = \"2d\"\n[session.remember]\nidle_timeout = \"1d\"",
            ["line 4: session.remember.idle_timeout: ", "shorter than `session.idle_timeout`, 2d", "at least \"2d\""],
        ),
        (
            "[session]\nmax_lifetime = \"never\"\n[session.remember]\nmax_lifetime = \"400d\"",
            ["line 4: session.remember.max_lifetime: ", "shorter", "at least \"never\""],
        ),
        (
            "[session]\nidle_timeout = \"10m\"\nwarn_before = \"10m\"",
            ["line 3: session.warn_before: ", "shortest limit, 10m", "less than half"],
        ),
        (
            "[tokens]\nrefresh_max = \"10d\"\nrefresh_idle = \"20d\"",
            ["line 3: tokens.refresh_idle: ", "longer than `tokens.refresh_max`", "at most \"10d\""],
        ),
    ] {
        assert_wrong(file(text), &parts);
    }
}

#[test]
fn tls_needs_files_and_an_https_issuer() {
    let pem = tempfile::NamedTempFile::new().unwrap();
    let path = pem.path().display();
    let tls = format!("[tls]\ncert = \"{path}\"\nkey = \"{path}\"");
    assert_wrong(file(&tls), &["line 2: tls.cert: ", "browsers come by https", "with https"]);
    let config = file(&format!("issuer = \"https://id.example.com\"\n{tls}")).unwrap();
    assert_eq!(config.tls.files(), Some((pem.path(), pem.path())));
    let absent = "issuer = \"https://id.example.com\"\n[tls]\ncert = \"/\"\nkey = \"not/here.pem\"";
    let message = file(absent).unwrap_err().to_string();
    assert!(message.contains("line 3: tls.cert: `/` is no file"), "{message}");
    assert!(message.contains("line 4: tls.key: `not/here.pem` cannot be read"), "{message}");
}

#[test]
fn longer_ordinary_limits_lift_what_was_not_written() {
    let session = file("[session]\nidle_timeout = \"never\"\nmax_lifetime = \"60d\"").unwrap().session;
    assert_eq!(session.remember, RememberedSession { idle_timeout: Limit::Never, max_lifetime: limit(60 * DAY) });
    let short = file("[session]\nidle_timeout = \"2s\"\nmax_lifetime = \"1m\"").unwrap().session;
    assert_eq!(short.remember, Session::default().remember);
    assert_eq!(short.policies().ordinary.idle_timeout, limit(2));
    assert_eq!(short.policies().remembered.idle_timeout, limit(14 * DAY));
    assert_eq!(file("[tokens]\nrefresh_idle = \"100d\"").unwrap().tokens.refresh_max, span(100 * DAY));
    assert_eq!(file("[tokens]\nrefresh_max = \"1d\"").unwrap().tokens.refresh_idle, span(DAY));
}

#[test]
fn variables_override() {
    let text = "issuer = \"https://a.example\"\n[session]\nidle_timeout = \"1h\"\nwarn_before = \"1m\"";
    let config = both(
        text,
        &[
            ("ABIDE_ISSUER", "https://b.example"),
            ("ABIDE_SESSION__IDLE_TIMEOUT", "30m"),
            ("ABIDE_SESSION__REMEMBER__MAX_LIFETIME", "never"),
            ("ABIDE_HTTP__TRUSTED_PROXIES", "127.0.0.1, 10.1.2.3/8,"),
            ("ABIDE_TLS__CERT", ""),
            ("ABIDE_COOKIES__SILENT", "true"),
            ("ABIDE_COOKIES__STATE", "false"),
            ("ABIDE_OUTBOUND__ALLOW", "App.internal:443, http://[::1]:8080,10.1.2.3/8:*,"),
            ("ABIDE_LOG__LEVEL", "warn, abide::store=debug"),
            ("ABIDE_SERVICE_HOST", "10.0.0.7"),
            ("ABIDE_PORT_8080_TCP", "tcp://10.0.0.7:8080"),
        ],
    )
    .unwrap();
    assert_eq!(config.issuer.to_string(), "https://b.example");
    assert_eq!(config.session.idle_timeout, limit(30 * MINUTE));
    assert_eq!(config.session.warn_before, span(MINUTE));
    assert_eq!(config.session.remember.max_lifetime, Limit::Never);
    assert_eq!(config.http.trusted_proxies, ["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse::<IpNet>().unwrap()]);
    assert_eq!(config.tls.cert, None);
    assert_eq!(config.cookies, OptionalCookies { silent: Switch::On, state: Switch::Off });
    let allowed: Vec<String> = config.outbound.allow.into();
    assert_eq!(allowed, ["app.internal", "http://[::1]:8080", "10.0.0.0/8:*"]);
    assert_eq!(config.log.level.to_string(), "warn,abide::store=debug");
}

#[test]
fn wrong_variables() {
    for (name, value, parts) in [
        ("ABIDE_SESSION__IDLE_TIMEOUT", "soon", ["variable ABIDE_SESSION__IDLE_TIMEOUT: ", "no duration", "\"15m\""]),
        (
            "ABIDE_SESSION_IDLE_TIMEOUT",
            "1h",
            ["variable ABIDE_SESSION_IDLE_TIMEOUT: ", "no such", "ABIDE_SESSION__IDLE_TIMEOUT"],
        ),
        ("ABIDE_ISUER", "https://a.example", ["variable ABIDE_ISUER: ", "no such setting", "ABIDE_ISSUER"]),
        ("ABIDE_", "", ["variable ABIDE_: ", "no such setting", "ABIDE_"]),
        ("ABIDE_HTTP__TRUSTED_PROXIES", "all", ["variable ABIDE_HTTP__TRUSTED_PROXIES: ", "`all`", "10.0.0.0/8"]),
        ("ABIDE_COOKIES__STATE", "yes", ["variable ABIDE_COOKIES__STATE: ", "`yes`", "write true or false"]),
        ("ABIDE_OUTBOUND__ALLOW", "app;b", ["variable ABIDE_OUTBOUND__ALLOW: ", "`app;b`", "neither a host"]),
        ("ABIDE_LISTEN", "0.0.0.0:8080", ["variable ABIDE_LISTEN: ", "unencrypted", "https issuer"]),
    ] {
        assert_wrong(environment(&[(name, value)]), &parts);
    }
}

#[test]
fn mail() {
    let whole = "[mail]\nfrom = \"Abide <id@example.com>\"\n";
    for (text, parts) in [
        ("server = \"mail.example.com\"", ["line 3: mail.server: ", "smtps://mail.example.com:465"]),
        ("server = \"http://mail.example.com\"", ["line 3: mail.server: ", "no mail server"]),
        ("server = \"smtps://me:geheim@mail.example.com\"", ["line 3: mail.server: ", "lines of their own"]),
        ("server = \"smtps://mail.example.com/x\"", ["line 3: mail.server: ", "no mail server"]),
        ("server = \"smtps://\"", ["line 3: mail.server: ", "no mail server"]),
        ("server = \"smtps://a:99999\"", ["line 3: mail.server: ", "no mail server"]),
        ("server = 465", ["line 3: mail.server: ", "a bare number"]),
        ("", ["line 2: mail.from: ", "without `mail.server`"]),
        ("server = \"smtp://mail.example.com\"\ntls = \"none\"", ["line 4: mail.tls: ", "in the clear"]),
        ("server = \"smtps://localhost\"\ntls = \"none\"", ["line 4: mail.tls: ", "write smtp"]),
        ("server = \"smtp://localhost\"\ntls = \"maybe\"", ["line 4: mail.tls: ", "`maybe` is neither"]),
        ("server = \"smtps://a.example\"\nusername = \"me\"", ["line 4: mail.username: ", "without a password"]),
        ("server = \"smtps://a.example\"\npassword = \"geheim\"", ["line 4: mail.password: ", "`mail.username`"]),
        (
            "server = \"smtps://a.example\"\nusername = \"me\"\npassword = \"geheim\"\npassword_file = \"f\"",
            ["line 6: mail.password_file: ", "one of the two"],
        ),
        ("server = \"smtps://a.example\"\ndevelopment = true", ["line 4: mail.development: ", "leave one out"]),
    ] {
        let wrong = file(&format!("{whole}{text}"));
        let message = wrong.as_ref().expect_err(text).to_string();
        assert!(!message.contains("geheim"), "{message}");
        assert_wrong(wrong, &parts);
    }
    assert_wrong(file("mail.from = \"no sender\""), &["line 1: mail.from: ", "`no sender`"]);
    assert_wrong(file("mail.from = \"a@b.example\\nBcc: c@d.example\""), &["line 1: mail.from: ", "no sender"]);
    assert_wrong(file("mail.server = \"smtps://a.example\""), &["line 1: mail.server: ", "`mail.from`"]);
    assert_wrong(file("accounts.self_registration = true"), &["line 1: accounts.self_registration: ", "[mail]"]);
    for (server, printed, opening) in [
        ("smtps://mail.example.com", "smtps://mail.example.com:465", Opening::Tls),
        ("smtp://mail.example.com:2525/", "smtp://mail.example.com:2525", Opening::Clear),
        ("smtp://[::1]:25", "smtp://[::1]:25", Opening::Clear),
    ] {
        let config = file(&format!("{whole}server = \"{server}\"\nusername = \"me\"\npassword = \"geheim\"")).unwrap();
        let found = config.mail.server.clone().unwrap();
        assert_eq!((found.to_string().as_str(), found.opening), (printed, opening));
        assert!(!format!("{config:?}").contains("geheim"));
        assert!(!serde_json::to_string(&config).unwrap().contains("geheim"));
    }
    file("mail.development = true\naccounts.self_registration = true").unwrap();
    file(&format!("{whole}server = \"smtp://127.0.0.1:25\"\ntls = \"none\"")).unwrap();
}

#[test]
fn advice() {
    let keys = |text: &str| file(text).unwrap().check().iter().map(|advice| advice.key).collect::<Vec<_>>();
    let behind = "issuer = \"https://id.example.com\"\n[http]\ntrusted_proxies = [\"127.0.0.1\"]\n[mail]\nfrom = \
                  \"Abide <id@example.com>\"\nserver = \"smtps://mail.example.com\"\n";
    assert_eq!(keys(behind), [""; 0], "a plain set-up behind a proxy leaves nothing to say");
    assert_eq!(keys(""), ["issuer", "mail.server"]);
    assert_eq!(keys("mail.development = true"), ["issuer", "mail.development"]);
    assert_eq!(keys("listen = \"127.0.0.1:9000\""), ["issuer", "listen", "mail.server"]);
    assert_eq!(
        keys("issuer = \"https://a.example\"\nlisten = \"0.0.0.0:80\""),
        ["http.trusted_proxies", "listen", "mail.server"]
    );
    for (more, key) in [
        ("[session]\nidle_timeout = \"never\"\nmax_lifetime = \"never\"", "session.max_lifetime"),
        ("[session]\nmax_lifetime = \"never\"", "session.max_lifetime"),
        ("[session]\nidle_timeout = \"8d\"", "session.idle_timeout"),
        ("[session]\nwarn_before = \"5s\"", "session.warn_before"),
        ("[session]\nreconstitution_window = \"0s\"", "session.reconstitution_window"),
        ("[cookies]\nstate = true", "cookies.state"),
        ("[tokens]\nrefresh_retry = \"0s\"", "tokens.refresh_retry"),
        ("[tokens]\naccess = \"5s\"", "tokens.access"),
        ("[tokens]\ncode = \"5s\"", "tokens.code"),
    ] {
        assert_eq!(keys(&format!("{behind}{more}")), [key], "{more}");
    }
    assert_eq!(keys(&format!("keys_dir = \"data/keys\"\n{behind}")), ["keys_dir"]);
    assert_eq!(keys(&format!("{behind}[cookies]\nsilent = true")), [""; 0], "over https it does what it says");
    assert_eq!(keys("[cookies]\nsilent = true"), ["issuer", "cookies.silent", "mail.server"]);
}

/// The dotted keys of the struct, as its own serialization names them.
fn keys_of_the_struct() -> BTreeSet<String> {
    fn walk(prefix: &str, value: &Json, keys: &mut BTreeSet<String>) {
        match value {
            Json::Object(members) => members.iter().for_each(|(name, value)| {
                walk(&if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") }, value, keys);
            }),
            _ => drop(keys.insert(prefix.to_owned())),
        }
    }
    let mut keys = BTreeSet::new();
    walk("", &serde_json::to_value(Config::default()).unwrap(), &mut keys);
    // A list of tables has no line of its own; `upstream` reads and tests it.
    assert!(keys.remove("upstream"));
    keys
}

#[test]
fn the_table_has_every_field_and_reads_what_it_prints() {
    let table: BTreeSet<String> = SETTINGS.iter().map(|setting| setting.key.to_owned()).collect();
    assert_eq!(table, keys_of_the_struct());
    let lines: String = SETTINGS.iter().map(|s| format!("{} = {}\n", s.key, (s.print)(&Config::default()))).collect();
    assert_eq!(file(&lines).unwrap(), Config::default());
}

#[test]
fn the_example_file_holds_every_default() {
    let example = include_str!("../../abide.example.toml");
    assert!(example.lines().all(|line| line.is_empty() || line.starts_with('#')));
    assert_eq!(file(example).unwrap(), Config::default());
    // A setting's line has its `#` right before it; prose has a space between.
    let setting = |line: &'static str| line.strip_prefix('#').filter(|rest| !rest.starts_with(' '));
    let live: String = example.lines().filter_map(setting).map(|line| format!("{line}\n")).collect();
    assert_eq!(file(&live).unwrap(), Config::default());
    let table: toml::Table = live.parse().unwrap();
    for known in SETTINGS {
        let pointer = format!("/{}", known.key.replace('.', "/"));
        let json = serde_json::to_value(&table).unwrap();
        assert!(json.pointer(&pointer).is_some(), "{} is missing", known.key);
    }
    let mut explained = false;
    for line in example.lines() {
        let is_setting = setting(line).is_some_and(|rest| !rest.starts_with('['));
        assert!(!is_setting || explained, "{line} has no explanation");
        explained = line.starts_with("# ");
    }
}

#[test]
fn the_documentation_has_every_setting_with_its_default() {
    let page = include_str!("../../docs/configuration.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let documented: Vec<&str> = rows.iter().map(|row| row[1].trim_matches('`')).collect();
    let known: Vec<&str> = SETTINGS.iter().map(|setting| setting.key).collect();
    assert_eq!(documented, known);
    for row in rows {
        let setting = keys::setting(row[1].trim_matches('`')).unwrap();
        assert_eq!(row[3], format!("`{}`", (setting.print)(&Config::default())), "{}", setting.key);
    }
}

#[test]
fn upstreams() {
    let google =
        "[[upstream]]\nid = \"google\"\npreset = \"google\"\nclient_id = \"abide\"\nclient_secret = \"geheim\"\n";
    let config = file(google).unwrap();
    let rules = &config.upstream[0].rules;
    assert_eq!((rules.issuer.as_str(), rules.name.as_str()), ("https://accounts.google.com", "Google"));
    assert_eq!(rules.scopes, ["openid", "profile", "email"]);
    assert!(!format!("{config:?}").contains("geheim"));
    assert!(!serde_json::to_string(&config).unwrap().contains("geheim"));
    let two = format!(
        "{google}[[upstream]]\nid = \"work\"\nissuer = \"https://login.example.com\"\nname = \"Work\"\n\
         client_id = \"x\"\nscopes = [\"groups\"]\naccounts = \"create\"\nclaims = {{ upn = \"preferred_username\" }}\n\
         trust_acr = {{ mfa = \"aal2\" }}\ntrust_email_verified = true\nauth_time = \"arrival\"\n"
    );
    let config = file(&two).unwrap();
    assert_eq!(config.upstream[1].rules.scopes, ["openid", "groups"]);
    assert_eq!(config.upstream.len(), 2);
    let advice: Vec<_> = config.check().into_iter().map(|advice| advice.key).collect();
    assert!(advice.contains(&"upstream.trust_acr"), "{advice:?}");

    let with = |extra: &str| {
        file(&format!(
            "[[upstream]]\nid = \"w\"\nname = \"W\"\nclient_id = \"c\"\nissuer = \"https://w.example\"\n{extra}"
        ))
    };
    assert!(with("").is_ok());
    for (extra, parts) in [
        ("colour = \"red\"", ["line 6: upstream.colour: ", "no such setting", "client_secret_file"]),
        ("preset = \"google\"", ["line 5: upstream.issuer: ", "known by the preset", "leave one"]),
        ("accounts = \"all\"", ["line 6: upstream.accounts: ", "`all` is neither", "\"known\" or \"create\""]),
        ("scopes = \"email\"", ["line 6: upstream.scopes: ", "no list of texts", "[\"profile\""]),
        (
            "claims = { upn = \"sub\" }",
            ["line 6: upstream.claims: ", "`sub` is no standard claim", "preferred_username"],
        ),
        ("claims = { v = \"email_verified\" }", ["line 6: upstream.claims: ", "`email_verified`", "no standard"]),
        ("trust_acr = { mfa = \"aal9\" }", ["line 6: upstream.trust_acr: ", "`aal9`", "\"aal2\""]),
        ("trust_email_verified = \"yes\"", ["line 6: upstream.trust_email_verified: ", "neither true", "false"]),
        (
            "client_secret_file = \"not/here\"",
            ["line 6: upstream.client_secret_file: ", "`not/here`", "cannot be read"],
        ),
        ("tenant = \"x\"", ["line 6: upstream.tenant: ", "microsoft", "leave it out"]),
    ] {
        assert_wrong(with(extra), &parts);
    }
    for (text, parts) in [
        ("upstream = 5", ["line 1: upstream: ", "list of tables", "[[upstream]]"]),
        ("[upstream]\nid = \"x\"", ["line 1: upstream: ", "list of tables", "[[upstream]]"]),
        (
            "[[upstream]]\nid = \"w\"\nname = \"W\"\nclient_id = \"c\"",
            ["line 1: upstream.issuer: ", "is missing", "metadata"],
        ),
        (
            "[[upstream]]\nid = \"w\"\nname = \"W\"\nclient_id = \"c\"\nissuer = \"http://w.example\"",
            ["line 5: upstream.issuer: ", "no issuer", "https"],
        ),
        (
            "[[upstream]]\nid = \"W W\"\nname = \"W\"\nclient_id = \"c\"\nissuer = \"https://w.example\"",
            ["line 2: upstream.id: ", "short name", "a to z"],
        ),
        (
            "[[upstream]]\nid = \"a\"\npreset = \"apple\"\nname = \"A\"\nclient_id = \"c\"",
            ["line 3: upstream.preset: ", "google, microsoft, gitlab", "`issuer`"],
        ),
        (
            "[[upstream]]\nid = \"m\"\npreset = \"microsoft\"\nclient_id = \"c\"",
            ["line 1: upstream.tenant: ", "is missing", "GUID"],
        ),
    ] {
        assert_wrong(file(text), &parts);
    }
    let again = format!("{google}{}", google.replace("Google", "Again"));
    assert_wrong(file(&again), &["line 7: upstream.id: ", "another upstream"]);
}
