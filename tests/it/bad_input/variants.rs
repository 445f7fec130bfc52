//! Where bad input comes from: everything close to a good value, and not it.

/// The text with one character replaced at every `step`th place.
pub fn altered(text: &str, step: usize) -> Vec<String> {
    let places = (0..text.len()).step_by(step).chain(text.len().checked_sub(1));
    let change = |at: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    places.map(change).collect()
}

/// The text cut off at every `step`th place, the empty text included.
pub fn truncated(text: &str, step: usize) -> Vec<String> {
    (0..text.len()).step_by(step).chain([text.len() - 1]).map(|at| text[..at].to_owned()).collect()
}

/// The text with something before or behind it.
pub fn surrounded(text: &str) -> Vec<String> {
    let behind = ["x", "A", "=", ".", " ", "%00", "\n", "\u{fe0f}", "..", "==", text];
    let before = ["x", "A", ".", " ", "Bearer ", "\u{feff}"];
    behind.iter().map(|b| format!("{text}{b}")).chain(before.iter().map(|b| format!("{b}{text}"))).collect()
}

/// Everything that is close to a registered https redirect URI with a path and is not it, byte for byte.
pub fn near(uri: &str) -> Vec<String> {
    let mut all = Vec::new();
    for end in [
        "/",
        "//",
        "x",
        "/x",
        "/..",
        "/.",
        "?",
        "?x=1",
        "?code=1",
        "#",
        "#x",
        "#?x",
        ";x",
        "%20",
        "%2F",
        "%00",
        "%0d%0aX: y",
        " ",
        "\t",
        "\n",
        "\r\nX: y",
        "&",
        "&x=1",
        "\\",
        "@evil.example",
        ".evil.example",
        "\u{ff0f}x",
        "\u{202e}",
        "*",
        "+",
        ", https://evil.example/",
        " https://evil.example/",
    ] {
        all.push(format!("{uri}{end}"));
    }
    for start in [
        " ",
        "\t",
        "\n",
        "\u{feff}",
        "x",
        "//",
        "/",
        "\\\\",
        "view-source:",
        "url:",
        "https://evil.example/",
        "https://evil.example/?",
        "https://evil.example#",
        "https://evil.example@",
        "javascript:alert(1)//",
    ] {
        all.push(format!("{start}{uri}"));
    }
    all.extend(truncated(uri, 1).into_iter().filter(|cut| !cut.is_empty()));
    for (at, letter) in uri.char_indices() {
        let (before, rest) = uri.split_at(at);
        let after = &rest[letter.len_utf8()..];
        all.push(format!("{before}%{:02x}{after}", u32::from(letter)));
        all.push(format!("{before}%{:02X}{after}", u32::from(letter)));
        all.push(format!("{before}{letter}{letter}{after}"));
        all.push(format!("{before}{after}"));
        all.push(format!("{before}{}{after}", letter.to_uppercase()));
    }
    let rest = uri.strip_prefix("https://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    for authority in [
        "user@",
        "user:pw@",
        "@",
        ":@",
        "evil.example@",
        "evil.example\\@",
        "evil.example%40",
        "evil.example#@",
        "evil.example?@",
        "evil-",
        "x.",
        ".",
    ] {
        all.push(format!("https://{authority}{host}/{path}"));
    }
    for tail in [
        ":443",
        ":8443",
        ":",
        ":0443",
        ":0",
        ":99999",
        ":x",
        ".",
        "..",
        ".evil.example",
        "%2eevil.example",
        "%00.evil.example",
        "\\.evil.example",
        "@evil.example",
        ":443@evil.example",
        "\u{3002}evil",
    ] {
        all.push(format!("https://{host}{tail}/{path}"));
    }
    for inner in ["./", "/", "x/../", "../", "%2e/", "%2e%2e/", "..;/", "\\", "%2f", ";/", "?/", "#/"] {
        all.push(format!("https://{host}/{inner}{path}"));
    }
    for scheme in [
        "http://",
        "https:",
        "https:/",
        "https:///",
        "https:\\\\",
        "HTTPS://",
        "ftp://",
        "//",
        "",
        "javascript://",
        "data://",
        "https%3A//",
    ] {
        all.push(format!("{scheme}{rest}"));
    }
    for other in [
        "javascript:alert(1)",
        "data:text/html,x",
        "about:blank",
        "file:///etc/passwd",
        "https://evil.example/callback",
        "/callback",
        "callback",
        "*",
        "https://*.example.com/callback",
        "null",
        "undefined",
        "0",
        "https://id.example.com/",
        "urn:ietf:wg:oauth:2.0:oob",
    ] {
        all.push(other.to_owned());
    }
    all.push(serde_urlencoded::to_string([("", uri)]).unwrap()[1..].to_owned());
    all.retain(|variant| variant != uri && !variant.is_empty());
    all.sort();
    all.dedup();
    all
}

#[test]
fn there_are_many_variants_and_none_is_the_good_one() {
    let uri = "https://social.example.com/callback";
    let all = near(uri);
    assert!(all.len() > 200, "{}", all.len());
    assert!(!all.iter().any(|variant| variant == uri));
    assert!(altered(uri, 3).iter().chain(&truncated(uri, 3)).chain(&surrounded(uri)).all(|variant| variant != uri));
}
