//! Which language whoever sends a request is answered in. Several voices speak, and the strongest one counts:
//! what the person chose, what their account says, what the app that sent them asks for (`ui_locales`), what their browser
//! prefers. What none of them decides is answered in English.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Language;

/// The voices of one request, as far as they have been heard. All copies are one: whoever reads the account or the
/// interaction on the way tells it here, and pages as well as error pages speak accordingly.
///
/// The first word that is spoken settles it, so that no page speaks two languages.
#[derive(Debug, Clone, Default)]
pub struct Preferences(Arc<Mutex<Voices>>);

#[derive(Debug, Default)]
struct Voices {
    chosen: Option<Language>,
    account: Option<Language>,
    asked: Option<Language>,
    browser: Option<Language>,
    spoken: Option<Language>,
}

impl Voices {
    fn strongest(&self) -> Option<Language> {
        self.chosen.or(self.account).or(self.asked).or(self.browser)
    }
}

impl Preferences {
    /// What the request says by itself: what the person chose before, what the browser prefers.
    pub fn new(chosen: Option<Language>, browser: Option<Language>) -> Preferences {
        Preferences(Arc::new(Mutex::new(Voices { chosen, browser, ..Voices::default() })))
    }

    /// The `locale` of the account whose session it is.
    pub fn account_says(&self, locale: Option<&str>) {
        self.voices().account = locale.and_then(Language::of_tag);
    }

    /// The `ui_locales` of the request that is being answered.
    pub fn app_asks(&self, ui_locales: Option<&str>) {
        self.voices().asked = ui_locales.and_then(Language::of_list);
    }

    /// The language to answer in. From now on it is that one.
    pub fn settle(&self) -> Language {
        let mut voices = self.voices();
        let strongest = voices.strongest();
        *voices.spoken.get_or_insert(strongest.unwrap_or_default())
    }

    /// The language of whoever asks, as far as it is known: for what is not an answer.
    pub fn heard(&self) -> Option<Language> {
        self.voices().strongest()
    }

    /// The language that was spoken, if a word was.
    pub fn spoken(&self) -> Option<Language> {
        self.voices().spoken
    }

    fn voices(&self) -> MutexGuard<'_, Voices> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Language::{English, French, German, SimplifiedChinese};
    use super::Preferences;

    #[test]
    fn the_strongest_voice_counts() {
        let weakest = || Preferences::new(None, Some(French));
        assert_eq!(Preferences::default().settle(), English);
        assert_eq!((weakest().heard(), weakest().settle()), (Some(French), French));
        assert_eq!(Preferences::default().heard(), None);
        let asked = weakest();
        asked.app_asks(Some("es de"));
        assert_eq!(asked.settle(), German);
        let account = weakest();
        account.app_asks(Some("de"));
        account.account_says(Some("zh-CN"));
        assert_eq!(account.settle(), SimplifiedChinese);
        let chosen = Preferences::new(Some(English), Some(French));
        chosen.app_asks(Some("de"));
        chosen.account_says(Some("zh-CN"));
        assert_eq!(chosen.settle(), English);
    }

    #[test]
    fn what_we_do_not_speak_is_no_voice() {
        let preferences = Preferences::new(None, Some(French));
        preferences.app_asks(Some("es"));
        preferences.account_says(Some("not a tag"));
        assert_eq!(preferences.settle(), French);
    }

    #[test]
    fn the_first_word_settles_it_for_all_copies() {
        let preferences = Preferences::new(None, None);
        let copy = preferences.clone();
        assert_eq!(copy.spoken(), None);
        assert_eq!(preferences.settle(), English);
        preferences.account_says(Some("de"));
        assert_eq!((preferences.settle(), copy.spoken()), (English, Some(English)));
    }
}
