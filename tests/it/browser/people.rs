//! The pages that mails and factors lead to, live: a new password, an account of one's own, an invitation, an address that
//! is proved, passkeys, an authenticator app, recovery codes, and the person's own pages, in light and in dark, on a desk
//! and on a phone. Each is inspected as it is shown, the refusals included.

use super::appearance::{Inspection, axe};
use super::driver::{Profile, story};
use super::passkeys::Verifies;
use crate::harness::{Letter, MailServer, Smtp};
use crate::real::idp::{RealIdp, password_of, person};
use crate::stories::second_factor::Authenticator;
use serde_json::json;
use std::sync::LazyLock;

const NEW: &str = "seven kites above the dunes";

/// The provider with a mail server, both for these stories alone.
struct Place {
    idp: RealIdp,
    mail: MailServer,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    // The mail server outlives the story that needs it first.
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            tell.send(MailServer::start(Smtp::Takes).await).expect("somebody waits");
            std::future::pending::<()>().await;
        });
    });
    let mail = told.recv().expect("a mail server");
    let settings = format!(
        "[mail]\nfrom = \"Abide <id@example.com>\"\nserver = \"smtp://127.0.0.1:{}\"\ntls = \"none\"\n\
         [accounts]\nself_registration = true\n",
        mail.port()
    );
    let mut ines = person("ines");
    ines["roles"] = json!(["admin"]);
    let people = [person("rosa"), person("emil"), ines];
    Place { idp: RealIdp::set("localhost", &settings, &people, &[]), mail }
});

#[test]
fn in_the_light_on_a_desk() {
    tour(Profile::Desk, "rosa");
}

#[test]
fn in_the_dark_on_a_phone() {
    tour(Profile::DarkPhone, "emil");
}

fn tour(profile: Profile, who: &'static str) {
    let place = &*PLACE;
    let axe = axe();
    story(profile, move |page| async move {
        let mut tour = Tour { place, who, password: password_of(who), inspection: Inspection::new(page, axe, profile) };
        tour.new_password().await;
        tour.factors().await;
        tour.address().await;
        tour.person().await;
        tour.sign_up().await;
        tour.invitation().await;
        let problems = tour.inspection.problems;
        assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    });
}

struct Tour {
    place: &'static Place,
    who: &'static str,
    password: String,
    inspection: Inspection,
}

impl Tour {
    fn at(&self, path: &str) -> String {
        self.place.idp.at(path)
    }

    /// The link in a mail, as the person opens it.
    async fn link(&self, address: &str) -> String {
        let letter: Letter = self.place.mail.next_to(address).await;
        let text = letter.text();
        let link = text.lines().find(|line| line.starts_with(&self.place.idp.issuer)).expect("a link");
        link.to_owned()
    }

    async fn sign_in(&self, name: &str, password: &str) {
        let page = &self.inspection.page;
        page.fill("#username", name).await;
        page.fill("#password", password).await;
        page.click("#sign-in").await;
    }

    async fn sign_out(&self) {
        let page = &self.inspection.page;
        page.open(&self.at("/account")).await;
        page.click("#sign-out").await;
        page.find(".seal").await;
    }

    async fn new_password(&mut self) {
        let page = self.inspection.page.clone();
        page.open(&self.at("/account")).await;
        page.click("#forgot").await;
        page.find("form[action='/forgot/send']").await;
        self.inspection.look("a forgotten password").await;
        page.fill("#username", self.who).await;
        page.click("#send").await;
        page.until("!document.querySelector(\"form[action='/forgot/send']\")").await;
        self.inspection.look("a link is on its way").await;
        let link = self.link(&format!("{}@example.org", self.who)).await;
        self.inspection.visit("a new password", &link).await;
        page.fill("#password", "short").await;
        page.click("#set-password").await;
        page.find("[role=alert]").await;
        self.inspection.look("a new password, refused").await;
        self.password = NEW.to_owned();
        page.fill("#password", NEW).await;
        page.click("#set-password").await;
        page.find("#username").await;
        self.inspection.look("sign-in after a new password").await;
        self.inspection.visit("a void link", &self.at("/reset?token=x")).await;
    }

    async fn factors(&mut self) {
        let page = self.inspection.page.clone();
        let (who, password) = (self.who, self.password.clone());
        page.plug_in(Verifies::Yes).await;
        page.without_conditional_mediation().await;
        page.open(&self.at("/account/security")).await;
        self.sign_in(who, &password).await;
        page.find("#set-up-authenticator").await;
        self.inspection.look("sign-in and security").await;
        page.click("#set-up-authenticator").await;
        page.click("details summary").await;
        let app = Authenticator::of_key(&page.text("#secret").await);
        self.inspection.look("an authenticator app").await;
        page.fill("#code", "000000").await;
        page.click(&format!("form[action='{APP}'] button[type=submit]")).await;
        page.find("[role=alert]").await;
        self.inspection.look("an authenticator app, refused").await;
        page.fill("#code", &code(&app, 0)).await;
        page.click(&format!("form[action='{APP}'] button[type=submit]")).await;
        page.until("document.querySelectorAll('.codes code').length === 10").await;
        self.inspection.look("recovery codes").await;
        page.open(&self.at("/account/security/passkey")).await;
        page.find("#create-passkey").await;
        self.inspection.look("a new passkey").await;
        page.fill("#label", "Work laptop").await;
        page.click("#create-passkey").await;
        page.find("[data-label='Work laptop']").await;
        self.inspection.look("sign-in and security, with everything").await;
        self.sign_out().await;
        page.open(&self.at("/account/security")).await;
        self.sign_in(who, &password).await;
        page.find("#code").await;
        self.inspection.look("the second step").await;
        page.fill("#code", "000000").await;
        page.click("form[action='/sign-in/code'] button[type=submit]").await;
        page.find("[role=alert]").await;
        self.inspection.look("the second step, refused").await;
        page.fill("#code", &code(&app, 1)).await;
        page.click("form[action='/sign-in/code'] button[type=submit]").await;
        page.arrive(&self.at("/account/security")).await;
    }

    async fn address(&mut self) {
        let page = self.inspection.page.clone();
        let new = format!("{}@new.example", self.who);
        self.inspection.visit("mail address", &self.at("/account/email")).await;
        page.fill("#email", &new).await;
        page.click("#send").await;
        page.arrive(&self.at("/account/email?done=sent")).await;
        self.inspection.look("mail address, a link is on its way").await;
        let link = self.link(&new).await;
        self.inspection.visit("a mail address to confirm", &link).await;
        page.click("#confirm").await;
        page.arrive(&self.at("/account/email?done=confirmed")).await;
        self.inspection.look("mail address, confirmed").await;
    }

    async fn person(&mut self) {
        for (name, path) in [
            ("account", "/account"),
            ("profile", "/account/profile"),
            ("history", "/account/history"),
            ("data", "/account/data"),
        ] {
            self.inspection.visit(name, &self.at(path)).await;
        }
        self.sign_out().await;
    }

    async fn sign_up(&mut self) {
        let page = self.inspection.page.clone();
        let address = format!("new-{}@example.org", self.who);
        page.open(&self.at("/account")).await;
        page.click("#sign-up").await;
        page.find("#email").await;
        self.inspection.look("an account of one's own").await;
        page.fill("#email", &address).await;
        page.click("form[action='/sign-up/send'] #sign-up").await;
        page.until("!document.querySelector(\"form[action='/sign-up/send']\")").await;
        self.inspection.look("a link is on its way, for a new account").await;
        let link = self.link(&address).await;
        self.inspection.visit("an account to finish", &link).await;
        page.fill("#password", "short").await;
        page.click("form[action='/sign-up/confirm'] button[type=submit]").await;
        page.find("[role=alert]").await;
        self.inspection.look("an account to finish, refused").await;
        page.fill("#password", NEW).await;
        page.click("form[action='/sign-up/confirm'] button[type=submit]").await;
        page.arrive(&self.at("/account")).await;
        self.sign_out().await;
    }

    async fn invitation(&mut self) {
        let page = self.inspection.page.clone();
        let address = format!("guest-{}@example.org", self.who);
        page.open(&self.at("/admin")).await;
        self.sign_in("ines", &password_of("ines")).await;
        page.find("#to-invitations").await;
        self.inspection.visit("invitations", &self.at("/admin/invitations")).await;
        page.fill("#email", &address).await;
        page.click("#invite").await;
        page.arrive(&self.at("/admin/invitations?done=invited")).await;
        self.inspection.look("invitations, one that stands").await;
        let link = self.link(&address).await;
        self.sign_out().await;
        self.inspection.visit("an account to finish, by an invitation", &link).await;
        page.fill("#username", "ines").await;
        page.fill("#password", NEW).await;
        page.click("form[action='/invitation'] button[type=submit]").await;
        page.find("[role=alert]").await;
        self.inspection.look("an account to finish, by an invitation, refused").await;
    }
}

const APP: &str = "/account/security/authenticator";

/// A code that was not used yet: the next step's is good half a minute early.
fn code(app: &Authenticator, away: i64) -> String {
    app.code_at(abide::clock::Clock::System.now().0, away)
}
