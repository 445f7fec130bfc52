//! What is wrong with an authorization request, at its own endpoint, pushed, or asked by a device.

reasons! {
    NO_CLIENT_ID: InvalidRequest, Request, "client_id is missing, repeated or malformed",
        "Send client_id once, as the app was registered under it.";
    NO_SUCH_CLIENT: UnauthorizedClient, Request, "there is no client of this name",
        "Send the client_id of a registered app; the console and abide import register one.";
    NO_REDIRECT_URI: InvalidRequest, RedirectExact, "redirect_uri is missing, repeated or malformed",
        "Send redirect_uri once.";
    FOREIGN_REDIRECT_URI: InvalidRequest, RedirectExact, "redirect_uri is not registered for this client",
        "Send a redirect_uri exactly as it is registered, or register the one that is sent.";
    REPEATED: InvalidRequest, AuthorizeParameters, "a parameter is repeated",
        "Send each parameter once; resource alone may come several times.";
    MALFORMED: InvalidRequest, AuthorizeErrors, "a parameter is too long or no UTF-8 text",
        "Send every value percent-encoded from UTF-8, without control characters, and no longer than 16 kB.";
    TOO_LONG: InvalidRequest, AuthorizeErrors, "nonce, scope or resource is too long",
        "Send at most 512 bytes of nonce, 1024 of scope, and 2048 of all resource parameters together.";
    RESPONSE_TYPE_MISSING: InvalidRequest, ResponseTypeRequired, "response_type is missing",
        "Send response_type=code.";
    RESPONSE_TYPE_UNKNOWN: UnsupportedResponseType, ResponseTypeRequired, "response_type is none that is supported",
        "Send response_type=code, or another of response_types_supported in the server's metadata.";
    RESPONSE_TYPE_FORBIDDEN: UnauthorizedClient, ResponseTypeRequired,
        "the client is not registered for this response_type",
        "Send a response_type of the client's record, or have an administrator add this one to its response_types and what it \
         needs to its grant_types.";
    RESPONSE_MODE_UNKNOWN: InvalidRequest, ResponseModes, "response_mode must be query, fragment or form_post",
        "Send one of these, or leave response_mode out.";
    QUERY_WITH_TOKENS: InvalidRequest, NoQuery,
        "response_mode=query is for response_type=code alone: no token in a query",
        "Send response_mode=fragment or form_post, or leave response_mode out.";
    FORM_POST_TO_APP: InvalidRequest, FormPost, "response_mode=form_post needs a redirect_uri on the web",
        "Send an https redirect_uri, or another response_mode.";
    SCOPE_CHARACTER: InvalidScope, ScopeWords, "scope holds a character that is not allowed",
        "Send words in printable ASCII without quotation marks and backslashes, with one space between them.";
    SCOPE_MISSING: InvalidScope, ScopeWords, "scope is missing",
        "Send scope, with openid in it for an ID token.";
    SCOPE_FORBIDDEN: InvalidScope, ScopeWords, "none of the scopes is known or allowed",
        "Send a scope that the client may have, or have an administrator add it to scope in the client's record.";
    OPENID_FORBIDDEN: InvalidScope, IdTokenInBrowser, "the client may not ask for the scope openid",
        "Send response_type=code, or have an administrator add openid to scope in the client's record.";
    OPENID_MISSING: InvalidRequest, IdTokenInBrowser, "an ID token is asked for without the scope openid",
        "Send openid in scope, or a response_type without id_token.";
    NONCE_MISSING: InvalidRequest, IdTokenInBrowser,
        "nonce is missing; an ID token from the authorization endpoint needs one",
        "Send a fresh random nonce with every request, and compare it with the one in the ID token.";
    RESOURCE_FORBIDDEN: InvalidTarget, Resources, "a resource is none that this client may ask for",
        "Send a resource of the client's record, byte by byte, or have an administrator add this one to its calls.";
    RESOURCE_TOO_LONG: InvalidRequest, Resources, "scope or resource is too long",
        "Send at most 1024 bytes of scope, and 2048 of all resource parameters together.";
    MAX_AGE: InvalidRequest, Request, "max_age must be a number of seconds",
        "Send max_age in digits alone.";
    PROMPT_UNKNOWN: InvalidRequest, Request, "prompt holds an unknown value",
        "Send none, or of login, consent, select_account and create those that are meant, with one space between them.";
    PROMPT_NONE_WITH_OTHER: InvalidRequest, Request, "prompt=none goes with no other value",
        "Send prompt=none alone, or leave none out.";
    NO_SIGN_UP: InvalidRequest, Request, "prompt=create is not supported",
        "Leave create out of prompt: nobody can make an account here.";
    CHALLENGE_MISSING: InvalidRequest, ChallengeRequired, "code_challenge is missing; PKCE with S256 is required",
        "Make a random code_verifier, and send the base64url of its SHA-256 as code_challenge, with code_challenge_method=S256.";
    CHALLENGE_ALONE_MISSING: InvalidRequest, ChallengeSent, "code_challenge_method without code_challenge",
        "Send code_challenge beside it, or neither of them.";
    CHALLENGE_MALFORMED: InvalidRequest, Challenge, "code_challenge must be the base64url of a SHA-256",
        "Send the 43 characters that the SHA-256 of code_verifier is in base64url, without padding.";
    CHALLENGE_METHOD: InvalidRequest, ChallengeSent, "code_challenge_method must be S256",
        "Send code_challenge_method=S256, and as code_challenge the base64url of the SHA-256 of code_verifier.";
    KEY_MALFORMED: InvalidRequest, CodeBound, "dpop_jkt must be the base64url of a SHA-256",
        "Send the JWK thumbprint (RFC 7638) of the key, 43 characters, or leave dpop_jkt out.";
    CLAIMS_TOO_LONG: InvalidRequest, ClaimsForm, "claims is too long",
        "Send at most 4096 bytes.";
    CLAIMS_MALFORMED: InvalidRequest, ClaimsForm, "claims is no JSON object of claims requests",
        "Send a JSON object with the members userinfo and id_token, in which every claim is null or an object.";
    CLAIMS_TWO_SUBJECTS: InvalidRequest, ClaimsSubject, "claims names two subjects",
        "Ask for one sub, by one value.";
    HINT_FOREIGN: InvalidRequest, HintChecked, "id_token_hint is no ID token of this issuer",
        "Send an ID token as it came from this issuer, or leave id_token_hint out.";
    HINT_AND_CLAIMS: InvalidRequest, HintChecked, "id_token_hint and claims name two subjects",
        "Leave one of them out, or have both name one subject.";
    OBJECTS_UNSUPPORTED: RequestNotSupported, ObjectByValue, "request objects are not supported",
        "Send the parameters themselves.";
    REFERENCES_UNSUPPORTED: RequestUriNotSupported, ObjectByValue, "request_uri is not supported",
        "Send the parameters themselves.";
    SELF_ISSUED_UNSUPPORTED: RegistrationNotSupported, NoSelfIssued, "self-issued registration is not supported",
        "Leave registration out, and register the app.";
}
