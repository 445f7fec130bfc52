//! The console: apps.

use askama::Template;

use super::admin_users::Tick;
use crate::text::Text;

/// One client, on [`AdminClients`].
#[derive(Debug, Clone)]
pub struct ClientLine {
    /// The client id.
    pub client_id: String,
    /// `client_name`; may be empty.
    pub name: String,
    /// "Confidential", "Browser app", "Native app".
    pub kind: String,
    /// `redirect_uris`.
    pub redirect_uris: Vec<String>,
    /// "Asked" or "Skipped".
    pub consent: String,
    /// When it was registered, in Unix seconds.
    pub created: i64,
}

impl ClientLine {
    /// What it is called; one without a name has its id.
    fn shown_name(&self) -> &str {
        if self.name.is_empty() { &self.client_id } else { &self.name }
    }
}

/// A client just made; the only time its secret is shown.
#[derive(Debug, Clone)]
pub struct NewSecret {
    /// The client id.
    pub client_id: String,
    /// The secret; a public client has none.
    pub client_secret: Option<String>,
}

/// What kind of client the form makes (RFC 6749, section 2.1; `application_type` of OpenID Connect Registration 1.0).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NewClientKind {
    /// Value `confidential`: keeps a secret.
    #[default]
    Confidential,
    /// Value `web`: public, in a browser.
    PublicWeb,
    /// Value `native`: public, installed on a device.
    Native,
}

/// What the form for a new client is filled with; names as in RFC 7591 where it has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewClient {
    /// The field `client_name`.
    pub client_name: String,
    /// The field `redirect_uris`, one a line.
    pub redirect_uris: String,
    /// The field `post_logout_redirect_uris`, one a line.
    pub post_logout_redirect_uris: String,
    /// The field `kind`.
    pub kind: NewClientKind,
    /// The box `skip_consent`.
    pub skip_consent: Tick,
    /// The field `idle_timeout`: a duration such as `15m`, or empty.
    pub idle_timeout: String,
    /// The field `max_lifetime`: a duration such as `12h`, or empty.
    pub max_lifetime: String,
    /// The field `scope`: space-separated, or empty for the default.
    pub scope: String,
}

/// Apps. POST `/admin/clients` with the fields of [`NewClient`], `/admin/clients/remove` with `client`.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/clients.html")]
pub struct AdminClients {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// Who is signed in to the console.
    pub person: String,
    /// One page of clients.
    pub clients: Vec<ClientLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Why the form came back.
    pub alert: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
    /// The client just made.
    pub created: Option<NewSecret>,
    /// The form for a new client.
    pub form: NewClient,
}

impl AdminClients {
    fn form_was_refused(&self) -> bool {
        self.alert.is_some() && self.form != NewClient::default()
    }
}
