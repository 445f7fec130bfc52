//! The development mode of the real binary: a mail is shown where the program was started, and nowhere else.

use crate::real::block_on;
use crate::real::idp::{RealIdp, person};
use crate::real::visitor::Visitor;
use std::time::Duration;

#[test]
fn in_development_a_mail_is_shown_and_its_link_works() {
    let idp = RealIdp::set("localhost", "[mail]\ndevelopment = true", &[person("ida")], &[]);
    block_on(async {
        let visitor = Visitor::new();
        let page = visitor.get(&idp.at("/forgot")).await;
        let sent = visitor.submit(&page, &[("username", "ida")], "").await;
        assert_eq!(sent.status, 200, "{}", sent.body);
        let shown = async {
            loop {
                let said = idp.said();
                if let Some(at) = said.find("MAIL, shown and not sent") {
                    break said[at..].to_owned();
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let shown = tokio::time::timeout(Duration::from_secs(30), shown).await.expect("it is shown");
        assert!(shown.contains("To: ida@example.org") && shown.contains("Choose a new password"), "{shown}");
        let link = shown.split_whitespace().find(|word| word.contains("/reset?token=")).expect("the link");
        let page = visitor.get(link).await;
        assert!(page.status == 200 && page.body.contains("new-password"), "{} {}", page.status, page.body);
        // The log beside it holds no secret of it.
        let token = link.split_once("token=").unwrap().1;
        assert_eq!(idp.said().matches(token).count(), 1);
    });
}
