"""A web app on Authlib and Flask. docs/clients/authlib.md shows the parts."""

import os
import secrets

from authlib.integrations.base_client import MissingTokenError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, session
from requests import HTTPError

ISSUER, ORIGIN = os.environ["ISSUER"], os.environ["ORIGIN"]

app = Flask(__name__)
app.secret_key = os.environ["SESSION_SECRET"]
app.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=ORIGIN.startswith("https:"))

# Flask's session is a cookie that its owner can read: it holds a key, and the tokens stay here.
tokens = {}


def keep(token, refresh_token=None, access_token=None):
    """Authlib calls it after each refresh: the token before is spent."""
    tokens[session["key"]] = token


abide = OAuth(app).register(
    "abide",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
    fetch_token=lambda: tokens.get(session.get("key")),
    update_token=keep,
)


@app.get("/")
def start():
    return """<!doctype html><title>Recipes</title><a href="/sign-in">Sign in</a>
        <form method="post" action="/sign-out"><button>Sign out</button></form>"""


@app.get("/sign-in")
def sign_in():
    return abide.authorize_redirect(f"{ORIGIN}/callback")


@app.get("/callback")
def callback():
    try:
        token = abide.authorize_access_token()
    except OAuthError as refused:
        return f"The sign-in failed: {refused.error}", 400, {"content-type": "text/plain"}
    session["key"] = secrets.token_urlsafe()
    session["subject"] = token["userinfo"]["sub"]
    tokens[session["key"]] = token
    return redirect("/me")


@app.get("/me")
def me():
    try:
        person = abide.userinfo()
    except (OAuthError, HTTPError) as refused:
        if not ended(refused):
            raise
        tokens.pop(session.pop("key", None), None)
        return "", 401
    if person["sub"] != session["subject"]:
        return "", 502
    return {"name": person["name"], "email": person["email"]}


def ended(refused):
    """Nobody is signed in, or the session has ended at the provider. Everything else may pass."""
    if isinstance(refused, HTTPError):
        return refused.response.status_code == 401
    return isinstance(refused, MissingTokenError) or refused.error == "invalid_grant"


@app.post("/sign-out")
def sign_out():
    token = tokens.pop(session.pop("key", None), None)
    if token is None:
        return redirect("/", 303)
    return abide.logout_redirect(f"{ORIGIN}/signed-out", id_token_hint=token["id_token"])


@app.get("/signed-out")
def signed_out():
    abide.validate_logout_response()
    return redirect("/")


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]))
