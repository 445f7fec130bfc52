//! A text as a picture that a camera reads.

use qrcode::render::svg::Color;
use qrcode::{EcLevel, QrCode};

/// The text as SVG, black on white whatever the colours of the page: cameras want it so. Empty for a text that is too long.
pub(super) fn picture(text: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else { return String::new() };
    let (dark, light) = (Color("#000"), Color("#fff"));
    let svg = code.render::<Color<'_>>().min_dimensions(220, 220).dark_color(dark).light_color(light).build();
    // Inside a page it begins with its element.
    svg.find("<svg").map(|at| svg[at..].to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_one_element_without_style_or_script() {
        let svg = picture("otpauth://totp/Abide:mira?secret=GEZDGNBVGY3TQOJQ&issuer=Abide");
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg:.80}");
        for forbidden in ["style", "script", "otpauth", "href", "<?xml"] {
            assert!(!svg.contains(forbidden), "{forbidden}");
        }
        assert_eq!(picture(&"x".repeat(10_000)), "");
    }
}
