//! A mail and what it tells of are one transaction: both are there or neither is, on sled and on PostgreSQL.

use crate::harness::{Answer, Browser, Idp, MailServer, PASSWORD, Smtp, USERNAME};
use crate::store::cluster::Cluster;
use crate::stories::mail::reset_mail;
use crate::stories::passkeys::account;
use abide::model::mail::Mail;
use abide::store::Backend;
use abide::store::postgres::{PostgresStore, Settings};
use abide::store::sled::SledStore;
use std::sync::Arc;

const NEW: &str = "an entirely different evening";
const CHANGE: &str = "/account/security/password";

/// The provider with mail, on a store.
async fn on(store: Arc<dyn Backend>) -> (Idp, MailServer) {
    let server = MailServer::start(Smtp::Takes).await;
    (Idp::on(store, |config| server.configure(config)).await, server)
}

async fn on_sled() -> (Idp, MailServer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (idp, server) = on(Arc::new(SledStore::open(folder.path(), 16 << 20).unwrap())).await;
    (idp, server, folder)
}

/// With the name of its database.
async fn on_postgres() -> (Idp, MailServer, String) {
    let cluster = Cluster::shared().await;
    let database = cluster.with_schema().await;
    let settings = Settings::new(&cluster.url(&database)).unwrap();
    let (idp, server) = on(Arc::new(PostgresStore::connect(&settings).await.unwrap())).await;
    (idp, server, database)
}

/// What waits in the outbox: in a word each.
async fn waiting(idp: &Idp) -> Vec<String> {
    let mails = idp.flows().store.all::<Mail>(None, 100).await.unwrap().items;
    mails.into_iter().map(|mail| mail.about).collect()
}

/// The page on which the password is changed, and the form that changes it.
async fn at_security(idp: &Idp) -> (Browser, Answer) {
    let mut browser = idp.browser();
    let page = browser.get("/account/security").await;
    assert!(browser.sign_in(&page).await.status.is_redirection());
    let page = browser.get("/account/security").await;
    (browser, page)
}

async fn change(browser: &mut Browser, page: &Answer) -> Answer {
    browser.submit(page, CHANGE, &[("current", PASSWORD), ("password", NEW)]).await
}

async fn has_password(idp: &Idp, password: &str) -> bool {
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    browser.sign_in_as(&page, USERNAME, password).await.status.is_redirection()
}

/// Of sixteen who use one link at once one wins, and there is one mail of it, and it is there as soon as the answer is.
async fn one_change_makes_one_mail(idp: &Idp, server: &MailServer) {
    let mut browser = idp.browser();
    let letter = reset_mail(idp, server, &mut browser).await;
    let page = browser.get(&letter.link()).await;
    assert_eq!(waiting(idp).await, Vec::<String>::new());
    let tries = (0..16).map(|_| {
        let (mut one, page) = (browser.copied(), page.clone());
        async move { one.submit(&page, "/reset", &[("password", NEW)]).await.status.as_u16() }
    });
    let answers = futures_util::future::join_all(tries).await;
    let won = answers.iter().filter(|status| **status == 303).count();
    assert_eq!((won, waiting(idp).await.len()), (1, 1), "{answers:?}");
    idp.deliver().await;
    assert_eq!(server.only().to, ["mira@example.org"]);
    assert_eq!(waiting(idp).await, Vec::<String>::new());
}

#[actix_web::test]
async fn one_change_makes_one_mail_on_sled() {
    let (idp, server, _folder) = on_sled().await;
    one_change_makes_one_mail(&idp, &server).await;
}

#[actix_web::test]
async fn one_change_makes_one_mail_on_postgres() {
    let (idp, server, _) = on_postgres().await;
    one_change_makes_one_mail(&idp, &server).await;
}

/// Makes the database refuse every write of this kind of record, or take it again.
async fn refusing(database: &str, kind: &str, action: &str) {
    let statements = match action {
        "refuse" => format!(
            "CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
             CREATE TRIGGER refuses BEFORE INSERT OR UPDATE ON abide_records FOR EACH ROW
             WHEN (NEW.kind = '{kind}') EXECUTE FUNCTION refused();"
        ),
        _ => "DROP TRIGGER refuses ON abide_records; DROP FUNCTION refused();".to_owned(),
    };
    Cluster::shared().await.run(database, &statements).await;
}

#[actix_web::test]
async fn where_the_mail_cannot_be_kept_its_cause_does_not_happen() {
    let (idp, server, database) = on_postgres().await;
    let (mut browser, page) = at_security(&idp).await;
    refusing(&database, "mail", "refuse").await;
    assert!(change(&mut browser, &page).await.status.is_server_error());
    refusing(&database, "mail", "take").await;
    assert!(has_password(&idp, PASSWORD).await && !has_password(&idp, NEW).await);
    idp.deliver().await;
    assert_eq!(told(&server), 0);
    idp.pass("10s");
    assert_eq!(change(&mut browser, &page).await.status, 303);
    idp.deliver().await;
    assert_eq!(told(&server), 1);
}

#[actix_web::test]
async fn where_the_cause_cannot_be_kept_there_is_no_mail() {
    let (idp, server, database) = on_postgres().await;
    let (mut browser, page) = at_security(&idp).await;
    refusing(&database, "credential", "refuse").await;
    assert!(change(&mut browser, &page).await.status.is_server_error());
    assert_eq!(waiting(&idp).await, Vec::<String>::new());
    refusing(&database, "credential", "take").await;
    idp.deliver().await;
    assert_eq!(told(&server), 0);
    assert!(has_password(&idp, PASSWORD).await);
    assert!(account(&idp, USERNAME).await.disabled_at.is_none());
}

/// Mails that say that the password was changed.
fn told(server: &MailServer) -> usize {
    server.take().iter().filter(|letter| letter.field("subject").contains("password")).count()
}

#[actix_web::test]
async fn of_two_nodes_one_sends_a_mail() {
    let (idp, server, database) = on_postgres().await;
    let settings = Settings::new(&Cluster::shared().await.url(&database)).unwrap();
    let second: Arc<dyn Backend> = Arc::new(PostgresStore::connect(&settings).await.unwrap());
    let (beside, other) = on(second).await;
    let (mut browser, page) = at_security(&idp).await;
    for round in 0..6 {
        let (old, new) = if round % 2 == 0 { (PASSWORD, NEW) } else { (NEW, PASSWORD) };
        let done = browser.submit(&page, CHANGE, &[("current", old), ("password", new)]).await;
        assert_eq!(done.status, 303);
        futures_util::future::join(idp.deliver(), beside.deliver()).await;
        assert_eq!(told(&server) + told(&other), 1, "round {round}");
    }
}
