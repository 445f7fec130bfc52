//! One value, in every spelling there is.

use crate::bad_input::encoded;

/// What becomes of a field in another spelling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    Same,
    Other,
    Malformed,
    Missing,
}

fn escaped(text: &str, lower: bool) -> String {
    text.bytes().map(|byte| if lower { format!("%{byte:02x}") } else { format!("%{byte:02X}") }).collect()
}

/// Every spelling of a field, as it stands in a body.
pub(super) fn spellings(name: &str, value: &str) -> Vec<(String, Reading)> {
    use Reading::{Malformed, Missing, Other, Same};
    let plain = encoded(&[(name, value)]);
    let usual = plain.split_once('=').unwrap().1.to_owned();
    let mut all = vec![
        (format!("{name}={}", escaped(value, false)), Same),
        (format!("{name}={}", escaped(value, true)), Same),
        (format!("{}={usual}", escaped(name, true)), Same),
        (format!("&&{plain}&"), Same),
        (format!("{name}={}", escaped(&escaped(value, false), false)), Other),
        (format!("{name}={}", encoded(&[("", &escaped(value, false))])[1..].to_owned()), Other),
        (format!("{}&{plain}", plain.to_uppercase().replacen(&name.to_uppercase(), &format!("{name}x"), 1)), Same),
    ];
    for end in [
        "+",
        "%20",
        "%09",
        "%0A",
        "%0D%0A",
        "%",
        "%4",
        "%zz",
        "%E2%80%8D",
        "%EF%BB%BF",
        "%CC%81",
        "%2500",
        "%22",
        ",x",
        ";x=1",
        "%26x",
    ] {
        all.push((format!("{name}={usual}{end}"), Other));
    }
    for start in ["+", "%20", "%EF%BB%BF", "%E2%80%AE", "%EF%BB%BF%EF%BB%BF", "%0A", "%22", "="] {
        all.push((format!("{name}={start}{usual}"), Other));
    }
    // A NUL, other control characters, Latin-1, the overlong, surrogates, more than there is of Unicode, UTF-16, UTF-7's mark.
    for bytes in [
        "%00",
        "%01",
        "%1B",
        "%7F",
        "%C2%85",
        "%FF",
        "%E4",
        "%C0%80",
        "%C0%AF",
        "%C1%81",
        "%E0%80%AF",
        "%F0%80%80%AF",
        "%ED%A0%80",
        "%F4%90%80%80",
        "%F8%88%80%80%80",
        "%FE%FF%00a",
        "%80",
        "%C3",
    ] {
        all.push((format!("{name}={usual}{bytes}"), Malformed));
        all.push((format!("{name}={bytes}{usual}"), Malformed));
    }
    all.push((format!("{name}={usual}{}", "a".repeat(16_385)), Malformed));
    for twice in [
        format!("{plain}&{plain}"),
        format!("{plain}&{name}="),
        format!("{name}=&{plain}"),
        format!("{plain}&{name}"),
        format!("{plain}&{name}=x"),
        format!("{name}=x&{plain}"),
        format!("{plain}&{}={usual}", escaped(name, false)),
        format!("{plain}&{name}=%00"),
    ] {
        all.push((twice, Malformed));
    }
    for missing in [
        String::new(),
        name.to_owned(),
        format!("{name}="),
        format!("{}={usual}", name.to_uppercase()),
        format!("{name}[]={usual}"),
        format!("{name}[0]={usual}"),
        format!("{name}.x={usual}"),
        format!("+{name}={usual}"),
        format!("{name}+={usual}"),
        format!("%EF%BB%BF{name}={usual}"),
        format!("{name}%00={usual}"),
        format!("{name}%3D{usual}"),
        format!("{name}:{usual}"),
        format!(
            "{}={usual}",
            name.replacen('_', "-", 1)
                .replacen("code", "Code", 1)
                .replacen("token", "Token", 1)
                .replacen("grant", "Grant", 1)
        ),
    ] {
        if !missing.starts_with(&format!("{name}={usual}")) {
            all.push((missing, Missing));
        }
    }
    all
}
