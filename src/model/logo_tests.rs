use super::*;
use serde_json::json;

const NOW: Timestamp = Timestamp(1_800_000_000);
const URI: &str = "https://bank.example/logo.png";

fn client(logo: Option<&str>, registered: bool) -> Client {
    let mut whole = json!({"id": "bank", "created_at": 1,
        "metadata": {"client_id": "bank", "redirect_uris": ["https://bank.example/cb"]}});
    if let Some(uri) = logo {
        whole["metadata"]["logo_uri"] = json!(uri);
    }
    if registered {
        whole["origin"] = json!({"registered": {"token": "x"}});
    }
    serde_json::from_value(whole).unwrap()
}

fn had(name: &str) -> Option<Shown> {
    Some(Shown { name: name.into(), file: Drawn::new(b"jpeg") })
}

fn tried(before: Option<Logo>, had: Option<Shown>, now: Timestamp) -> (Logo, Told, Change<Logo, Told>) {
    let change = Logo::tried(before, (&ClientId::new("bank"), URI), had, now);
    let Fate::Put(logo) = &change.fate else { panic!("{change:?}") };
    assert_eq!(change.look_at, [logo.again_at]);
    (logo.clone(), change.outcome, change)
}

#[test]
fn one_that_was_had_is_shown_and_fetched_again_tomorrow() {
    let (logo, told, _) = tried(None, had("a"), NOW);
    let bank = client(Some(URI), false);
    assert_eq!((logo.shown_for(&bank, Some(URI)).unwrap().path().as_str(), told), ("/logo/a", Told::Nothing));
    assert_eq!(logo.again_at, NOW + FRESH);
    assert_eq!(logo.rows().len(), 1);
    // Not for another address, none, or another app.
    assert_eq!(logo.shown_for(&bank, Some("https://bank.example/other.png")), None);
    assert_eq!(logo.shown_for(&bank, None), None);
    let another = Client { id: ClientId::new("another"), ..bank };
    assert_eq!(logo.shown_for(&another, Some(URI)), None);
}

#[test]
fn one_that_cannot_be_had_any_more_stays_for_a_week() {
    let (mut logo, ..) = tried(None, had("a"), NOW);
    let mut now = logo.again_at;
    let mut words = Vec::new();
    let mut waited = Vec::new();
    for _ in 0..14 {
        let (next, told, change) = tried(Some(logo.clone()), None, now);
        assert_eq!(change.looked_at.iter().map(|due| due.at).collect::<Vec<_>>(), [logo.again_at]);
        words.push((told, next.shown.is_some()));
        waited.push((next.again_at.0 - now.0) / 60);
        (logo, now) = (next.clone(), next.again_at);
    }
    assert_eq!(waited[..5], [1, 10, 60, 1_440, 1_440]);
    let missed = words.iter().filter(|(told, _)| *told == Told::Missed).count();
    let dropped: Vec<usize> = (0..14).filter(|place| words[*place].0 == Told::Dropped).collect();
    assert_eq!((words[0], missed), ((Told::Missed, true), 1));
    assert_eq!(dropped, [10], "{words:?}");
    assert!(words[..10].iter().all(|(_, shown)| *shown) && words[10..].iter().all(|(_, shown)| !*shown));
    assert!(logo.rows().is_empty());
    let (logo, ..) = tried(Some(logo), had("b"), now);
    assert_eq!((logo.failing, logo.again_at), (None, now + FRESH));
}

#[test]
fn what_was_had_from_another_address_is_forgotten() {
    let (mut logo, ..) = tried(None, had("a"), NOW);
    logo.uri = "https://bank.example/old.png".into();
    let (logo, told, change) = tried(Some(logo), None, NOW + Duration::from_secs(9));
    assert_eq!((logo.shown, told), (None, Told::Missed));
    assert_eq!(change.looked_at[0].at, NOW + FRESH, "and its appointment with it");
}

#[test]
fn a_stranger_has_none() {
    assert_eq!(client(Some(URI), false).logo_source(Switch::Off), Some(URI));
    assert_eq!(client(Some(URI), true).logo_source(Switch::Off), None);
    assert_eq!(client(Some(URI), true).logo_source(Switch::On), Some(URI));
    assert_eq!(client(None, false).logo_source(Switch::On), None);
}

#[test]
fn the_sweep_looks_where_something_changed() {
    let (none, one, other) = (client(None, false), client(Some(URI), false), client(Some("https://b.example/"), false));
    let stranger = client(Some(URI), true);
    let looks = |before: Option<&Client>, after: Option<&Client>| {
        let change = match after {
            Some(after) => Change::put((), after.clone()),
            None => Change::delete(()),
        };
        let due = change.looking_for_logo(before, NOW).appointments;
        assert!(due.iter().all(|due| due.at == NOW && Logo::client_of(&due.key) == Some(ClientId::new("bank"))));
        due.len()
    };
    for (before, after, due) in [
        (None, Some(&one), 1),
        (None, Some(&none), 0),
        (Some(&one), Some(&one), 0),
        (Some(&one), Some(&other), 1),
        (Some(&one), Some(&none), 1),
        (Some(&none), Some(&one), 1),
        (Some(&stranger), Some(&one), 1),
        (Some(&one), None, 1),
        (Some(&none), None, 0),
        (None, None, 0),
    ] {
        assert_eq!(looks(before, after), due, "{before:?} {after:?}");
    }
    assert!(Change::<Client, ()>::keep(()).looking_for_logo(Some(&one), NOW).appointments.is_empty());
    assert_eq!(Logo::client_of("a-picture"), None);
}
