// A web app on npm's passport-openidconnect and Express. docs/clients/passport-openidconnect.md shows the parts.

import express from "express";
import session from "express-session";
import passport from "passport";
import OpenIDConnectStrategy from "passport-openidconnect";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ORIGIN, PORT, SESSION_SECRET } = process.env;

// The strategy does not read the provider's metadata by itself.
const metadata = await fetch(`${ISSUER}/.well-known/openid-configuration`);
const provider = await metadata.json();

const settings = {
  issuer: provider.issuer,
  authorizationURL: provider.authorization_endpoint,
  tokenURL: provider.token_endpoint,
  userInfoURL: provider.userinfo_endpoint,
  clientID: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  callbackURL: `${ORIGIN}/callback`,
  scope: "profile email",
  nonce: true,
};

// With nine parameters it asks userinfo, and tells what it heard apart from what the ID token says.
function verify(issuer, heard, signed, context, idToken, accessToken, refreshToken, parameters, done) {
  if (heard.id !== signed.id) return done(null, false, { message: "userinfo is about somebody else" });
  const until = Date.now() + parameters.expires_in * 1000;
  done(null, { id: signed.id, name: heard.displayName, email: heard.emails[0].value, idToken, until });
}

passport.use("abide", new OpenIDConnectStrategy(settings, verify));
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
const cookie = { sameSite: "lax", secure: ORIGIN.startsWith("https:") };
app.use(session({ secret: SESSION_SECRET, resave: false, saveUninitialized: false, cookie }));
app.use(passport.session());

app.get("/", (req, res) => {
  res.send(`<!doctype html><title>Parcels</title><a href="/sign-in">Sign in</a>
    <form method="post" action="/sign-out"><button>Sign out</button></form>`);
});

app.get("/sign-in", passport.authenticate("abide"));
app.get("/callback", passport.authenticate("abide", { successRedirect: "/me" }));

// Who was known an access token's lifetime ago is asked for again, without a page.
const renew = passport.authenticate("abide", { prompt: "none" });
const fresh = (req, res, next) => {
  if (!req.user) return res.sendStatus(401);
  return Date.now() < req.user.until ? next() : renew(req, res, next);
};

app.get("/me", fresh, (req, res) => res.json({ name: req.user.name, email: req.user.email }));

app.post("/sign-out", (req, res, next) => {
  if (!req.user) return res.redirect(303, "/");
  const url = new URL(provider.end_session_endpoint);
  url.searchParams.set("id_token_hint", req.user.idToken);
  url.searchParams.set("post_logout_redirect_uri", `${ORIGIN}/`);
  req.logout((error) => (error ? next(error) : res.redirect(303, url.href)));
});

// The strategy does not ask whose answer an error is: so it ends nothing, and what is no longer fresh is not shown.
app.use((error, req, res, next) => (error.code === "login_required" ? res.sendStatus(401) : next(error)));

app.listen(PORT, "127.0.0.1");
