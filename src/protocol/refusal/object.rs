//! What is wrong with a request that stands elsewhere: in a signed object, in one that is published, or pushed before.

reasons! {
    TWO_CARRIERS: InvalidRequest, ObjectOnce, "request and request_uri exclude each other",
        "Send one of them.";
    MUST_PUSH: InvalidRequest, PushRequired, "this client has to push its requests (RFC 9126)",
        "Post the parameters to the pushed_authorization_request_endpoint, and send client_id and the request_uri it answers.";
    MUST_SIGN: InvalidRequest, ObjectRequired, "this client has to sign its requests (RFC 9101, section 10.5)",
        "Send the parameters as claims of a signed token, in request; or have require_signed_request_object switched off.";
    UNREADABLE: InvalidRequestObject, ObjectForm,
        "the request object is no token, or of a kind or algorithm that is not supported",
        "Send a JSON Web Token with an alg of request_object_signing_alg_values_supported, whose typ is oauth-authz-req+jwt, JWT or \
         left out.";
    OTHER_ALG: InvalidRequestObject, ObjectSigned,
        "the request object is not signed as the client is registered to sign it",
        "Sign by the algorithm that request_object_signing_alg in the client's record says.";
    SIGNATURE: InvalidRequestObject, ObjectSigned, "the request object is not signed by a key of the client",
        "Sign with a key whose public half is in jwks, or at jwks_uri, of the client's record.";
    CLAIMS: InvalidRequestObject, ObjectForm,
        "iss, aud, exp, nbf, iat or client_id of the request object is malformed",
        "Put texts into iss, aud and client_id, and seconds into exp, nbf and iat.";
    CLIENT_DIFFERS: InvalidRequestObject, ObjectOnce, "client_id differs inside and outside the request object",
        "Put the client_id of the request into the object.";
    CLIENT_MISSING: InvalidRequestObject, ObjectForm, "client_id is missing in the request object",
        "Put the client_id into the object.";
    ISSUER: InvalidRequestObject, ObjectForm, "iss of the request object is not the client_id",
        "Put the client_id into iss, or leave iss out.";
    AUDIENCE: InvalidRequestObject, ObjectForm, "aud of the request object does not name the issuer",
        "Put the issuer, as the server's metadata has it, into aud.";
    EXPIRED: InvalidRequestObject, ObjectChecked, "the request object is past its exp",
        "Make a new object for every request, and set the clock.";
    EARLY: InvalidRequestObject, ObjectChecked, "nbf or iat of the request object lies in the future",
        "Set the clock; these are seconds, not milliseconds.";
    NESTED: InvalidRequestObject, ObjectForm, "request and request_uri must not be in a request object",
        "Leave them out of the object.";
    RESOURCE: InvalidRequestObject, ObjectForm, "resource of the request object is malformed",
        "Put one text, or a list of texts, into resource.";
    PARAMETER: InvalidRequestObject, ObjectForm, "a parameter of the request object is neither text nor number",
        "Put texts and numbers into the object, and objects into claims alone.";
    RESPONSE_TYPE: InvalidRequestObject, ObjectOnce,
        "response_type differs inside and outside the request object",
        "Send the same response_type in both, or leave one of them out.";
    TOO_MANY: InvalidRequestObject, ObjectForm, "the request object holds too many parameters",
        "Put at most 64 parameters into the object.";
    REFERENCE_FOREIGN: InvalidRequestUri, ObjectReferenced, "request_uri is not registered for this client",
        "Have the address added to request_uris in the client's record, byte by byte; only its fragment may differ.";
    REFERENCE_UNREACHED: InvalidRequestUri, ObjectReferenced, "what request_uri leads to cannot be had",
        "Publish the object there, with status 200, without a redirect, within seconds, in at most 64 kB.";
    REFERENCE_UNSIGNED: InvalidRequestUri, ObjectReferenced,
        "what request_uri leads to is neither signed nor fetched by https",
        "Publish the object at an https address, or sign it.";
    REFERENCE_HASH: InvalidRequestUri, ObjectReferenced,
        "the fragment of request_uri is not the SHA-256 of what is there",
        "Send as fragment the base64url of the SHA-256 of the object, or no fragment.";
    PUSHED_FOREIGN: InvalidRequestUri, PushedOnce, "request_uri is none that was given to this client",
        "Send the request_uri of this client's own pushed request, unchanged.";
    PUSHED_USED: InvalidRequestUri, PushedOnce, "request_uri was used, or is too old",
        "Push the request anew for every sign-in, and send the browser on within expires_in seconds.";
    PUSHED_MALFORMED: InvalidRequestUri, PushedOnce, "request_uri is malformed",
        "Push the request anew.";
    PUSHED_REFERENCE: InvalidRequest, Pushing, "request_uri must not be pushed",
        "Push the parameters themselves, or a signed object in request.";
    PUSHED_TOO_LONG: InvalidRequest, Pushing, "the request is too long to be pushed",
        "Push at most some 4 kB of parameters.";
    PUSHED_TOO_MANY: InvalidRequest, Pushing, "too many parameters",
        "Push at most 64 parameters.";
    PUSHED_KEY: InvalidRequest, PushedBound, "dpop_jkt is not the key of the DPoP proof",
        "Send the thumbprint of the key that signs the proof, or leave dpop_jkt out.";
}
