//! Why a client is not taken for the one it says it is. Most of it no stranger is told: it would say which clients there are.

reasons! {
    HEADER_UNREADABLE: InvalidClient, ClientPassword, "the Authorization header cannot be read",
        "Send Authorization: Basic, and the base64 of the form-encoded client_id, a colon, and the form-encoded secret.";
    REPEATED: InvalidRequest, TokenParameters, "a parameter of client authentication is repeated or malformed",
        "Send client_id, client_secret, client_assertion and client_assertion_type once each.";
    TWICE: InvalidRequest, OneAuthentication, "two ways of client authentication at once",
        "Send the Authorization header, client_secret, or client_assertion: the one that token_endpoint_auth_method says.";
    OTHER_ID: InvalidRequest, OneAuthentication, "client_id differs from the authenticated client",
        "Send in client_id what the header or the assertion says, or leave it out.";
    MISSING: InvalidClient, OneAuthentication, "client authentication is missing",
        "Authenticate as token_endpoint_auth_method in the client's record says; a public client sends client_id.";
    ASSERTION_INCOMPLETE: InvalidRequest, AssertionParameters,
        "client_assertion and client_assertion_type belong together",
        "Send both.";
    ASSERTION_KIND: InvalidClient, AssertionKind, "client_assertion_type must be the one of RFC 7523",
        "Send client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer.";
    ASSERTION_UNREADABLE: InvalidClient, AssertionClaims, "client authentication failed" /
        "client_assertion is no JSON Web Token that can be read, or a claim of it is missing or of another type",
        "Send a signed JSON Web Token with an alg that is supported, and with iss, sub, aud, exp and jti.";
    UNKNOWN: InvalidClient, ClientPassword, "client authentication failed" / "there is no client of this name",
        "Send the client_id of a registered app.";
    OTHER_METHOD: InvalidClient, OneAuthentication, "client authentication failed" /
        "the client authenticates by another method than it registered (token_endpoint_auth_method)",
        "Authenticate as the record says, or have an administrator change token_endpoint_auth_method.";
    WRONG_SECRET: InvalidClient, ClientPassword, "client authentication failed" /
        "the secret or assertion is not the client's, or not good any more",
        "Send the secret of this client; one that is lost is replaced by an administrator, with abide import.";
    ASSERTION_ALG: InvalidClient, AssertionAlg, "client authentication failed" /
        "the assertion is signed by another algorithm than registered",
        "Sign by the algorithm that token_endpoint_auth_signing_alg says, of the kind that token_endpoint_auth_method says.";
    ASSERTION_SIGNATURE: InvalidClient, AssertionClaims, "client authentication failed" /
        "the assertion is not signed by a secret or key of the client",
        "Sign with a key whose public half is in jwks, or at jwks_uri, of the client's record; or with its client_secret.";
    ASSERTION_USED: InvalidClient, AssertionAlg, "client authentication failed" /
        "the jti of the assertion was used before",
        "Make a new assertion, with a new random jti, for every request.";
    ASSERTION_ISSUER: InvalidClient, AssertionClaims, "client authentication failed" /
        "iss and sub of the assertion must both be the client_id",
        "Put the client_id into both.";
    ASSERTION_IS_REQUEST: InvalidClient, AssertionClaims, "client authentication failed" /
        "the assertion is an authorization request",
        "Leave response_type and redirect_uri out of it, and sign requests and assertions apart.";
    ASSERTION_AUDIENCE: InvalidClient, AssertionClaims, "client authentication failed" /
        "aud of the assertion must be the issuer or the endpoint, and nothing else",
        "Put the issuer, as the server's metadata has it, into aud.";
    ASSERTION_EXPIRED: InvalidClient, AssertionClaims, "client authentication failed" /
        "exp of the assertion is past",
        "Make a new assertion for every request, and set the clock.";
    ASSERTION_LONG_LIVED: InvalidClient, AssertionClaims, "client authentication failed" /
        "exp of the assertion is more than an hour ahead",
        "Put an instant of the next minutes into exp, in seconds.";
    ASSERTION_EARLY: InvalidClient, AssertionClaims, "client authentication failed" /
        "nbf or iat of the assertion lies in the future",
        "Set the clock; these are seconds, not milliseconds.";
    ASSERTION_NAME: InvalidClient, AssertionAlg, "client authentication failed" /
        "jti of the assertion must have 1 to 255 bytes",
        "Put a random text of that length into jti.";
}
