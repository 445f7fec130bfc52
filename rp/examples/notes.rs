//! A small app: notes that only their author sees, with a form whose half-written text survives a timeout.
//!
//! Register a client with the redirect URI `http://localhost:3000/auth/callback`, then
//! `ISSUER=http://localhost:8080 CLIENT_ID=notes CLIENT_SECRET=… cargo run -p abide-rp --example notes`.

use abide_rp::{Policy, RelyingApp, SignedIn};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde::Deserialize;
use std::time::Duration;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let told = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let app = RelyingApp::new(&told("ISSUER")?, &told("CLIENT_ID")?, "http://localhost:3000")
        .client_secret(&told("CLIENT_SECRET")?)
        .scopes(&["openid", "profile"])
        .policy(Policy { idle_timeout: Some(Duration::from_secs(15 * 60)), ..Policy::default() })
        .open()
        .await?;
    let sweeping = app.sweep_every(Duration::from_secs(600));
    let server = HttpServer::new(move || {
        App::new().configure(app.configure()).route("/", web::get().to(notes)).route("/notes", web::post().to(keep))
    });
    server.bind(("127.0.0.1", 3000))?.run().await?;
    sweeping.abort();
    Ok(())
}

/// Whoever is not signed in is sent to the provider and comes back here.
async fn notes(person: SignedIn) -> HttpResponse {
    let notes: Vec<String> = person.state("notes").unwrap_or_default();
    let list: String = notes.iter().map(|note| format!("<li>{}</li>", escaped(note))).collect();
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>Notes</title>
<link rel="stylesheet" href="/auth/session.css"><script type="module" src="/auth/session.js"></script>
<h1>Notes of {name}</h1><ul>{list}</ul>
<form method="post" action="/notes" data-draft="note">
<input type="hidden" name="csrf" value="{csrf}"><textarea name="text" aria-label="A note"></textarea><button>Keep</button></form>
<form method="post" action="/auth/sign-out"><input type="hidden" name="csrf" value="{csrf}"><button>Sign out</button></form>"#,
        name = escaped(person.name()),
        csrf = person.csrf_token(),
    ))
}

#[derive(Deserialize)]
struct Note {
    csrf: String,
    text: String,
}

async fn keep(mut person: SignedIn, request: HttpRequest, form: web::Form<Note>) -> actix_web::Result<HttpResponse> {
    if !person.sent(&request, &form.csrf) {
        return Ok(HttpResponse::Forbidden().finish());
    }
    let mut notes: Vec<String> = person.state("notes").unwrap_or_default();
    notes.push(form.into_inner().text);
    person.set_state("notes", &notes).await.map_err(actix_web::error::ErrorBadRequest)?;
    person.forget_draft("note").await.map_err(actix_web::error::ErrorServiceUnavailable)?;
    Ok(HttpResponse::SeeOther().insert_header(("location", "/")).finish())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
