// A web app on Auth.js (npm's @auth/core) and Express. docs/clients/authjs.md shows the parts.

import { webcrypto } from "node:crypto";
import { Auth, skipCSRFCheck } from "@auth/core";
import { getToken } from "@auth/core/jwt";
import express from "express";

globalThis.crypto ??= webcrypto; // Node.js 18 keeps it to itself

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT, AUTH_SECRET, NAMES } = process.env;

const metadata = await fetch(`${ISSUER}/.well-known/openid-configuration`);
const provider = await metadata.json();

const config = {
  basePath: "/auth",
  secret: AUTH_SECRET,
  trustHost: true,
  session: { strategy: "jwt" },
  providers: [
    {
      id: "abide",
      name: "Abide",
      type: "oidc",
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authorization: { params: { scope: "openid profile email" } },
      checks: ["pkce", "state", "nonce"],
      idToken: NAMES !== "userinfo", // false: name and address are asked for at userinfo
    },
  ],
  callbacks: {
    // In every answer of the session: null ends it.
    jwt({ token, account }) {
      if (account) return keep(token, account);
      return Date.now() < token.until ? token : refresh(token);
    },
  },
};

function keep(token, { access_token, refresh_token = token.refresh, id_token = token.id, expires_in }) {
  return { ...token, access: access_token, refresh: refresh_token, id: id_token, until: Date.now() + expires_in * 1000 };
}

async function refresh(token) {
  const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token.refresh });
  const pair = [CLIENT_ID, CLIENT_SECRET].map(encodeURIComponent).join(":");
  const headers = { authorization: `Basic ${btoa(pair)}` };
  const answer = await fetch(provider.token_endpoint, { method: "POST", headers, body });
  const tokens = await answer.json();
  if (answer.ok) return keep(token, tokens);
  if (tokens.error === "invalid_grant") return null;
  throw new Error(`${provider.token_endpoint}: ${answer.status} ${tokens.error}`);
}

// Asks Auth.js and passes on its cookies, for the renewed tokens are in them.
async function auth(req, res, path, { settings = config, ...init } = {}) {
  const headers = { cookie: req.headers.cookie ?? "", "content-type": req.headers["content-type"] ?? "" };
  const answer = await Auth(new Request(new URL(path, ORIGIN), { headers, ...init }), settings);
  for (const line of answer.headers.getSetCookie()) res.append("set-cookie", line);
  return answer;
}

const app = express();

app.all("/auth/*rest", express.text({ type: "*/*" }), async (req, res) => {
  const answer = await auth(req, res, req.originalUrl, { method: req.method, body: req.body });
  for (const name of ["location", "content-type"]) {
    if (answer.headers.has(name)) res.set(name, answer.headers.get(name));
  }
  res.status(answer.status).send(await answer.text());
});

app.get("/", (req, res) => {
  res.send(`<!doctype html><title>Choir</title><a href="/auth/signin?callbackUrl=/me">Sign in</a>
    <form method="post" action="/sign-out"><button>Sign out</button></form>`);
});

app.get("/me", async (req, res) => {
  const session = await (await auth(req, res, "/auth/session")).json();
  if (!session) return res.sendStatus(401);
  res.json({ name: session.user.name, email: session.user.email });
});

// Auth.js ends its own session alone; the provider's ends there. No other site's form brings the cookie (SameSite).
app.post("/sign-out", async (req, res) => {
  const token = await getToken({ req, secret: AUTH_SECRET, secureCookie: ORIGIN.startsWith("https:") });
  if (!token) return res.redirect(303, "/");
  await auth(req, res, "/auth/signout", { method: "POST", settings: { ...config, skipCSRFCheck } });
  const url = new URL(provider.end_session_endpoint);
  url.searchParams.set("id_token_hint", token.id);
  url.searchParams.set("post_logout_redirect_uri", `${ORIGIN}/`);
  res.redirect(303, url.href);
});

app.listen(PORT, "127.0.0.1");
