//! What is wrong before anything is read, or with us.

reasons! {
    POST_ONLY: InvalidRequest, Methods, "this endpoint takes POST only",
        "Send a POST with the parameters in its body.";
    METHOD: InvalidRequest, Methods, "the endpoint does not take this method",
        "Send a method of the header Allow.";
    NOT_A_FORM: InvalidRequest, TokenErrors, "the body must be application/x-www-form-urlencoded",
        "Send Content-Type: application/x-www-form-urlencoded, and the parameters in that form.";
    TOO_MANY_PARAMETERS: InvalidRequest, AuthorizeErrors, "too many parameters",
        "Send at most 64 parameters; a posted authorization request has none in its address.";
    TOO_LARGE: InvalidRequest, TooLarge, "the body is too large",
        "Send a smaller body.";
    TOO_SLOW: InvalidRequest, TooSlow, "the body came too slowly",
        "Send the body within 15 seconds.";
    BUSY: TemporarilyUnavailable, Unavailable, "too busy; try again",
        "Wait for Retry-After seconds, and send the request again.";
    TRY_AGAIN: TemporarilyUnavailable, Unavailable, "try again",
        "Wait for Retry-After seconds, and send the request again.";
    TOO_OFTEN: TemporarilyUnavailable, TooMany, "too many requests of this kind came from this network",
        "Wait for Retry-After seconds.";
    STREAMS_OF_SESSION: TemporarilyUnavailable, TooMany, "too many streams are open for this session",
        "Keep one stream for a session, and close those that nobody reads.";
    STREAMS_OF_CLIENT: TemporarilyUnavailable, TooMany, "too many streams are open for this client or account",
        "Close the streams that nobody reads.";
    STREAMS: TemporarilyUnavailable, Unavailable, "too many streams are open",
        "Wait for Retry-After seconds.";
}
