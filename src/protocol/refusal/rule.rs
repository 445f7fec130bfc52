//! The rules that refusals rest on: the specification, the section, and what it comes to.

use std::fmt;

macro_rules! rules {
    ($($name:ident = $specification:literal, $section:literal, $words:literal;)+) => {
        /// A rule of a specification.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Rule {
            $(#[doc = $words] $name,)+
        }

        impl Rule {
            /// All of them.
            pub const ALL: &[Rule] = &[$(Rule::$name),+];

            const fn parts(self) -> (&'static str, &'static str, &'static str) {
                match self {
                    $(Rule::$name => ($specification, $section, $words),)+
                }
            }
        }
    };
}

rules! {
    OneAuthentication = "RFC 6749", "2.3", "a client authenticates in one way at once";
    ClientPassword = "RFC 6749", "2.3.1", "a client has its own id and secret, form-encoded, in the Authorization header or the body";
    AuthorizeParameters = "RFC 6749", "3.1", "no parameter of an authorization request is sent twice";
    ResponseTypeRequired = "RFC 6749", "3.1.1", "response_type is required, and one of those that are supported";
    TokenParameters = "RFC 6749", "3.2", "the token endpoint takes POST, and no parameter twice";
    ScopeWords = "RFC 6749", "3.3", "scope is a list of words in printable ASCII, with one space between them";
    AuthorizeErrors = "RFC 6749", "4.1.2.1", "what an authorization request is refused with";
    CodeOnce = "RFC 6749", "4.1.2", "a code is good once, for a short time, for the client and the redirect URI it was given to";
    CodeRedeemed = "RFC 6749", "4.1.3", "a code is redeemed with the redirect_uri of its authorization request, by the same client";
    OwnGrant = "RFC 6749", "4.4", "client_credentials is for clients that authenticate";
    TokenErrors = "RFC 6749", "5.2", "what a token request is refused with";
    Refreshing = "RFC 6749", "6", "a refresh token is the client's own, and its scope is the one that was granted or less";

    BearerOnce = "RFC 6750", "2", "a request has its access token in one place";
    BearerHeader = "RFC 6750", "2.1", "an access token comes in the Authorization header";
    BearerErrors = "RFC 6750", "3.1", "what a request with an access token is refused with";
    NoTokenInAddress = "RFC 6750", "5.3", "no access token stands in an address";

    RevokeOwn = "RFC 7009", "2.1", "a client gives back tokens that were issued to it";
    IntrospectionAuthenticated = "RFC 7662", "2.1", "who asks about a token authenticates, and names the token";

    AssertionParameters = "RFC 7521", "4.2", "client_assertion and client_assertion_type are sent together, and client_id agrees";
    AssertionKind = "RFC 7523", "2.2", "client_assertion_type is urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    AssertionClaims = "RFC 7523", "3", "an assertion has iss and sub of the client, aud of the server, exp, and a signature that can be verified";
    AssertionAlg = "OpenID Connect Core 1.0", "9", "an assertion has a jti that is used once, and is signed as the client registered";

    Verifier = "RFC 7636", "4.1", "code_verifier is 43 to 128 characters of A-Z a-z 0-9 - . _ ~";
    Challenge = "RFC 7636", "4.2", "code_challenge is the base64url of the SHA-256 of code_verifier";
    ChallengeSent = "RFC 7636", "4.3", "code_challenge and code_challenge_method are sent together";
    ChallengeRequired = "RFC 7636", "4.4.1", "a server may require code_challenge";
    VerifierChecked = "RFC 7636", "4.6", "the SHA-256 of code_verifier has to be the code_challenge";
    NoDowngrade = "RFC 9700", "4.8.2", "code_verifier is refused where no code_challenge was sent";

    Devices = "RFC 8628", "3.1", "a device asks for its codes at the device authorization endpoint";
    DeviceTokens = "RFC 8628", "3.4", "a device asks for tokens with the device_code that it was given";
    DevicePolling = "RFC 8628", "3.5", "a device waits for interval seconds between two questions, and longer after slow_down";

    Resources = "RFC 8707", "2", "resource is an absolute URI that the client may ask for";
    ResourcesGranted = "RFC 8707", "2.2", "at the token endpoint resource narrows what was granted";

    ObjectForm = "RFC 9101", "4", "a request object is a JSON Web Token whose claims are the parameters of the request";
    ObjectOnce = "RFC 9101", "5", "a request has request or request_uri, and its client_id and response_type agree with the object";
    ObjectSigned = "RFC 9101", "6.2", "a request object is signed by a key and an algorithm that the client registered";
    ObjectChecked = "RFC 9101", "6.3", "the parameters in a request object are judged like those of any request";
    ObjectRequired = "RFC 9101", "10.5", "a client that registered require_signed_request_object is answered to nothing else";
    ObjectReferenced = "OpenID Connect Core 1.0", "6.2", "request_uri is registered, and leads to the request object whose hash its fragment is";

    Pushing = "RFC 9126", "2.1", "an authorization request is pushed with its parameters, and without request_uri";
    PushedOnce = "RFC 9126", "4", "a pushed request is good for a short time, once, for the client that pushed it";
    PushRequired = "RFC 9126", "6", "a client that registered require_pushed_authorization_requests is answered to nothing else";

    ProofForm = "RFC 9449", "4.2", "a DPoP proof is a JSON Web Token with typ dpop+jwt, an asymmetric alg, jwk, jti, htm, htu and iat";
    ProofChecked = "RFC 9449", "4.3", "a DPoP proof is made for one request, and signed by the key in it";
    ProofAtToken = "RFC 9449", "5", "a token request shows the key that the code, the grant or the client's record is bound to";
    ProofScheme = "RFC 9449", "7.1", "an access token that is bound to a key comes by the scheme DPoP, with a proof by that key";
    ProofNonce = "RFC 9449", "8", "a DPoP proof says the nonce that the server gave";
    CodeBound = "RFC 9449", "10", "a code that is bound to a key is redeemed with a proof by that key";
    PushedBound = "RFC 9449", "10.1", "dpop_jkt of a pushed request is the key of the proof beside it";
    ProofOnce = "RFC 9449", "11.1", "a DPoP proof is used once";

    RedirectExact = "RFC 9700", "2.1", "redirect_uri is compared byte by byte with the registered ones";
    RefreshOnce = "RFC 9700", "4.14.2", "a refresh token is replaced at every use, and a used one revokes the grant";

    Request = "OpenID Connect Core 1.0", "3.1.2.1", "the parameters of an authentication request, and what they may hold";
    HintChecked = "OpenID Connect Core 1.0", "3.1.2.2", "an id_token_hint is an ID token of this issuer, and answered for its subject alone";
    Consent = "OpenID Connect Core 1.0", "3.1.2.4", "a person allows what an app asks for, or does not";
    RequestErrors = "OpenID Connect Core 1.0", "3.1.2.6", "what an authentication request is refused with";
    IdTokenInBrowser = "OpenID Connect Core 1.0", "3.2.2.1", "an ID token from the authorization endpoint needs the scope openid, and a nonce";
    UserinfoErrors = "OpenID Connect Core 1.0", "5.3.3", "what a userinfo request is refused with";
    ClaimsForm = "OpenID Connect Core 1.0", "5.5", "claims is a JSON object with the members userinfo and id_token";
    ClaimsSubject = "OpenID Connect Core 1.0", "5.5.1", "a claim is asked for with essential, value or values";
    EssentialAcr = "OpenID Connect Core 1.0", "5.5.1.1", "an essential acr is met, or the request is refused";
    ObjectByValue = "OpenID Connect Core 1.0", "6.1", "request and request_uri are sent where the server supports them";
    NoSelfIssued = "OpenID Connect Core 1.0", "7.2.1", "registration is for self-issued providers";

    NoQuery = "OAuth 2.0 Multiple Response Type Encoding Practices 1.0", "5", "no token travels in a query";
    ResponseModes = "OAuth 2.0 Multiple Response Type Encoding Practices 1.0", "2.1", "response_mode says how the answer travels";
    FormPost = "OAuth 2.0 Form Post Response Mode 1.0", "2", "form_post has the browser post the answer to the redirect_uri";

    SignOut = "OpenID Connect RP-Initiated Logout 1.0", "2", "the parameters of a logout request";
    SignOutReturn = "OpenID Connect RP-Initiated Logout 1.0", "3", "post_logout_redirect_uri is compared byte by byte with the registered ones";

    RegistrationMembers = "RFC 7591", "2", "the members of a client's metadata, and what they may hold";
    SoftwareStatement = "RFC 7591", "2.3", "a software statement is signed by somebody the server trusts";
    RegistrationAsked = "RFC 7591", "3", "the registration endpoint is open, or wants an initial access token";
    RegistrationRequest = "RFC 7591", "3.1", "a registration is an HTTP POST of a JSON object, as application/json";
    RegistrationErrors = "RFC 7591", "3.2.2", "what a registration is refused with";
    RegistrationManaged = "RFC 7592", "2", "a client looks after its registration with its registration access token";

    TooMany = "RFC 6585", "4", "who asks too often waits for Retry-After seconds";
    Methods = "RFC 9110", "15.5.6", "a method that is not in Allow is not taken";
    TooSlow = "RFC 9110", "15.5.9", "a request that does not arrive in time is given up";
    TooLarge = "RFC 9110", "15.5.14", "a request that is larger than the server takes is refused";
    Unavailable = "RFC 9110", "15.6.4", "a server that cannot answer now says when to try again";
}

impl Rule {
    /// Whose rule it is.
    pub fn specification(self) -> &'static str {
        self.parts().0
    }

    /// Where it stands there.
    pub fn section(self) -> &'static str {
        self.parts().1
    }

    /// What it comes to.
    pub fn words(self) -> &'static str {
        self.parts().2
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (specification, section, words) = self.parts();
        write!(f, "{specification}, section {section}: {words}")
    }
}
