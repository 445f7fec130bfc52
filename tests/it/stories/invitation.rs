//! An administrator invites somebody.

use super::mail::{events, with_mail};
use crate::harness::{Browser, Idp, Letter, MailServer};
use abide::model::audit::Act;

const WORDS: &str = "seven kites above the dunes";

pub async fn boss(idp: &Idp) -> Browser {
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    boss
}

pub async fn invite(idp: &Idp, server: &MailServer, boss: &mut Browser, more: &[(&str, &str)]) -> Letter {
    let page = boss.get("/admin/invitations").await;
    let filled = [&[("email", "nia@example.org")], more].concat();
    let done = boss.submit(&page, "/admin/invitations", &filled).await;
    assert_eq!(done.location(), "/admin/invitations?done=invited", "{}", done.body);
    idp.deliver().await;
    server.only()
}

#[actix_web::test]
async fn whoever_is_invited_makes_the_account_once() {
    let (idp, server) = with_mail().await;
    let mut boss = boss(&idp).await;
    let letter = invite(&idp, &server, &mut boss, &[("name", "Nia Okafor"), ("admin", "on")]).await;
    assert_eq!(letter.to, ["nia@example.org"]);
    assert!(letter.text().contains("Invited by: boss"), "{}", letter.text());
    assert!(boss.get("/admin/invitations").await.body.contains("nia@example.org"));
    // In any browser, and also if a scanner was there first.
    assert_eq!(idp.browser().get(&letter.link()).await.status, 200);
    let mut nia = idp.browser();
    let form = nia.get(&letter.link()).await;
    assert!(form.body.contains("Nia Okafor"));
    for (username, password, words) in [
        ("mira", WORDS, "taken"),
        ("", WORDS, "1 to 128"),
        ("someone@else.example", WORDS, "has to be the address"),
        ("nia", "short", "at least 15"),
    ] {
        let refused = nia.submit(&form, "/invitation", &[("username", username), ("password", password)]).await;
        assert_eq!(refused.status, 422, "{username}");
        let alert = refused.text("[role=alert]").unwrap();
        assert!(alert.contains(words) || username.is_empty(), "{alert}");
        idp.pass("10s");
    }
    let done = nia.submit(&form, "/invitation", &[("username", "nia"), ("password", WORDS)]).await;
    assert_eq!(done.location(), "/account");
    assert_eq!(nia.get("/admin/users").await.status, 200, "the role came with it");
    assert_eq!(nia.get(&letter.link()).await.status, 410);
    assert_eq!(nia.submit(&form, "/invitation", &[("username", "nia2"), ("password", WORDS)]).await.status, 410);
    assert!(!boss.get("/admin/invitations").await.body.contains("nia@example.org"));
    let mut other = idp.browser();
    let page = other.get("/account").await;
    assert_eq!(other.sign_in_as(&page, "nia@example.org", WORDS).await.location(), "/account");
}

#[actix_web::test]
async fn an_invitation_is_taken_back_and_ends() {
    let (idp, server) = with_mail().await;
    let mut boss = boss(&idp).await;
    let letter = invite(&idp, &server, &mut boss, &[]).await;
    let mut nia = idp.browser();
    let form = nia.get(&letter.link()).await;
    let page = boss.get("/admin/invitations").await;
    let done = boss.submit(&page, "/admin/invitations/revoke", &[]).await;
    assert_eq!(done.location(), "/admin/invitations?done=revoked");
    assert_eq!(nia.get(&letter.link()).await.status, 410);
    assert_eq!(nia.submit(&form, "/invitation", &[("username", "nia"), ("password", WORDS)]).await.status, 410);
    assert_eq!(events(&idp, Act::InvitationRevoked).await.len(), 1);
    let letter = invite(&idp, &server, &mut boss, &[]).await;
    let before = nia.get(&letter.link()).await;
    assert_eq!(before.status, 200);
    idp.pass("7d");
    assert_eq!(nia.get(&letter.link()).await.status, 410);
    idp.deliver().await;
    let left = idp.flows().store.all::<abide::model::invitation::Invitation>(None, 10).await.unwrap();
    assert!(left.items.is_empty());
}

#[actix_web::test]
async fn whoever_cannot_be_invited_and_whoever_may_not_invite() {
    let (idp, server) = with_mail().await;
    let mut boss = boss(&idp).await;
    let page = boss.get("/admin/invitations").await;
    let before = idp.contents().await;
    for (email, name, words) in [
        ("mira@example.org", "", "already"),
        ("nobody", "", "not an email address"),
        ("nia@example.org\r\nBcc: all@example.org", "", "not an email address"),
        ("nia@example.org", "Nia\u{202e}", "A name is one line"),
        ("nia@example.org", &"n".repeat(10_000), "A name is one line"),
    ] {
        let refused = boss.submit(&page, "/admin/invitations", &[("email", email), ("name", name)]).await;
        assert_eq!(refused.status, 422, "{email}");
        assert!(refused.text("[role=alert]").unwrap().contains(words), "{email}");
    }
    let mut mira = idp.browser();
    let at = mira.get("/account").await;
    mira.sign_in(&at).await;
    let csrf = mira.get("/account").await.fields("/account/sign-out")["csrf"].clone();
    let before_her = idp.contents().await;
    let form = [("csrf", csrf.as_str()), ("email", "nia@example.org"), ("invitation", "x")];
    for path in ["/admin/invitations", "/admin/invitations/revoke", "/admin/users/send-reset"] {
        assert_eq!(mira.post(path, &form).await.status, 403, "{path}");
    }
    assert_eq!(idp.contents().await, before_her);
    assert_ne!(before, before_her, "she signed in");
    idp.deliver().await;
    assert!(server.take().iter().all(|letter| !letter.to.contains(&"nia@example.org".to_owned())));
}

#[actix_web::test]
async fn an_account_has_what_its_invitation_says() {
    use abide::model::account::{Account, username_name};
    let (idp, server) = with_mail().await;
    let mut boss = boss(&idp).await;
    let said = [("groups", "staff, Zürich office,,staff"), ("roles", "auditor")];
    let letter = invite(&idp, &server, &mut boss, &said).await;
    let page = boss.get("/admin/invitations").await;
    assert!(page.body.contains("Zürich office") && page.body.contains("auditor"), "{}", page.body);
    let mut nia = idp.browser();
    let form = nia.get(&letter.link()).await;
    // Nobody takes more than they were given.
    let filled = [("username", "nia"), ("password", WORDS), ("groups", "board"), ("roles", "admin"), ("admin", "on")];
    assert_eq!(nia.submit(&form, "/invitation", &filled).await.location(), "/account");
    let account = idp.flows().store.find::<Account>(&username_name("nia")).await.unwrap().unwrap();
    assert_eq!(account.groups.into_iter().collect::<Vec<_>>(), ["Zürich office", "staff"]);
    assert_eq!(account.roles.into_iter().collect::<Vec<_>>(), ["auditor"]);
    assert_eq!(nia.get("/admin/users").await.status, 403);
    let page = boss.get("/admin/invitations").await;
    let before = idp.contents().await;
    let many = (0..33).map(|n| format!("g{n}")).collect::<Vec<_>>().join(",");
    let long = "g".repeat(65);
    for (name, value) in [("groups", many.as_str()), ("groups", &long), ("roles", "a\nb"), ("roles", "a\u{202e}b")] {
        let filled = [("email", "otto@example.org"), (name, value)];
        let refused = boss.submit(&page, "/admin/invitations", &filled).await;
        assert_eq!(refused.status, 422, "{name} {value:?}");
        assert!(refused.text("[role=alert]").unwrap().contains("at most 32"), "{name} {value:?}");
    }
    let spoiled = boss.submit(&page, "/admin/invitations", &[("email", "otto@example.org"), ("groups", "\0")]).await;
    assert_eq!(spoiled.status, 400);
    assert_eq!(idp.contents().await, before);
}
