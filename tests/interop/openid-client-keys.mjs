// npm's openid-client where it authenticates by a signed assertion, and pushes, signs or publishes its requests. It
// publishes its keys and request objects itself, on loopback.

import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";

globalThis.crypto ??= webcrypto;

const { ISSUER, CLIENT_SECRET, REDIRECT_URI, PUBLISHED, PERSON, PASSWORD } = process.env;
const held = (what) => console.log(`ok: ${what}`);

const EC = { name: "ECDSA", namedCurve: "P-256" };
const PSS = { name: "RSA-PSS", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
const RSA = { ...PSS, name: "RSASSA-PKCS1-v1_5" };
const kinds = { ES256: EC, PS256: PSS, RS256: RSA, EdDSA: { name: "Ed25519" } };
const keys = {};
const documents = new Map();
for (const [alg, kind] of Object.entries(kinds)) {
  const pair = await crypto.subtle.generateKey(kind, true, ["sign", "verify"]);
  const { ext, key_ops, ...jwk } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  keys[alg] = { key: pair.privateKey, kid: `key-${alg}` };
  documents.set(`/jwks-${alg}`, JSON.stringify({ keys: [{ ...jwk, kid: `key-${alg}`, use: "sig" }] }));
}
const server = http.createServer((asked, answer) => {
  const found = documents.get(asked.url);
  answer.writeHead(found ? 200 : 404).end(found);
});
server.listen(new URL(PUBLISHED).port, "127.0.0.1");
await once(server, "listening");

async function departure(config, how) {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = await how({
    redirect_uri: REDIRECT_URI,
    scope: "openid profile email",
    response_type: "code",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  return { url, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true } };
}

async function enter(config, how) {
  const browser = new Browser(ISSUER);
  const { url, checks } = await departure(config, how);
  const arrived = await browser.submit(await browser.visit(url), { username: PERSON, password: PASSWORD });
  assert.ok(arrived.left?.href.startsWith(`${REDIRECT_URI}?`), `no way back: ${arrived.left ?? arrived.page}`);
  const tokens = await client.authorizationCodeGrant(config, arrived.left, checks);
  const told = await client.tokenIntrospection(config, tokens.access_token);
  assert.equal(told.active, true);
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  await client.tokenRevocation(config, renewed.refresh_token);
  assert.equal((await client.tokenIntrospection(config, renewed.access_token)).active, false);
}

const insecure = { execute: [client.allowInsecureRequests] };
for (const alg of Object.keys(kinds)) {
  const config = await client.discovery(new URL(ISSUER), `by-${alg}`, undefined, client.PrivateKeyJwt(keys[alg]), insecure);
  await enter(config, (request) => client.buildAuthorizationUrl(config, request));
  held(`private_key_jwt by ${alg}, at /token, /introspect and /revoke`);
  await enter(config, (request) => client.buildAuthorizationUrlWithPAR(config, request));
  held(`a pushed request (${alg})`);
  const signed = (request) => client.buildAuthorizationUrlWithJAR(config, request, keys[alg]);
  await enter(config, signed);
  held(`a signed request (${alg})`);
  await enter(config, async (request) => client.buildAuthorizationUrlWithPAR(config, (await signed(request)).searchParams));
  held(`a signed request, pushed (${alg})`);
  await enter(config, async (request) => {
    const url = await signed(request);
    documents.set(`/request-${alg}`, url.searchParams.get("request"));
    url.searchParams.delete("request");
    url.searchParams.set("request_uri", `${PUBLISHED}/request-${alg}`);
    return url;
  });
  held(`a published request (${alg})`);
}

const config = await client.discovery(new URL(ISSUER), "by-secret", undefined, client.ClientSecretJwt(CLIENT_SECRET), insecure);
await enter(config, (request) => client.buildAuthorizationUrlWithPAR(config, request));
held("client_secret_jwt, and a pushed request");
server.close();
