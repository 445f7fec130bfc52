//! What is wrong with a proof of possession, or with its absence (RFC 9449).

reasons! {
    TWO: InvalidDpopProof, ProofChecked, "there must be one DPoP header, and text in it",
        "Send one DPoP header, with one proof.";
    TOO_LONG: InvalidDpopProof, ProofForm, "the DPoP proof is too long",
        "Send a proof of at most 8 kB.";
    UNREADABLE: InvalidDpopProof, ProofForm, "the DPoP proof is no signed token, or asks for an extension",
        "Send a JSON Web Token in three parts, without crit in its header.";
    KIND: InvalidDpopProof, ProofForm, "typ of the DPoP proof must be dpop+jwt",
        "Put typ: dpop+jwt into its header.";
    ALG: InvalidDpopProof, ProofForm, "alg of the DPoP proof is none of dpop_signing_alg_values_supported",
        "Sign by one of these; they are in the server's metadata.";
    KEY_MISSING: InvalidDpopProof, ProofForm, "jwk is missing in the header of the DPoP proof",
        "Put the public key, as a JSON Web Key, into jwk in the header.";
    KEY_PRIVATE: InvalidDpopProof, ProofForm, "jwk of the DPoP proof holds a private or shared key",
        "Send the public half alone, and make a new key: this one is known now.";
    KEY_WEAK: InvalidDpopProof, ProofForm, "jwk of the DPoP proof is too weak to prove anything",
        "Use a key of ES256, or an RSA key of 2048 bits or more.";
    KEY_UNFIT: InvalidDpopProof, ProofForm, "jwk of the DPoP proof is no key that verifies signatures",
        "Use a public key for the alg of the proof.";
    CLAIMS: InvalidDpopProof, ProofForm, "jti, htm, htu or iat of the DPoP proof is missing, or a claim is malformed",
        "Put texts into jti, htm and htu, and seconds into iat.";
    METHOD: InvalidDpopProof, ProofChecked, "htm of the DPoP proof is not the method of the request",
        "Put the method of this request, in capital letters, into htm.";
    ADDRESS: InvalidDpopProof, ProofChecked, "htu of the DPoP proof is not the address of the request",
        "Put the address of the endpoint, as the server's metadata has it, into htu.";
    INSTANT: InvalidDpopProof, ProofChecked, "iat of the DPoP proof is more than a minute off",
        "Make a new proof for every request, and set the clock; iat is in seconds.";
    NAME: InvalidDpopProof, ProofForm, "jti of the DPoP proof must have 1 to 255 bytes",
        "Put a random text of that length into jti.";
    TOKEN_HASH: InvalidDpopProof, ProofChecked, "ath of the DPoP proof is not the hash of the access token",
        "Put the base64url of the SHA-256 of the access token into ath.";
    SIGNATURE: InvalidDpopProof, ProofChecked, "the DPoP proof is not signed by the key in it",
        "Sign with the private half of the key in jwk.";
    USED: InvalidDpopProof, ProofOnce, "jti of the DPoP proof was used before",
        "Make a new proof, with a new random jti, for every request.";
    NONCE: UseDpopNonce, ProofNonce, "the DPoP proof needs the nonce of the DPoP-Nonce header",
        "Put the text of the DPoP-Nonce header of this answer into nonce, and send the request again with a new proof.";
    MISSING: InvalidDpopProof, ProofScheme, "the DPoP header is missing",
        "Send a proof by the key of the token in the DPoP header.";
    DEMANDED: InvalidDpopProof, ProofAtToken, "this client has to show a DPoP proof",
        "Send a proof in the DPoP header, or have dpop_bound_access_tokens switched off in the client's record.";
    TOKEN_BOUND: InvalidToken, ProofScheme, "the access token is bound to a key; it comes by the scheme DPoP",
        "Send Authorization: DPoP, the token, and a proof in the DPoP header.";
    TOKEN_UNBOUND: InvalidToken, ProofScheme, "the access token is bound to no key; it comes as Bearer",
        "Send Authorization: Bearer and the token.";
    TOKEN_OTHER_KEY: InvalidToken, ProofScheme, "the access token is bound to another key",
        "Sign the proof with the key that the token was asked for with.";
    REFRESH_MISSING: InvalidDpopProof, ProofAtToken, "the refresh token is bound to a key; the DPoP header is missing",
        "Send a proof by the key that the refresh token was given for.";
    REFRESH_OTHER_KEY: InvalidGrant, ProofAtToken, "the refresh token is bound to another key",
        "Sign the proof with the key that the refresh token was given for.";
    CODE_MISSING: InvalidDpopProof, CodeBound, "the code is bound to a key; the DPoP header is missing",
        "Send a proof by the key that dpop_jkt named.";
    CODE_OTHER_KEY: InvalidGrant, CodeBound, "the code is bound to another key",
        "Sign the proof with the key that dpop_jkt named.";
}
