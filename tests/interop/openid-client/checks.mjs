// A relying party on npm's openid-client, against a running Abide. Every line it prints is something that held.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import * as client from "openid-client";
import { Browser } from "../browser.mjs";

globalThis.crypto ??= webcrypto; // Node.js 18, which Debian 12 has, keeps it to itself

const { ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_REDIRECT_URI, PERSON, PASSWORD } = process.env;

const held = (what) => console.log(`ok: ${what}`);

const browser = new Browser(ISSUER);

// Plain http is allowed to the library for this issuer on localhost only.
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, client.ClientSecretBasic(CLIENT_SECRET), {
  execute: [client.allowInsecureRequests],
});
assert.equal(config.serverMetadata().issuer, ISSUER);
assert.equal(config.serverMetadata().authorization_response_iss_parameter_supported, true);
held("discovery");

async function departure(parameters = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...parameters,
  });
  return { url, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true } };
}

async function refusal(promise) {
  return promise.then(
    () => assert.fail("it should have been refused"),
    (error) => error,
  );
}

// Nobody is signed in: prompt=none says so.
const early = await departure({ prompt: "none" });
const nobody = await browser.visit(early.url);
assert.ok(nobody.left, "prompt=none showed a page");
const required = await refusal(client.authorizationCodeGrant(config, nobody.left, early.checks));
assert.equal(required.error, "login_required");
held("prompt=none answers login_required to a stranger");

// Code + PKCE with state and nonce.
const first = await departure();
const arrived = await browser.submit(await browser.visit(first.url), { username: PERSON, password: PASSWORD });
assert.ok(arrived.left?.href.startsWith(`${REDIRECT_URI}?`), `no way back: ${arrived.left ?? arrived.page}`);
assert.equal(arrived.left.searchParams.get("iss"), ISSUER);
const tokens = await client.authorizationCodeGrant(config, arrived.left, first.checks);
const claims = tokens.claims();
assert.equal(claims.nonce, first.checks.expectedNonce);
assert.equal(claims.iss, ISSUER);
assert.equal(claims.aud, CLIENT_ID);
for (const name of ["sub", "sid", "auth_time", "acr", "amr", "session_expiry"]) assert.ok(claims[name], `no ${name}`);
held("code + PKCE, state, nonce, ID token");

// Answers meant for others (RFC 9207; the library's own checks must find what they need).
const forged = new URL(arrived.left);
forged.searchParams.set("iss", "https://somebody.example");
assert.match(String(await refusal(client.authorizationCodeGrant(config, forged, first.checks))), /iss|response/i);
const again = await refusal(client.authorizationCodeGrant(config, arrived.left, first.checks));
assert.equal(again.error, "invalid_grant");
held("a foreign iss and a second use of the code are refused");

// The second use revoked what came of the code: a fresh grant for the rest.
assert.equal((await refusal(client.refreshTokenGrant(config, tokens.refresh_token))).error, "invalid_grant");
held("the second use of a code revokes its tokens");

const silent = await departure({ prompt: "none" });
const back = await browser.visit(silent.url);
assert.ok(back.left, "prompt=none showed a page");
const fresh = await client.authorizationCodeGrant(config, back.left, silent.checks);
assert.equal(fresh.claims().sid, claims.sid);
assert.equal(fresh.claims().auth_time, claims.auth_time);
assert.notEqual(fresh.access_token, tokens.access_token);
held("prompt=none answers silently in the same session");

const person = await client.fetchUserInfo(config, fresh.access_token, claims.sub);
assert.equal(person.email, `${PERSON}@example.org`);
assert.equal(person.email_verified, true);
held("userinfo");

const refreshed = await client.refreshTokenGrant(config, fresh.refresh_token);
assert.notEqual(refreshed.refresh_token, fresh.refresh_token);
assert.equal(refreshed.claims().sub, claims.sub);
assert.equal(refreshed.claims().sid, claims.sid);
assert.equal(refreshed.claims().auth_time, claims.auth_time);
await client.fetchUserInfo(config, refreshed.access_token, claims.sub);
held("refresh with rotation");

// Once the successor was used, the token before it is a copy in wrong hands.
const second = await client.refreshTokenGrant(config, refreshed.refresh_token);
const reuse = await refusal(client.refreshTokenGrant(config, fresh.refresh_token));
assert.equal(reuse.error, "invalid_grant");
const dead = await refusal(client.refreshTokenGrant(config, second.refresh_token));
assert.equal(dead.error, "invalid_grant");
held("reuse of a spent refresh token is refused and ends the grant");

// Sign-out with a hint: no question, back to where was asked, state and nothing else.
const goodbye = client.buildEndSessionUrl(config, {
  id_token_hint: second.id_token ?? fresh.id_token,
  post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI,
  state: "see-you",
});
const gone = await browser.visit(goodbye);
assert.equal(gone.left?.href, `${POST_LOGOUT_REDIRECT_URI}?state=see-you`);
const after = await departure({ prompt: "none" });
const unknown = await browser.visit(after.url);
assert.equal((await refusal(client.authorizationCodeGrant(config, unknown.left, after.checks))).error, "login_required");
held("end_session");
