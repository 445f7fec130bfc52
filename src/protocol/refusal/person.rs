//! What a person would have to do, or did not do. Nothing of it tells who they are, or whether they have an account.

reasons! {
    SIGN_IN: LoginRequired, RequestErrors, "the person has to sign in",
        "Send the browser to the authorization endpoint without prompt=none.";
    SECOND_FACTOR: LoginRequired, RequestErrors, "the person has to show a second factor",
        "Send the browser to the authorization endpoint without prompt=none.";
    MAILED_CODE: LoginRequired, RequestErrors, "the person has to enter a code that was mailed to them",
        "Send the browser to the authorization endpoint without prompt=none.";
    WHICH_ACCOUNT: LoginRequired, RequestErrors, "the person has to say which account they have",
        "Send the browser to the authorization endpoint without prompt=none.";
    SET_UP_FACTOR: InteractionRequired, RequestErrors, "the person has to set up a second factor",
        "Send the browser to the authorization endpoint without prompt=none.";
    CHOOSE: AccountSelectionRequired, RequestErrors, "the person has to choose an account",
        "Send the browser to the authorization endpoint without prompt=none.";
    NEVER_SILENTLY: InteractionRequired, RequestErrors, "a native public client is never answered silently",
        "Send the browser to the authorization endpoint without prompt=none, or use a refresh token.";
    CONSENT: ConsentRequired, RequestErrors, "the person has to consent",
        "Send the browser to the authorization endpoint without prompt=none.";
    NOT_CONSENTED: AccessDenied, Consent, "the person did not consent",
        "Go on without it, and ask again when the person wants to.";
    TAKEN_BACK: AccessDenied, Consent, "the person took back what they had allowed",
        "Go on without it, and ask again when the person wants to.";
    NOT_ADMINISTRATOR: AccessDenied, RequestErrors, "the console is for administrators",
        "Sign in as an administrator.";
    ANOTHERS_PAGE: AccessDenied, RequestErrors, "it is another person's page",
        "Sign in as the person whose page it is.";
    ACR_UNKNOWN: UnmetAuthenticationRequirements, EssentialAcr, "none of the essential acr values is known here",
        "Ask for acr values of acr_values_supported in the server's metadata.";
    NO_SECOND_FACTOR: UnmetAuthenticationRequirements, EssentialAcr, "the person set up no second factor",
        "Go on with what does not need one, and ask again when the person has one.";
    CLIENT_GONE: UnauthorizedClient, RequestErrors, "the client is gone",
        "Register the app again.";
    SOMEBODY_ELSE: LoginRequired, HintChecked, "somebody else signed in than id_token_hint or claims names",
        "Begin a new session in the app for whoever is there, by a request without id_token_hint and sub.";
    SESSION_OVER: LoginRequired, RequestErrors, "the session is over",
        "Send the browser to the authorization endpoint again.";
    TOO_MANY_APPS: AccessDenied, RequestErrors, "too many applications take part in the session",
        "Have the person sign out, and sign in again.";
}
