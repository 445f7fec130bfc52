//! What the pages of `docs/clients` tell people to register and to paste: the stories use exactly that.

use serde_json::Value;

/// A page with the addresses of examples replaced by those of running programs.
pub struct Pasted {
    text: String,
}

impl Pasted {
    /// Reads a page below `docs/clients`. Every address has to occur, or the page tells something else.
    pub fn from(page: &str, addresses: &[(&str, &str)]) -> Pasted {
        let path = format!("{}/docs/clients/{page}", env!("CARGO_MANIFEST_DIR"));
        let mut text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        for (example, running) in addresses {
            assert!(text.contains(example), "{page} does not mention {example}");
            text = text.replace(example, running);
        }
        Pasted { text }
    }

    /// The blocks of code in one language.
    pub fn blocks(&self, language: &str) -> Vec<&str> {
        let fence = format!("\n```{language}\n");
        let begun = self.text.split(&fence).skip(1);
        begun.map(|rest| rest.split_once("\n```").expect("a closed block").0).collect()
    }

    /// The one client that the page registers.
    pub fn client(&self) -> Value {
        let file: Value = serde_json::from_str(self.blocks("json")[0]).expect("an import file");
        file["clients"][0].clone()
    }
}
