//! Why an app is not registered. What is wrong with its metadata is told with the member by name, in words of its own.

reasons! {
    NO_TOKEN: InvalidRequest, BearerHeader, "no initial or registration access token",
        "Send Authorization: Bearer and the token: an initial access token to register, and the registration access token to look after it.";
    OFF: AccessDenied, RegistrationAsked, "apps cannot register themselves here",
        "Have an administrator register the app, or let apps register themselves by [registration] in the configuration.";
    BAD_TOKEN: InvalidToken, RegistrationManaged, "the token is not good",
        "Send the initial access token that an administrator handed out; to look after a registration, its own \
         registration_access_token, to its registration_client_uri.";
    TOO_MANY: TemporarilyUnavailable, TooMany, "too many registrations from this network",
        "Wait for Retry-After seconds, and register an app once.";
    NOT_JSON: InvalidRequest, RegistrationRequest, "the body must be application/json",
        "Send Content-Type: application/json.";
    NO_OBJECT: InvalidRequest, RegistrationRequest, "the body must be a JSON object",
        "Send the metadata as one JSON object.";
    REDIRECT_URI: InvalidRedirectUri, RegistrationErrors, "a redirect URI is none that can be registered",
        "Register absolute https addresses without fragments; a native app may also have http on the loopback interface, or a \
         scheme of its own.";
    METADATA: InvalidClientMetadata, RegistrationMembers, "a member is wrong",
        "Change the member that is named, or leave it out.";
    STATEMENT: InvalidSoftwareStatement, SoftwareStatement, "the software statement is none",
        "Leave software_statement out.";
    STATEMENT_UNAPPROVED: UnapprovedSoftwareStatement, SoftwareStatement, "nobody's software statements count here",
        "Leave software_statement out.";
}
