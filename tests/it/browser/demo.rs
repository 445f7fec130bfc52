//! The bank and the square: one sign-in, silent reissue, one sign-out.

use super::driver::{Profile, story};
use super::page::Page;
use super::places::DEMO;

#[test]
fn a_sign_in_at_the_bank_opens_the_square_without_a_question() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        let sid = page.text("#token-sid").await;
        assert!(!sid.is_empty());
        page.find("#api-result[data-ok=true]").await;
        let balance = page.text("#api-result").await;
        assert!(balance.contains("All accounts") && balance.contains("GET /api/balance"), "{balance}");

        page.open(&demo.plaza).await;
        page.find("#session").await;
        assert!(page.url().await.starts_with(&demo.plaza), "a question on the way: {}", page.url().await);
        assert_eq!(page.text("#token-sid").await, sid, "another session");
        page.find("#api-result[data-ok=true]").await;
        assert!(page.text("#api-result").await.contains("GET /api/feed"));
    });
}

#[test]
fn the_api_answers_nobody_without_a_token() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        let status = page.script_later("fetch('/api/balance').then((answer) => arguments[0](answer.status));").await;
        assert_eq!(status, 401, "the cookie alone must not open the API");
    });
}

#[test]
fn tokens_are_reissued_silently_by_refresh_and_by_prompt_none() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        let (sid, auth_time) = (page.text("#token-sid").await, page.attribute("#token-auth-time", "data-value").await);
        let first = access_token_id(&page).await;
        page.find("#reissues[data-count='0']").await;

        page.click("#renew-refresh").await;
        page.find("#reissues[data-count='1']").await;
        let second = access_token_id(&page).await;
        page.click("#renew-silent").await;
        page.find("#reissues[data-count='2']").await;
        let third = access_token_id(&page).await;

        assert!(first != second && second != third && first != third, "{first} {second} {third}");
        assert_eq!(page.text("#token-sid").await, sid);
        assert_eq!(page.attribute("#token-auth-time", "data-value").await, auth_time, "nobody signed in again");
        let listed = page.text("#reissues").await;
        assert!(listed.contains("prompt=none") && listed.contains("refresh token"), "{listed}");
        page.find("#api-result[data-ok=true]").await;
    });
}

#[test]
fn a_sign_out_at_the_bank_is_told_to_the_square() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        page.open(&demo.plaza).await;
        page.find("#session").await;
        page.open(&demo.bank).await;
        page.click("#sign-out").await;
        page.find("#signed-out").await;
        assert!(page.url().await.starts_with(&demo.bank));

        // By the back channel, within 5 s; until then its pages are as they were.
        page.open(&demo.plaza).await;
        page.find("#ended").await;
        page.click("#sign-in").await;
        page.find("#password").await;
        assert!(page.url().await.starts_with(&demo.provider), "a password is asked for again");
    });
}

#[test]
fn a_sign_out_at_the_square_ends_the_bank() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        page.open(&demo.plaza).await;
        page.click("#sign-out").await;
        page.find("#signed-out").await;

        page.open(&demo.bank).await;
        page.find("#ended").await;
    });
}

#[test]
fn what_is_half_typed_is_kept_on_the_server_and_gone_once_sent() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        page.fill("#to", "Norrsken Bakery").await;
        page.fill("#amount", "12.40").await;
        // What the script sends while somebody types comes back on a page that is opened anew.
        let kept = "const done = arguments[0]; const look = async () => {
            const answer = await fetch('/auth/session/draft?form=transfer');
            const { fields } = await answer.json();
            if (fields?.amount === '12.40') done(fields.to); else setTimeout(look, 50);
        }; look();";
        assert_eq!(page.script_later(kept).await, "Norrsken Bakery");
        page.open(&demo.bank).await;
        page.find("form[data-restored=yes]").await;
        page.click("#send").await;
        assert!(page.text(".sent").await.contains("€12.40"));
        let gone =
            "const done = arguments[0]; fetch('/auth/session/draft?form=transfer').then((answer) => answer.json())
            .then(({ fields }) => done(fields));";
        assert!(page.script_later(gone).await.is_null());
    });
}

#[test]
fn both_sessions_are_shown_with_their_ends() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        let own = page.text("#application-session").await;
        let ends = own.contains("ends in 2 min 0 s") || own.contains("ends in 1 min");
        assert!(own.contains("live") && ends, "{own}");
        let provider = page.text("#sso-session").await;
        assert!(provider.contains("never ends"), "{provider}");
    });
}

async fn access_token_id(page: &Page) -> String {
    let id = page.text("#access-token [data-claim=jti]").await;
    assert!(!id.is_empty());
    id
}
