//! The `Cookie` header of a request (RFC 6265, section 4.2).

/// The values of the cookies of a name, in the order in which they came, over all headers of a request.
pub fn named<'a>(headers: impl Iterator<Item = &'a str> + 'a, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
    headers.flat_map(|header| header.split(';')).filter_map(move |pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// The value of a cookie that came exactly once. Two of one name are none: one of them was planted.
pub fn sole<'a>(headers: impl Iterator<Item = &'a str> + 'a, name: &'a str) -> Option<&'a str> {
    let mut found = named(headers, name);
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}
