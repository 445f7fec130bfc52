//! What is wrong with a logout request. But for one that cannot be read, the person signs out all the same, and the app alone does
//! not get what it asked for: nobody is told but whoever develops it.

reasons! {
    MALFORMED: InvalidRequest, SignOut, "too many parameters" /
        "a parameter of the logout request is repeated or malformed, or there are more than 64",
        "Send id_token_hint, client_id, post_logout_redirect_uri and state once each, percent-encoded from UTF-8.";
    HINT_FOREIGN: InvalidRequest, SignOut, "id_token_hint is no ID token of this issuer",
        "Send the ID token that came last from this issuer; one that has expired will do.";
    OTHER_CLIENT: InvalidRequest, SignOut, "client_id is not the audience of id_token_hint, or there is no client of this name",
        "Send the client_id that the ID token was issued to, or leave it out.";
    NO_CLIENT: InvalidRequest, SignOut, "post_logout_redirect_uri comes without id_token_hint and client_id",
        "Send id_token_hint, which also spares the person a question.";
    FOREIGN_RETURN: InvalidRequest, SignOutReturn, "post_logout_redirect_uri is not registered for this client",
        "Send an address exactly as it is registered, or register the one that is sent.";
    UNVOUCHED: InvalidRequest, SignOutReturn, "an app that registered itself is returned to with a genuine id_token_hint alone",
        "Send the ID token that came last from this issuer; one that has expired will do.";
}
