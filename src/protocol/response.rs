//! What an authorization response holds, and how it travels (OAuth 2.0 Multiple Response Type Encoding Practices 1.0;
//! OAuth 2.0 Form Post Response Mode 1.0; OpenID Connect Core, section 3).

use crate::protocol::params::Params;
use serde::{Deserialize, Serialize};

/// What comes back from the authorization endpoint: the code flow, the implicit flow, and the hybrid ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, PartialOrd, Ord)]
#[serde(try_from = "String", into = "&'static str")]
pub enum ResponseType {
    /// `code`
    #[default]
    Code,
    /// `id_token`
    IdToken,
    /// `id_token token`
    IdTokenToken,
    /// `code id_token`
    CodeIdToken,
    /// `code token`
    CodeToken,
    /// `code id_token token`
    CodeIdTokenToken,
}

/// A part of an authorization response.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The code.
    Code,
    /// An ID token.
    IdToken,
    /// An access token.
    Token,
}

/// No response type of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a response type is one of: code; id_token; id_token token; code id_token; code token; code id_token token")]
pub struct UnknownResponseType;

impl ResponseType {
    /// All of them, the default first.
    pub const ALL: [ResponseType; 6] = [
        ResponseType::Code,
        ResponseType::IdToken,
        ResponseType::IdTokenToken,
        ResponseType::CodeIdToken,
        ResponseType::CodeToken,
        ResponseType::CodeIdTokenToken,
    ];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            ResponseType::Code => "code",
            ResponseType::IdToken => "id_token",
            ResponseType::IdTokenToken => "id_token token",
            ResponseType::CodeIdToken => "code id_token",
            ResponseType::CodeToken => "code token",
            ResponseType::CodeIdTokenToken => "code id_token token",
        }
    }

    /// Reads it; the order of its words does not matter (RFC 6749, section 3.1.1).
    ///
    /// # Errors
    /// It is none of ours.
    pub fn parse(text: &str) -> Result<ResponseType, UnknownResponseType> {
        let words = |text: &str| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        let wanted = words(text);
        ResponseType::ALL.into_iter().find(|known| words(known.name()) == wanted).ok_or(UnknownResponseType)
    }

    /// Does it give this?
    pub fn gives(self, part: Part) -> bool {
        let word = match part {
            Part::Code => "code",
            Part::IdToken => "id_token",
            Part::Token => "token",
        };
        self.name().split(' ').any(|own| own == word)
    }

    /// Does it hand out tokens where the code flow has none: in the browser?
    pub fn shows_tokens(self) -> bool {
        self != ResponseType::Code
    }
}

impl TryFrom<String> for ResponseType {
    type Error = UnknownResponseType;
    fn try_from(text: String) -> Result<ResponseType, UnknownResponseType> {
        ResponseType::parse(&text)
    }
}

impl From<ResponseType> for &'static str {
    fn from(response_type: ResponseType) -> &'static str {
        response_type.name()
    }
}

/// How an authorization response travels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query of the redirect.
    #[default]
    Query,
    /// In the fragment of the redirect.
    Fragment,
    /// As a form that the browser posts.
    FormPost,
}

/// A response mode that does not do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// It is none of ours.
    Unknown,
    /// A query is no place for a token: it is kept in logs and sent on as a referrer.
    QueryWithTokens,
}

impl ResponseMode {
    /// All of them, the default of the code flow first.
    pub const ALL: [ResponseMode; 3] = [ResponseMode::Query, ResponseMode::Fragment, ResponseMode::FormPost];

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            ResponseMode::Query => "query",
            ResponseMode::Fragment => "fragment",
            ResponseMode::FormPost => "form_post",
        }
    }

    /// How the answer to a request travels. An error travels as well, so there is an answer for every request: where the
    /// mode asked for does not do ([`ResponseMode::check`] says so), the usual one of its response type.
    pub fn of(params: &Params) -> ResponseMode {
        let usual = ResponseMode::usual(params);
        match ResponseMode::asked(params) {
            Some(mode) if ResponseMode::check(params).is_ok() => mode,
            _ => usual,
        }
    }

    /// Does the mode asked for do?
    ///
    /// # Errors
    /// Why not.
    pub fn check(params: &Params) -> Result<(), Unfit> {
        match (params.get("response_mode"), ResponseMode::asked(params), ResponseMode::usual(params)) {
            (None, ..) => Ok(()),
            (_, None, _) => Err(Unfit::Unknown),
            (_, Some(ResponseMode::Query), ResponseMode::Fragment) => Err(Unfit::QueryWithTokens),
            _ => Ok(()),
        }
    }

    fn asked(params: &Params) -> Option<ResponseMode> {
        let text = params.get("response_mode")?;
        ResponseMode::ALL.into_iter().find(|mode| mode.name() == text)
    }

    /// By the words, so that it is known for a response type that we refuse as well.
    fn usual(params: &Params) -> ResponseMode {
        let mut words = params.get("response_type").unwrap_or_default().split(' ');
        if words.any(|word| matches!(word, "token" | "id_token")) {
            ResponseMode::Fragment
        } else {
            ResponseMode::Query
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_type_is_a_set_of_words() {
        for (text, read) in [
            ("code", Ok(ResponseType::Code)),
            ("id_token token", Ok(ResponseType::IdTokenToken)),
            ("token id_token", Ok(ResponseType::IdTokenToken)),
            ("token code id_token", Ok(ResponseType::CodeIdTokenToken)),
            ("token", Err(UnknownResponseType)),
            ("none", Err(UnknownResponseType)),
            ("code code", Err(UnknownResponseType)),
            ("code  token", Err(UnknownResponseType)),
            (" code", Err(UnknownResponseType)),
            ("CODE", Err(UnknownResponseType)),
            ("", Err(UnknownResponseType)),
        ] {
            assert_eq!(ResponseType::parse(text), read, "{text:?}");
        }
        for response_type in ResponseType::ALL {
            assert_eq!(ResponseType::parse(response_type.name()), Ok(response_type));
            let parts = [Part::Code, Part::IdToken, Part::Token].into_iter().filter(|part| response_type.gives(*part));
            assert_eq!(parts.count(), response_type.name().split(' ').count(), "{response_type:?}");
        }
    }

    #[test]
    fn no_token_travels_in_a_query() {
        let of = |text: &str| {
            let params = Params::parse(text.as_bytes()).unwrap();
            (ResponseMode::of(&params), ResponseMode::check(&params))
        };
        for response_type in ResponseType::ALL {
            let asked = format!("response_type={}", response_type.name().replace(' ', "%20"));
            let shows = response_type.shows_tokens();
            let usual = if shows { ResponseMode::Fragment } else { ResponseMode::Query };
            let by_query = if shows { Err(Unfit::QueryWithTokens) } else { Ok(()) };
            assert_eq!(of(&asked), (usual, Ok(())), "{asked}");
            assert_eq!(of(&format!("{asked}&response_mode=query")), (usual, by_query), "{asked}");
            assert_eq!(of(&format!("{asked}&response_mode=jwt")), (usual, Err(Unfit::Unknown)), "{asked}");
            for mode in [ResponseMode::Fragment, ResponseMode::FormPost] {
                assert_eq!(of(&format!("{asked}&response_mode={}", mode.name())), (mode, Ok(())), "{asked}");
            }
        }
        // Refused, and still where no log keeps it.
        assert_eq!(of("response_type=token").0, ResponseMode::Fragment);
    }
}
