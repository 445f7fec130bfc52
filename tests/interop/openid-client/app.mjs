// A web app on npm's openid-client and Express. docs/clients/openid-client.md shows the parts.

import { webcrypto } from "node:crypto";
import express from "express";
import session from "express-session";
import * as client from "openid-client";

globalThis.crypto ??= webcrypto; // Node.js 18 keeps it to itself

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT, SESSION_SECRET } = process.env;

// Plain http is for a provider on this machine alone.
const local = new URL(ISSUER).hostname === "localhost" ? [client.allowInsecureRequests] : [];
const secret = client.ClientSecretBasic(CLIENT_SECRET);
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, secret, { execute: local });

const app = express();
const cookie = { sameSite: "lax", secure: ORIGIN.startsWith("https:") };
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false, cookie }));

app.get("/", (req, res) => {
  res.send(`<!doctype html><title>Shelf</title><a href="/sign-in">Sign in</a>
    <form method="post" action="/sign-out"><button>Sign out</button></form>`);
});

app.get("/sign-in", async (req, res) => {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  req.session.checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: `${ORIGIN}/callback`,
    scope: "openid profile email",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  res.redirect(url.href);
});

app.get("/callback", async (req, res) => {
  const { checks } = req.session;
  if (!checks) return res.status(400).send("This browser did not ask to sign in.");
  const tokens = await client.authorizationCodeGrant(config, new URL(req.originalUrl, ORIGIN), checks);
  // Whoever knew this session's cookie before the sign-in shall not know it after.
  await new Promise((done, failed) => req.session.regenerate((error) => (error ? failed(error) : done())));
  req.session.subject = tokens.claims().sub;
  keep(req, tokens);
  res.redirect("/me");
});

function keep(req, tokens) {
  const { access_token, refresh_token = req.session.tokens.refresh, id_token = req.session.tokens.id } = tokens;
  const until = Date.now() + tokens.expires_in * 1000;
  req.session.tokens = { access: access_token, refresh: refresh_token, id: id_token, until };
}

app.get("/me", async (req, res) => {
  if (!req.session.tokens) return res.sendStatus(401);
  try {
    const { refresh, until } = req.session.tokens;
    if (Date.now() >= until) keep(req, await client.refreshTokenGrant(config, refresh));
    const person = await client.fetchUserInfo(config, req.session.tokens.access, req.session.subject);
    res.json({ name: person.name, email: person.email });
  } catch (error) {
    // Both say that the session has ended at the provider. Everything else may pass.
    if (error.error !== "invalid_grant" && error.status !== 401) throw error;
    req.session.destroy(() => res.sendStatus(401));
  }
});

app.post("/sign-out", (req, res) => {
  const hint = req.session.tokens?.id;
  if (!hint) return res.redirect(303, "/");
  const url = client.buildEndSessionUrl(config, { id_token_hint: hint, post_logout_redirect_uri: `${ORIGIN}/` });
  req.session.destroy(() => res.redirect(303, url.href));
});

app.listen(PORT, "127.0.0.1");
