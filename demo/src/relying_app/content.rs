//! What the two APIs serve. Amounts are whole cents, texts are plain.

use serde::{Deserialize, Serialize};

use super::brand::Product;

/// The answer of `GET /api/balance` or `GET /api/feed`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Content {
    Balance(Balance),
    Feed(Feed),
}

/// Accounts and the latest movements.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Balance {
    pub(super) total: Money,
    pub(super) accounts: Vec<Account>,
    pub(super) movements: Vec<Movement>,
}

/// An account and what is on it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Account {
    pub(super) name: String,
    /// The last four digits.
    pub(super) ending: String,
    pub(super) balance: Money,
}

/// Money in or out.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Movement {
    pub(super) with: String,
    pub(super) kind: String,
    pub(super) when: String,
    pub(super) amount: Money,
}

/// Euro cents; negative when money goes out.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Money(i64);

impl Money {
    /// Whether money comes in.
    pub(super) fn comes_in(self) -> bool {
        self.0 > 0
    }
}

impl std::fmt::Display for Money {
    /// As in `€12,480.35`, with a true minus sign in front when negative.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let cents = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "\u{2212}" } else { "" };
        let whole = (cents / 100).to_string();
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "{sign}€{grouped}.{:02}", cents % 100)
    }
}

/// What friends wrote.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Feed {
    pub(super) posts: Vec<Post>,
}

/// One post.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(super) struct Post {
    pub(super) author: String,
    pub(super) initials: String,
    pub(super) when: String,
    pub(super) text: String,
    /// Name of a drawing, if the post has one.
    pub(super) picture: Option<String>,
    pub(super) likes: u32,
    pub(super) replies: u32,
}

/// The content of the app's API.
pub(super) fn of(product: Product) -> Content {
    match product {
        Product::Bank => Content::Balance(balance()),
        Product::Social => Content::Feed(feed()),
    }
}

fn balance() -> Balance {
    let account = |name: &str, ending: &str, cents| Account {
        name: name.to_owned(),
        ending: ending.to_owned(),
        balance: Money(cents),
    };
    let movement = |with: &str, kind: &str, when: &str, cents| Movement {
        with: with.to_owned(),
        kind: kind.to_owned(),
        when: when.to_owned(),
        amount: Money(cents),
    };
    Balance {
        total: Money(2_073_042),
        accounts: vec![account("Everyday", "4417", 384_217), account("Rainy days", "9082", 1_688_825)],
        movements: vec![
            movement("Norrsken Bakery", "Card", "Today", -1_240),
            movement("Vintergatan Studio", "Salary", "Yesterday", 318_000),
            movement("Tram and ferry", "Card", "Yesterday", -390),
            movement("Rainy days", "Standing order", "Monday", -25_000),
            movement("Harbour Books", "Card", "Sunday", -4_215),
        ],
    }
}

fn feed() -> Feed {
    let post = |author: &str, initials: &str, when: &str, text: &str| Post {
        author: author.to_owned(),
        initials: initials.to_owned(),
        when: when.to_owned(),
        text: text.to_owned(),
        picture: None,
        likes: 0,
        replies: 0,
    };
    Feed {
        posts: vec![
            Post {
                picture: Some("harbour".to_owned()),
                likes: 48,
                replies: 6,
                ..post("Jonas Ek", "JE", "12 min", "First swim of the year. Nine degrees, no regrets, some screaming.")
            },
            Post {
                likes: 21,
                replies: 14,
                ..post(
                    "Amara Osei",
                    "AO",
                    "1 h",
                    "Does anybody have a ladder, two hours on Saturday and a soft spot for plum jam?",
                )
            },
            Post {
                picture: Some("hills".to_owned()),
                likes: 73,
                replies: 9,
                ..post("Lucía Prieto", "LP", "3 h", "We took the wrong path and it was the right one.")
            },
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::{Content, Money, balance, of};
    use crate::relying_app::brand::Product;

    #[test]
    fn money_reads_as_people_write_it() {
        let cases = [(0, "€0.00"), (5, "€0.05"), (-1_240, "\u{2212}€12.40"), (123_456_789, "€1,234,567.89")];
        for (cents, text) in cases {
            assert_eq!(Money(cents).to_string(), text);
        }
    }

    #[test]
    fn the_accounts_add_up() {
        let balance = balance();
        assert_eq!(balance.accounts.iter().map(|account| account.balance.0).sum::<i64>(), balance.total.0);
    }

    #[test]
    fn what_is_sent_can_be_read() {
        for product in [Product::Bank, Product::Social] {
            let sent = serde_json::to_string(&of(product)).expect("JSON");
            assert_eq!(serde_json::from_str::<Content>(&sent).expect("the same"), of(product));
        }
    }
}
