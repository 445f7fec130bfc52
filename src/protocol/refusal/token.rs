//! What is wrong with a token request, or with a token.

reasons! {
    REPEATED: InvalidRequest, TokenParameters, "a parameter is repeated",
        "Send each parameter once; resource alone may come several times.";
    MALFORMED: InvalidRequest, TokenErrors, "a parameter is too long or no UTF-8 text",
        "Send every value percent-encoded from UTF-8, without control characters, and no longer than 16 kB.";
    SPOILED: InvalidRequest, TokenParameters, "a parameter is repeated, too long or no UTF-8 text",
        "Send each parameter once, percent-encoded from UTF-8, without control characters, and no longer than 16 kB.";
    GRANT_TYPE_MISSING: InvalidRequest, TokenErrors, "grant_type is missing",
        "Send grant_type in the body.";
    GRANT_TYPE_UNKNOWN: UnsupportedGrantType, TokenErrors, "grant_type is none that is supported",
        "Send one of grant_types_supported in the server's metadata.";
    GRANT_TYPE_FORBIDDEN: UnauthorizedClient, TokenErrors, "the client may not use this grant type",
        "Have an administrator add it to grant_types in the client's record.";
    CODE_MISSING: InvalidRequest, CodeRedeemed, "code is missing",
        "Send the code that came to the redirect_uri.";
    CODE_BAD: InvalidGrant, CodeOnce, "the code is not good",
        "Send the code unchanged, decoded once, and as the client that asked for it.";
    CODE_EARLY: InvalidGrant, CodeOnce, "the code is not good yet",
        "Set the clocks of the server's nodes.";
    CODE_EXPIRED: InvalidGrant, CodeOnce, "the code has expired",
        "Redeem a code at once.";
    CODE_USED: InvalidGrant, CodeOnce, "the code was used before; what it gave is revoked",
        "Redeem a code once: see to it that a page that is loaded again, or an effect that runs twice, does not do it again.";
    REDIRECT_MISSING: InvalidRequest, CodeRedeemed, "redirect_uri is missing",
        "Send the redirect_uri of the authorization request again.";
    REDIRECT_DIFFERS: InvalidGrant, CodeRedeemed, "redirect_uri is not the one of the authorization request",
        "Send the redirect_uri of the authorization request again, byte by byte.";
    VERIFIER_MALFORMED: InvalidGrant, Verifier, "code_verifier must be 43 to 128 unreserved characters",
        "Make the verifier of 32 random bytes in base64url.";
    VERIFIER_WRONG: InvalidGrant, VerifierChecked, "code_verifier does not answer the code_challenge",
        "Send the code_verifier of this very request: keep it by state, and hash it by SHA-256 for code_challenge.";
    VERIFIER_UNASKED: InvalidGrant, NoDowngrade, "code_verifier without a code_challenge",
        "Send code_challenge with the authorization request.";
    GRANT_FORMER: InvalidGrant, TokenErrors, "the grant is not good any more" /
        "the grant was given to another client, or to one that was removed since and had the same client_id",
        "Send the browser to the authorization endpoint.";
    GRANT_REVOKED: InvalidGrant, TokenErrors, "the grant is not good any more" /
        "the grant was revoked; or it outlives sessions, and was unused or there for too long",
        "Send the browser to the authorization endpoint.";
    GRANT_CLOSED: InvalidGrant, TokenErrors, "the grant is not good any more" /
        "the account of the person is closed or gone",
        "End the session of this person in the app.";
    GRANT_RENOUNCED: InvalidGrant, TokenErrors, "the grant is not good any more" /
        "the person signed out everywhere, a credential of theirs was changed or reset, or their account was closed for a while",
        "End the session of this person in the app, and send the browser to the authorization endpoint.";
    GRANT_OFFLINE: InvalidGrant, TokenErrors, "the grant is not good any more" /
        "offline_access is not allowed any more, by the person or by the client's record",
        "Ask for offline_access with prompt=consent, as a client whose record allows it and sets no limits of its own.";
    GRANT_SESSION: InvalidGrant, TokenErrors, "the grant is not good any more" /
        "the session that the grant belongs to has ended or timed out, or the app's part in it",
        "Send the browser to the authorization endpoint.";
    REFRESH_MISSING: InvalidRequest, Refreshing, "refresh_token is missing",
        "Send the refresh token that came last.";
    REFRESH_BAD: InvalidGrant, Refreshing, "the refresh token is not good",
        "Send the refresh token that came last, unchanged, as the client it was given to; else begin again at the authorization \
         endpoint.";
    REFRESH_USED: InvalidGrant, RefreshOnce, "the refresh token was used before; the grant is revoked",
        "Keep the refresh token of every answer in place of the one before, and refresh from one place at once.";
    SCOPE_CHARACTER: InvalidScope, ScopeWords, "scope holds a character that is not allowed",
        "Send words in printable ASCII without quotation marks and backslashes, with one space between them.";
    SCOPE_BEYOND: InvalidScope, Refreshing, "scope is beyond what was granted",
        "Send a part of the scope that was granted, or leave scope out.";
    SCOPE_GONE: InvalidScope, Refreshing, "the client may have none of the scope any more",
        "Have an administrator look at scope in the client's record.";
    RESOURCE_BEYOND: InvalidTarget, ResourcesGranted, "a resource is beyond what was granted",
        "Send a resource of the authorization request, or leave resource out.";
    RESOURCE_GONE: InvalidTarget, ResourcesGranted, "the client may call none of the resources any more",
        "Have an administrator look at calls and resources in the client's record.";
    OWN_PUBLIC: UnauthorizedClient, OwnGrant, "a client without credentials cannot act for itself",
        "Register the client with a secret or a key.";
    OWN_SCOPE: InvalidScope, OwnGrant, "a scope is none that this client may have for itself",
        "Send scopes of the client's record that are none of a person, or leave scope out.";
    DEVICE_FORBIDDEN: UnauthorizedClient, Devices, "the client may not use the device authorization grant",
        "Have an administrator add urn:ietf:params:oauth:grant-type:device_code to grant_types in the client's record.";
    DEVICE_CODE_MISSING: InvalidRequest, DeviceTokens, "device_code is missing",
        "Send the device_code of the device authorization endpoint.";
    DEVICE_CODE_BAD: InvalidGrant, DeviceTokens, "the device code is not good",
        "Send the device_code unchanged, as the client that asked for it.";
    DEVICE_PENDING: AuthorizationPending, DevicePolling, "the person has not answered yet",
        "Ask again after interval seconds.";
    DEVICE_TOO_SOON: SlowDown, DevicePolling, "asked too soon; wait five seconds longer between two questions",
        "Wait five seconds longer from now on.";
    DEVICE_EXPIRED: ExpiredToken, DevicePolling, "the device code has expired",
        "Ask for new codes, and show them.";
    TOKEN_MISSING: InvalidRequest, IntrospectionAuthenticated, "token is missing",
        "Send the token in the parameter token.";
    INTROSPECTION_PUBLIC: InvalidClient, IntrospectionAuthenticated, "introspection is for clients that authenticate",
        "Ask as a client with a secret or a key.";
    REVOKED_FOREIGN: InvalidGrant, RevokeOwn, "the token was issued to another client",
        "Give back as the client that the token was issued to.";
    BAD: InvalidToken, BearerErrors, "the access token is not good" /
        "it is no access token of this server, or not as it was issued",
        "Send the access token of the last answer of the token endpoint, unchanged.";
    EXPIRED: InvalidToken, BearerErrors, "the access token is not good" / "the access token has expired",
        "Refresh it before expires_in seconds have passed.";
    FOR_OTHERS: InvalidToken, BearerErrors, "the access token is not good" /
        "the access token is for other APIs, and not for this server",
        "Ask for a token without resource, or present this one there.";
    FORGOTTEN: InvalidToken, BearerErrors, "the access token is not good" /
        "the grant of the access token is forgotten, or its client is removed or known by another sector now",
        "Send the browser to the authorization endpoint.";
    GROUND_OVER: InvalidToken, BearerErrors, "the access token is not good" / "what the access token rests on is over",
        "Send the browser to the authorization endpoint.";
    NO_OPENID: InsufficientScope, UserinfoErrors, "the access token lacks the scope openid",
        "Ask for openid at the authorization endpoint.";
    NO_REPORT: InsufficientScope, BearerErrors, "the client may not report activity with this token",
        "Have an administrator set session.activity to report in the client's record, and send a token that is for this server alone and no offline one.";
    NONE: InvalidRequest, BearerHeader, "no access token",
        "Send Authorization: Bearer and the token, or, where it is bound to a key, DPoP and the token.";
    TWO: InvalidRequest, BearerOnce, "more than one access token",
        "Send the token once, in the Authorization header.";
    IN_ADDRESS: InvalidRequest, NoTokenInAddress, "the token goes into the header",
        "Send Authorization: Bearer and the token.";
    WITH_BODY: InvalidRequest, BearerHeader, "the request has no body; the token goes into the header",
        "Send Authorization: Bearer and the token, and no body.";
    UNKNOWN_PAGE: InvalidRequest, BearerHeader, "at is console, or left out",
        "Leave at out: it is for pages of Abide.";
    REPORTED: SlowDown, TooMany, "activity was reported a moment ago",
        "Wait for Retry-After seconds.";
}
