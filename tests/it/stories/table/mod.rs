//! One table: how a session stands, how an app's part in it stands, what kind of grant the app holds, and what each
//! endpoint answers then.
//!
//! Every row is a world of its own, brought about by real means (`world`), and every cell is a real request (`cells`).
//! A cell that refuses must leave the store as it was. A client with limits of its own gets no grant that outlives its
//! session, so there are no such rows.

mod cells;
mod world;

use cells::COLUMNS;
use std::collections::BTreeSet;
use world::{Holding, Part, Whole, World};

/// The answers. Where a row names several states of the app's part, each is tried.
///
/// introspect: `active` or `inactive`, of access and refresh token alike.
/// authorize, none: `code`, `page` (the sign-in page), or the error. redeem, refresh: `tokens` or the error.
/// status: session/part, each its standing and the reason. activity: `counted` or the error.
/// logout: `ended` (the browser's session is over, and the app has the browser back), `returned` (nobody was signed in).
const TABLE: &str = "
session     part                                grant    authorize  none            redeem         refresh        userinfo  introspect  status                                             activity            logout
live        in                                  session  code       code            tokens         tokens         claims    active      live/live                                          counted             ended
live        own-idle                            session  page       login_required  invalid_grant  invalid_grant  401       inactive    live/dormant.idle                                  invalid_token       ended
live        own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       ended
live        left                                session  code       login_required  invalid_grant  invalid_grant  401       inactive    live/ended.sign_out                                invalid_token       ended
live        anew                                session  code       code            invalid_grant  invalid_grant  401       inactive    live/expired                                       invalid_token       ended
warn        in                                  session  code       code            tokens         tokens         claims    active      warn/warn                                          counted             ended
warn        own-idle                            session  page       login_required  invalid_grant  invalid_grant  401       inactive    warn/expired.idle                                  invalid_token       ended
warn        own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       ended
warn        left                                session  code       login_required  invalid_grant  invalid_grant  401       inactive    warn/ended.sign_out                                invalid_token       ended
warn        anew                                session  code       code            invalid_grant  invalid_grant  401       inactive    warn/expired                                       invalid_token       ended
idle        in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    dormant.idle/dormant.idle                          invalid_token       returned
idle        own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
idle        anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    dormant.idle/expired                               invalid_token       returned
absolute    in,own-idle,own-absolute,left,anew  session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
expired     in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    expired.idle/expired.idle                          invalid_token       returned
expired     own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
expired     anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    expired.idle/expired                               invalid_token       returned
signed-out  in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.sign_out/ended.sign_out                      invalid_token       returned
signed-out  own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
signed-out  anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.sign_out/expired                             invalid_token       returned
elsewhere   in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.revoked/ended.revoked                        invalid_token       returned
elsewhere   own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
elsewhere   anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.revoked/expired                              invalid_token       returned
everywhere  in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.sign_out/ended.sign_out                      invalid_token       returned
everywhere  own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
everywhere  anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.sign_out/expired                             invalid_token       returned
disabled    in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/ended.account_disabled      invalid_token       returned
disabled    own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
disabled    anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/expired                     invalid_token       returned
enabled     in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/ended.account_disabled      invalid_token       returned
enabled     own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
enabled     anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/expired                     invalid_token       returned
password    in,own-idle,left                    session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.credential_changed/ended.credential_changed  invalid_token       returned
password    own-absolute                        session  page       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       returned
password    anew                                session  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.credential_changed/expired                   invalid_token       returned
back        in,anew                             session  code       code            invalid_grant  invalid_grant  401       inactive    expired.idle/expired.idle                          invalid_token       asks
back        own-idle,left                       session  code       login_required  invalid_grant  invalid_grant  401       inactive    expired.idle/expired.idle                          invalid_token       asks
back        own-absolute                        session  code       login_required  invalid_grant  invalid_grant  401       inactive    401                                                invalid_token       asks

live        in                                  offline  code       code            tokens         tokens         claims    active      live/live                                          insufficient_scope  ended
live        left                                offline  code       login_required  invalid_grant  tokens         claims    active      live/ended.sign_out                                insufficient_scope  ended
live        anew                                offline  code       code            invalid_grant  tokens         claims    active      live/expired                                       insufficient_scope  ended
warn        in                                  offline  code       code            tokens         tokens         claims    active      warn/warn                                          insufficient_scope  ended
warn        left                                offline  code       login_required  invalid_grant  tokens         claims    active      warn/ended.sign_out                                insufficient_scope  ended
warn        anew                                offline  code       code            invalid_grant  tokens         claims    active      warn/expired                                       insufficient_scope  ended
idle        in,left                             offline  page       login_required  invalid_grant  tokens         claims    active      dormant.idle/dormant.idle                          insufficient_scope  returned
idle        anew                                offline  page       login_required  invalid_grant  tokens         claims    active      dormant.idle/expired                               insufficient_scope  returned
absolute    in,left                             offline  page       login_required  invalid_grant  tokens         claims    active      dormant.absolute/dormant.absolute                  insufficient_scope  returned
absolute    anew                                offline  page       login_required  invalid_grant  tokens         claims    active      dormant.absolute/expired                           insufficient_scope  returned
expired     in,left                             offline  page       login_required  invalid_grant  tokens         claims    active      expired.idle/expired.idle                          insufficient_scope  returned
expired     anew                                offline  page       login_required  invalid_grant  tokens         claims    active      expired.idle/expired                               insufficient_scope  returned
signed-out  in,left                             offline  page       login_required  invalid_grant  tokens         claims    active      ended.sign_out/ended.sign_out                      insufficient_scope  returned
signed-out  anew                                offline  page       login_required  invalid_grant  tokens         claims    active      ended.sign_out/expired                             insufficient_scope  returned
elsewhere   in,left                             offline  page       login_required  invalid_grant  tokens         claims    active      ended.revoked/ended.revoked                        insufficient_scope  returned
elsewhere   anew                                offline  page       login_required  invalid_grant  tokens         claims    active      ended.revoked/expired                              insufficient_scope  returned
everywhere  in,left                             offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.sign_out/ended.sign_out                      invalid_token       returned
everywhere  anew                                offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.sign_out/expired                             invalid_token       returned
disabled    in,left                             offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/ended.account_disabled      invalid_token       returned
disabled    anew                                offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/expired                     invalid_token       returned
enabled     in,left                             offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/ended.account_disabled      invalid_token       returned
enabled     anew                                offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.account_disabled/expired                     invalid_token       returned
password    in,left                             offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.credential_changed/ended.credential_changed  invalid_token       returned
password    anew                                offline  page       login_required  invalid_grant  invalid_grant  401       inactive    ended.credential_changed/expired                   invalid_token       returned
back        in,anew                             offline  code       code            invalid_grant  tokens         claims    active      expired.idle/expired.idle                          insufficient_scope  asks
back        left                                offline  code       login_required  invalid_grant  tokens         claims    active      expired.idle/expired.idle                          insufficient_scope  asks
";

/// One line of the table for one state of the part.
struct Row {
    whole: Whole,
    part: Part,
    holding: Holding,
    expected: Vec<&'static str>,
}

fn rows() -> Vec<Row> {
    let mut lines = TABLE.trim().lines();
    let heading: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(heading[3..], COLUMNS);
    let mut rows = Vec::new();
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        assert_eq!(words.len(), 3 + COLUMNS.len(), "{line}");
        let whole = *Whole::ALL.iter().find(|whole| whole.word() == words[0]).unwrap_or_else(|| panic!("{line}"));
        let holding = *Holding::ALL.iter().find(|kind| kind.word() == words[2]).unwrap_or_else(|| panic!("{line}"));
        for named in words[1].split(',') {
            let part = Part::all(holding).iter().find(|part| part.word() == named);
            let part = *part.unwrap_or_else(|| panic!("{line}"));
            rows.push(Row { whole, part, holding, expected: words[3..].to_vec() });
        }
    }
    rows
}

/// The cells that answered otherwise: column, expected, answered.
fn differences(expected: &[&str], answered: &[String]) -> Vec<String> {
    let cells = COLUMNS.iter().zip(expected).zip(answered);
    let other = cells.filter(|((_, expected), answered)| *answered != **expected);
    other.map(|((column, expected), answered)| format!("{column}: {answered} and not {expected}")).collect()
}

async fn holds(which: impl Fn(&Row) -> bool) {
    let mut wrong = Vec::new();
    for Row { whole, part, holding, expected } in rows().into_iter().filter(which) {
        let answered = World::new(whole, part, holding).await.answers().await;
        let other = differences(&expected, &answered);
        if !other.is_empty() {
            let row = format!("{} {} {}", whole.word(), part.word(), holding.word());
            wrong.push(format!("{row}: {}\n    answered: {}", other.join("; "), answered.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{} rows are otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

fn good(row: &Row) -> bool {
    matches!(row.whole, Whole::Live | Whole::Warn | Whole::Back)
}

fn timed_out(row: &Row) -> bool {
    matches!(row.whole, Whole::Idle | Whole::Absolute | Whole::Expired)
}

#[actix_web::test]
async fn where_the_session_is_good() {
    holds(good).await;
}

#[actix_web::test]
async fn where_the_session_timed_out() {
    holds(timed_out).await;
}

#[actix_web::test]
async fn where_the_session_was_ended() {
    holds(|row| !good(row) && !timed_out(row)).await;
}

#[test]
fn every_combination_has_one_row() {
    let rows = rows();
    let there: BTreeSet<_> = rows.iter().map(|row| (row.whole, row.part, row.holding)).collect();
    assert_eq!(there.len(), rows.len(), "one is there twice");
    let of = |holding: Holding| Part::all(holding).iter().map(move |part| (*part, holding));
    let all = Whole::ALL
        .into_iter()
        .flat_map(|whole| Holding::ALL.into_iter().flat_map(of).map(move |(part, holding)| (whole, part, holding)));
    assert_eq!(there, all.collect(), "one is missing");
}

#[actix_web::test]
async fn an_entry_that_is_changed_is_noticed() {
    let row = &rows()[0];
    let answered = World::new(row.whole, row.part, row.holding).await.answers().await;
    assert!(differences(&row.expected, &answered).is_empty());
    for (place, column) in COLUMNS.iter().enumerate() {
        let mut changed = row.expected.clone();
        changed[place] = "otherwise";
        let noticed = differences(&changed, &answered);
        assert!(noticed.len() == 1 && noticed[0].starts_with(column), "{noticed:?}");
    }
}
