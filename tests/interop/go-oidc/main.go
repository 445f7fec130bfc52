// A web app on golang.org/x/oauth2 and github.com/coreos/go-oidc. docs/clients/go-oidc.md shows the parts.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type app struct {
	origin     string
	provider   *oidc.Provider
	verifier   *oidc.IDTokenVerifier
	client     oauth2.Config
	endSession string

	mutex    sync.Mutex
	sessions map[string]*session
}

type session struct {
	subject, sid, idToken string
	// Refreshes by itself, and is safe to share.
	tokens oauth2.TokenSource
}

func newApp(ctx context.Context, issuer, origin string) (*app, error) {
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, err
	}
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, err
	}
	client := oauth2.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		Endpoint:     provider.Endpoint(),
		RedirectURL:  origin + "/callback",
		Scopes:       []string{oidc.ScopeOpenID, "profile", "email"},
	}
	client.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	return &app{
		origin:     origin,
		provider:   provider,
		verifier:   provider.Verifier(&oidc.Config{ClientID: client.ClientID}),
		client:     client,
		endSession: metadata.EndSession,
		sessions:   map[string]*session{},
	}, nil
}

func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	state, nonce, verifier := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	a.setCookie(w, "asked", strings.Join([]string{state, nonce, verifier}, "."))
	to := a.client.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (a *app) callback(w http.ResponseWriter, r *http.Request) {
	asked, err := r.Cookie("asked")
	if err != nil {
		http.Error(w, "this browser did not ask to sign in", http.StatusBadRequest)
		return
	}
	a.clearCookie(w, "asked")
	begun, err := a.redeem(r, strings.Split(asked.Value, "."))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key := oauth2.GenerateVerifier()
	a.mutex.Lock()
	a.sessions[key] = begun
	a.mutex.Unlock()
	a.setCookie(w, "session", key)
	http.Redirect(w, r, "/me", http.StatusSeeOther)
}

// The code for tokens, and the ID token for what it says.
func (a *app) redeem(r *http.Request, asked []string) (*session, error) {
	if len(asked) != 3 || r.FormValue("state") != asked[0] {
		return nil, errors.New("the answer is to another question")
	}
	if refused := r.FormValue("error"); refused != "" {
		return nil, fmt.Errorf("the sign-in was refused: %q", refused)
	}
	token, err := a.client.Exchange(r.Context(), r.FormValue("code"), oauth2.VerifierOption(asked[2]))
	if err != nil {
		return nil, err
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := a.verifier.Verify(r.Context(), raw)
	if err != nil {
		return nil, err
	}
	var claims struct {
		Sid string `json:"sid"`
	}
	if err := id.Claims(&claims); err != nil {
		return nil, err
	}
	if id.Nonce != asked[1] {
		return nil, errors.New("the ID token is for another question")
	}
	// Not the request's context: the session refreshes long after it.
	tokens := a.client.TokenSource(context.Background(), token)
	return &session{subject: id.Subject, sid: claims.Sid, idToken: raw, tokens: tokens}, nil
}

func (a *app) me(w http.ResponseWriter, r *http.Request) {
	key, current := a.current(r)
	if current == nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	token, err := current.tokens.Token()
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.ErrorCode == "invalid_grant" {
		a.forget(key)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	person, err := a.provider.UserInfo(r.Context(), oauth2.StaticTokenSource(token))
	if err != nil || person.Subject != current.subject {
		http.Error(w, "userinfo does not answer", http.StatusBadGateway)
		return
	}
	var claims struct {
		Name  string `json:"name"`
		Email string `json:"email"`
	}
	if err := person.Claims(&claims); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(claims)
}

func (a *app) signOut(w http.ResponseWriter, r *http.Request) {
	key, current := a.current(r)
	if current == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	a.forget(key)
	a.clearCookie(w, "session")
	query := url.Values{"id_token_hint": {current.idToken}, "post_logout_redirect_uri": {a.origin + "/"}}
	http.Redirect(w, r, a.endSession+"?"+query.Encode(), http.StatusSeeOther)
}

// The provider says that a session has ended, wherever that was.
func (a *app) told(w http.ResponseWriter, r *http.Request) {
	token, err := a.verifier.VerifyLogout(r.Context(), r.PostFormValue("logout_token"))
	if err != nil {
		http.Error(w, "no logout token for this app", http.StatusBadRequest)
		return
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for key, one := range a.sessions {
		if one.sid == token.SessionID {
			delete(a.sessions, key)
		}
	}
}

func (a *app) current(r *http.Request) (string, *session) {
	cookie, err := r.Cookie("session")
	if err != nil {
		return "", nil
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return cookie.Value, a.sessions[cookie.Value]
}

func (a *app) forget(key string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	delete(a.sessions, key)
}

func (a *app) setCookie(w http.ResponseWriter, name, value string) {
	secure := strings.HasPrefix(a.origin, "https:")
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	})
}

func (a *app) clearCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1})
}

const start = `<!doctype html><title>Ferry</title><a href="/sign-in">Sign in</a>
<form method="post" action="/sign-out"><button>Sign out</button></form>`

func main() {
	a, err := newApp(context.Background(), os.Getenv("ISSUER"), os.Getenv("ORIGIN"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, start) })
	http.HandleFunc("GET /sign-in", a.signIn)
	http.HandleFunc("GET /callback", a.callback)
	http.HandleFunc("GET /me", a.me)
	http.HandleFunc("POST /sign-out", a.signOut)
	http.HandleFunc("POST /back-channel-logout", a.told)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
