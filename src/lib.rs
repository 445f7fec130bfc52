//! Abide, an OpenID Connect identity provider whose heart is the session.
//!
//! A person signs in once; Abide keeps its own long-lived session and, while it lives, silently reissues ID, access and
//! refresh tokens to the relying apps, each app at its own sensitivity.
//!
//! This page is the map of the house as it stands. It changes in the same commit as the house.
//!
//! # Floors
//!
//! Every import points down; `tests/it/floors.rs` reads the imports and fails when one points up.
//!
//! ```text
//! main, app, config, logs   put everything together; may use everything
//! web                       HTTP and pages: uses flow, model, protocol, clock; never store or crypto
//! flow                      what happens in which order: uses store, outside, crypto, model, protocol; is given `now`
//! store  outside  crypto    how it is kept (sled, postgres); what else opens a socket; what needs keys or randomness:
//!                           use model, protocol, never each other
//! model                     what we keep and every rule it obeys: pure; uses protocol
//! protocol                  the words of OAuth 2.0 and OpenID Connect: uses nothing of ours
//! ```
//!
//! Two stand beside them: `clock` reads the system clock, and `web` asks it once per request; `text` is the catalogue of
//! every word a person reads, on pages (`web`) and in mails (`flow`), and decides in which language: a request has
//! [`text::Preferences`], which whoever reads an account or an interaction on the way tells of it.
//!
//! # Three walks through the house
//!
//! **Sign-in.** `GET /authorize` is read by [`web`] (`asking` gathers browser, instant, whose act it is) and handed to
//! [`flow::Idp::authorize`]. [`model::authorization::bind()`] proves the return address; before it an error can only be
//! a page. [`model::authorization::validate`] holds the request against the client's record. `dispatch` gathers session,
//! consent and hint, and asks [`model::authorization::next_step()`]. Nobody is signed in, so the answer is
//! `Step::SignIn`: the interaction is sealed into the form, and the store has not been written. `POST /sign-in` tries the
//! password (counted before it is looked at, the same work for every name), begins a session and comes back to
//! `dispatch`, which now says `Step::Issue`: the client joins the session ([`model::session::Session::join`]), a code is
//! sealed, and the browser is sent to the return address with a 303.
//!
//! Where the account holds a second factor, a right password is evidence and no session yet: `next_factor`
//! ([`model::authorization::factor`]) finds one missing, the interaction waits in the store, and `POST /sign-in/code`
//! brings it. The same step, asked by `acr_values` of somebody who is signed in, raises the session instead
//! ([`model::session::Session::raise`]).
//!
//! A passkey comes in by `POST /sign-in/passkey`, on the page that signs in as on the one for a second factor. Its challenge
//! is sealed into the page and spent by the account's own record of passkeys ([`model::passkey`]) in the write that takes
//! the answer. One that verified the person is a whole authentication.
//!
//! Another OpenID provider may say who somebody is ([`flow::upstream`]): the browser is sent there with a sealed state, and
//! what it comes back with is proved ([`outside::upstream`]) before it becomes evidence of the same interaction. It leads to
//! an account by issuer and subject alone, and to the same dispatcher.
//!
//! A sign-in by one factor that looks like somebody else's can be asked for a code by mail ([`flow::authorize`]): that it is
//! owed is evidence like the rest, so that no page leads past it; that it was entered makes nobody stronger.
//!
//! A device without a browser asks by codes ([`flow::device`]). The person who enters one is in an interaction like any other;
//! its answer waits in the store ([`model::device`]) until the device comes for it. What the response type shows in the
//! browser itself is made by [`flow::token::shown`], and rests on a grant of its own.
//!
//! **Silent reissue.** `GET /authorize?prompt=none` takes the same way. `next_step` turns every page into its error;
//! where none is due, joining writes nothing (the app takes part already) and the code costs the store nothing. At
//! `POST /token` every binding of the code is proved, the grant is judged, born by create-if-absent under the code's own
//! id (the one durable write of the whole reissue), judged again, and tokens are minted. A refresh raises the grant's
//! generation by one conditional write; the refresh token is derived from it, not stored.
//!
//! **Sign-out.** `GET /end_session` with a genuine hint for a session of this browser, or the form of the page that
//! asks, ends the session by one write ([`model::session::Session::end`]). Nothing is enumerated: codes, grants and
//! access tokens are judged against the session at every use, by `judge` in [`flow::token`], and are dead from then on.
//! The same write owes every app that knew of the session a notice ([`model::session::notice`]). The sweep
//! ([`flow::sweep`]) claims what is owed and hands it out; [`flow::notify`] tells each app by a logout token and writes
//! down who was told. What timed out goes the same way: the sweep comes when a limit can have passed.
//!
//! **Coming back.** The cookie of a session that timed out selects memory and nothing else (`Dormant` in
//! [`flow::session`]). When its own person signs in with it in time, [`model::session::Session::reconstitute`] raises the
//! epoch in one conditional write: the same apps take part, everything bound to the life before is dead, and each app
//! learns its new `sid` with `prev_sid` beside it when it asks.
//!
//! **A mail.** What happens to an account makes an event; [`model::mail::letter::Notice::of`] alone says which events make a
//! mail. The letter is sealed into a record of the outbox in the very change that it tells of
//! ([`model::record::Change::mailing`]); the sweep claims it, [`flow::mail`] puts it into words, and [`outside::mail`] sends
//! it. Links in mails prove a mailbox and nothing else: [`flow::reset`] takes no factor away and signs nobody in.
//!
//! **A signing key.** All of them are one sealed record of the store, and every node asks for it each second
//! ([`flow::keys`]). Which key signs, and when a successor is due, is a function of `now` ([`model::signing_key`]); of all
//! who would write the next record one does.
//!
//! **Expiry made knowable.** `GET /session` ([`web`]) finds whose status is asked for, by token or by the cookie of a page
//! of ours ([`flow::status`]), reads session, account, grant and client, and tells standing and instants in the words of
//! [`protocol::session_status`]. `GET /session/events` tells them again: a stream waits for a hint that the store gives
//! after every durable change ([`store::hints`]), for the next instant that the last status named, or for what other
//! nodes wrote ([`flow::watch`]), and then judges anew. The pages' own script does the same by asking.
//!
//! **A client shows who it is.** [`protocol::client_auth`] finds the one proof in what it posts; the record says by which method
//! it authenticates ([`flow::token`]). An assertion is judged for audience and time before a key is fetched for it, and its name
//! is used up by one conditional write. A request that it signed, published or pushed becomes parameters before anything else
//! looks at it ([`flow::authorize`], [`flow::Idp::push`]): there is one pipeline.
//!
//! **A token in the right hands.** A client that shows a proof of possession ([`protocol::dpop`]) gets tokens that are bound to
//! its key. [`flow::dpop`] judges the proof by [`model::dpop`], and spends it after everything else was found good; every
//! access token that comes back to us passes there, bound or not.
//!
//! **A refusal.** Whatever refuses a request of an app takes its reason from the tables of [`protocol::refusal`], each with its rule and
//! its remedy: an [`protocol::error::OAuthError`] cannot be made otherwise. [`model::client::Client::hears`] says how much of it
//! the answer tells, and [`web`] writes one line of the log for each.
//!
//! # Several nodes, and stores carried elsewhere
//!
//! Nodes that share a database report into one record ([`model::nodes`]): it refuses one with another issuer or another
//! time, and lends the background work to one of them. [`flow::keep`] carries everything from a store into a sealed file
//! and back, or to another store: [`store::Backend::carry_out`] hands over one instant of a store in use. A store into
//! which a copy has not come to its end bears a mark, and no server uses it.
//!
//! # Relying apps
//!
//! `rp/` is the crate `abide-rp`: application sessions for apps written with actix-web. It knows Abide over the wire
//! alone, and works with other providers. The demo is two apps on it.
//!
//! # Invariants
//!
//! * A session stores facts and never an expiry; [`model::session::Session::standing`] judges them. Standing is judged
//!   first: nothing moves a limit that has passed, and no machine moves any but where a client's record says so.
//! * One record decides ([`model::record::Change`]); names, list rows, appointments of the sweep and audit events ride
//!   along in its transaction. What returned is durable.
//! * The embedded store is used only when everything is there: every change keeps a sum over all items, opening adds them
//!   up again, and a note outside of sled says which change was the last one on disk (should the note itself be lost, that
//!   is warned of).
//! * Only a request that proved client and bindings may consume or revoke.
//! * A client is proved by the method of its record alone, by its own keys and secrets: no header of a token brings one along.
//! * A proof of possession is the one token that brings its key along, and it proves nothing but that: which key it has to be,
//!   a token, a code or a grant says.
//! * Beside a signed or pushed request nothing counts but who asks.
//! * The authorization request is never edited. `prompt=login` is satisfied by evidence gathered for this interaction.
//! * Nobody who goes on is told of an end: a notice names the epochs of the life that is over, and no later one.
//! * A hint is never the truth: whoever is told that something may have changed reads it from the store.
//! * Unfinished requests of strangers cost the store nothing; where mail answers them, one letter that is soon gone.
//! * Every password is judged by one rule ([`model::password`]) in one place ([`flow::password`]); one that needs a second
//!   factor beside it lets nobody into an app alone.
//! * Only a proved address is written to, and whether there is one does not show: a letter to nobody is posted as well.
//! * Whatever opens a connection for a URI that somebody registered goes through [`outside::http::Outbound`]: it judges
//!   the very address it connects to ([`model::outbound`]), and `[outbound] allow` speaks for administrators' URIs alone.
//! * An upstream's word finds an account by (issuer, subject), a unique name of its record, and by no claim. Connecting
//!   one wants a whole authentication of that account ([`model::upstream`]).
//! * The absolute limit of a session runs from the authentication it rests on, be that an upstream's of yesterday.
//! * Nothing that somebody hands in as a picture is served: it is decoded within limits and drawn anew
//!   ([`model::picture`]), and shown while its account names it. The logo of an app is fetched by us, beside the sweep, and
//!   treated the same ([`model::logo`]): no page leads a browser to the app's server, and none waits for it. An app that
//!   nobody vouches for has none.
//! * A form of a signed-in page is done to whom the page was shown, and to nobody who became the current one since.
//! * Whoever takes back what they allowed an app deletes the consent before the app's parts end; an app reads it once more
//!   after its part began. So an app that comes in meanwhile keeps nothing, in whatever order the two run.
//! * What an account signs in with changes between two ends of everything that rests on it (`end_all_of` in [`flow`]).
//! * A session's inner id never leaves the house: outside it is known by `sid`, and its cookie holds a separate secret.
//! * What browsers send into frames of other sites ([`flow::cookies`]) authorises nothing but an answer to `prompt=none`,
//!   and lets nobody find out whether somebody is signed in.
//!
//! # Where the house departs from the plan
//!
//! * **The store contract is one small trait over bytes** ([`store::Backend`]), and the typed verbs are written once
//!   over it ([`store::Store`]): a verb that exists for one backend and not for another cannot be written. The rules
//!   themselves are methods of the records in [`model`].
//! * **A record that is not there is locked by making it** ([`store::postgres`]), not by advisory locks, and the schema
//!   is migrated by a dozen lines of our own: both so that the SQL stays portable.
//! * **Names and rows are derived from the record** ([`model::record::Record::names`], `rows`) and compared before and
//!   after, so that no change can forget one. Appointments with the sweep are not: they are hints written at birth and
//!   moved when they come, never at a touch.
//! * **The one-time set-up link is a unique name** that the first administrator's account claims: of all who use it, the
//!   store lets one write win.
//! * **Two faults of sled more than the plan knew of**: pages above 128 KiB go to files that are never synced (so long
//!   values are cut up), and parts of the log are reused before what replaced them is on disk (so its syncs are made
//!   real by a filter of system calls). See `store::sled`.
//! * **A full disk is met before sled is**: changes are refused while a reserve is touched, since sled does not survive
//!   a write that fails.
//! * **The outbound client stands on `hyper` and not on `reqwest`** ([`outside`]): what may be reached depends on the
//!   port and is asked of addresses written in a URI as well, and a resolver of `reqwest` learns of neither.
//! * **The outbox is part of the session's own record**, not a store of its own: the end and the duty to tell of it are
//!   one write of one record, and what was told stands beside what happened. A write on the account's record that ends
//!   all its sessions makes an appointment instead, and the sweep visits each of them.
//! * **A limit that passed and was told is a fact** (`timed_out`): an administrator who makes limits longer does not
//!   bring back what apps were told is over.
//! * **`sid` also follows the application session**: an app whose part ended alone begins anew under another name, since
//!   apps keep lists of names they saw the end of.
//! * **The frame of session management says `error` where the browser keeps its cookies from it**, not `changed`, so that
//!   apps sign nobody out who is signed in; and a browser without a session has no state that could be compared.
//! * **All passkeys of an account are one record**, with the challenges they answered in the last minutes: how many there
//!   are, which may go, and that nothing is answered twice is decided by one write.
//! * **Who calls an API is not who serves it**: `calls` in a client's record beside `resources`, so that an app that may ask for
//!   tokens for an API may not introspect everybody's; and `default_resource` for apps whose library cannot name one.
//! * **A floor `crypto`** holds what DESIGN calls "one place for each outside thing" as far as keys go.
//!
//! # Deliberately absent
//!
//! No cache of anything that decides, but of what clients publish ([`outside::published`]): their keys, for ten minutes. No
//! expiry column. No table of refresh tokens or codes. No session id in a URL or a token. No default account. No `plain` PKCE,
//! no wildcard in a redirect URI. No text for
//! people outside `templates/text`, no colour outside the variables of the one stylesheet.

pub mod app;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod flow;
pub mod logs;
pub mod model;
pub mod outside;
pub mod protocol;
pub mod store;
pub mod text;
pub mod web;
