//! What people call a browser: coarse on purpose, for their own eyes alone.

use crate::text::Text;

/// "Firefox on Linux".
pub(super) fn name(user_agent: &str, text: Text) -> String {
    // The order matters: Edge and Opera say that they are Chrome, Chrome that it is Safari.
    let browser = first(
        user_agent,
        &[("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari")],
    );
    let system = first(
        user_agent,
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ],
    );
    match (browser, system) {
        (Some(browser), Some(system)) => text.with("device", &[("browser", browser), ("system", system)]),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => text.say("device-unknown"),
    }
}

fn first(user_agent: &str, marks: &[(&str, &'static str)]) -> Option<&'static str> {
    marks.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
}
