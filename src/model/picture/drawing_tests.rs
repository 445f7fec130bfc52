use super::*;
use image::{ImageEncoder, Rgba, RgbaImage};

const RED: [u8; 3] = [220, 20, 20];
const BLUE: [u8; 3] = [20, 20, 220];

/// Red on the left, blue on the right.
fn two_halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| Rgb(if x < width / 2 { RED } else { BLUE }))
}

fn written(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// A JPEG with an EXIF block: this orientation, and a place.
fn with_exif(image: &RgbImage, orientation: u8) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x02\0".to_vec();
    exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    exif.extend([0x0e, 0x01, 2, 0, 24, 0, 0, 0, 38, 0, 0, 0]);
    exif.extend([0, 0, 0, 0]);
    exif.extend(b"GPS 59.9139N 10.7522E at\0");
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 95);
    encoder.set_exif_metadata(exif).unwrap();
    encoder.encode_image(image).unwrap();
    file
}

fn is_like(drawn: &RgbImage, (x, y): (u32, u32), colour: [u8; 3]) -> bool {
    drawn.get_pixel(x, y).0.iter().zip(colour).all(|(is, due)| is.abs_diff(due) < 24)
}

fn drawn(file: &[u8]) -> RgbImage {
    let jpeg = PORTRAIT.draw(file).expect("a picture");
    assert!(jpeg.len() <= PORTRAIT.largest, "{} bytes", jpeg.len());
    assert_eq!(image::guess_format(&jpeg).unwrap(), ImageFormat::Jpeg);
    let image = image::load_from_memory(&jpeg).unwrap().to_rgb8();
    assert_eq!(image.dimensions(), (PORTRAIT.side, PORTRAIT.side));
    image
}

#[test]
fn three_formats_become_one_square() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        for (width, height) in [(640, 480), (300, 900), (256, 256), (40, 30), (1, 1), (1_500, 1_100)] {
            let image = drawn(&written(&two_halves(width, height).into(), format));
            if width > 4 {
                assert!(
                    is_like(&image, (20, 128), RED) && is_like(&image, (235, 128), BLUE),
                    "{format:?} {width}x{height}"
                );
            }
        }
    }
}

#[test]
fn what_shows_through_is_white() {
    let clear = RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0]));
    assert!(is_like(&drawn(&written(&clear.into(), ImageFormat::Png)), (100, 100), [255; 3]));
}

#[test]
fn it_stands_upright_and_says_nothing_of_places() {
    for (orientation, red_at, blue_at) in [
        (1, (20, 128), (235, 128)),
        (2, (235, 128), (20, 128)),
        (3, (235, 128), (20, 128)),
        (6, (128, 20), (128, 235)),
        (8, (128, 235), (128, 20)),
    ] {
        let file = with_exif(&two_halves(400, 400), orientation);
        assert!(file.windows(3).any(|part| part == b"GPS"));
        let image = drawn(&file);
        assert!(is_like(&image, red_at, RED) && is_like(&image, blue_at, BLUE), "orientation {orientation}");
        let kept = PORTRAIT.draw(&file).unwrap();
        for trace in [&b"GPS"[..], b"Exif", b"59.9139", b"II*\0", b"http"] {
            assert!(!kept.windows(trace.len()).any(|part| part == trace), "{trace:?}");
        }
    }
}

#[test]
fn noise_fits_as_well() {
    let mut state = 1_u32;
    let mut any = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u8::try_from(state >> 24).unwrap_or_default()
    };
    let noise = RgbImage::from_fn(PORTRAIT.side, PORTRAIT.side, |_, _| Rgb([any(), any(), any()]));
    assert!(PORTRAIT.draw(&written(&noise.into(), ImageFormat::Png)).unwrap().len() <= PORTRAIT.largest);
}

#[test]
fn what_is_no_picture() {
    assert_eq!(PORTRAIT.draw(b""), Err(Unfit::Nothing));
    for file in [
        &b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"[..],
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"BM\0\0\0\0",
        b"II*\0\x08\0\0\0",
        b"\0\0\x01\0\x01\0",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xda\xff\xd9",
        b"RIFF\x04\0\0\0WEBP",
        b"x",
    ] {
        assert_eq!(PORTRAIT.draw(file), Err(Unfit::Format), "{file:?}");
    }
}

#[test]
fn what_was_cut_off_is_no_picture() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let mut state = 7_u32;
        let rough = RgbImage::from_fn(200, 200, |x, y| {
            state = state.wrapping_mul(1_664_525).wrapping_add(x ^ y);
            Rgb([(state >> 24) as u8, (x % 256) as u8, (y % 256) as u8])
        });
        let file = written(&rough.into(), format);
        for length in (1..file.len() - 12).step_by(file.len() / 60 + 1) {
            assert!(PORTRAIT.draw(&file[..length]).is_err(), "{format:?} cut to {length} of {}", file.len());
        }
    }
}

/// The head of a picture of any size, and next to nothing behind it.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    image::codecs::png::PngEncoder::new(&mut file).write_image(&[0; 3], 1, 1, image::ExtendedColorType::Rgb8).unwrap();
    // IHDR: length, name, width, height, five bytes more, and their CRC-32.
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

#[test]
fn too_many_points_are_not_decoded() {
    for (width, height) in [(20_000, 20_000), (10_001, 1), (1, 10_001), (5_001, 5_000), (u32::MAX >> 1, u32::MAX >> 1)]
    {
        assert_eq!(PORTRAIT.draw(&bomb(width, height)), Err(Unfit::Dimensions), "{width}x{height}");
    }
    // A head that promises what may be, and does not keep it.
    assert_eq!(PORTRAIT.draw(&bomb(5_000, 5_000)), Err(Unfit::Format));
}

#[test]
fn of_a_logo_all_is_drawn() {
    for (width, height) in [(600, 200), (200, 600), (64, 64), (4_000, 1_000), (3, 1), (1, 4_000)] {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let jpeg = LOGO.draw(&written(&two_halves(width, height).into(), format)).expect("a logo");
            assert!(jpeg.len() <= LOGO.largest);
            let image = image::load_from_memory(&jpeg).unwrap().to_rgb8();
            assert_eq!(image.dimensions(), (LOGO.side, LOGO.side));
            if width > 4 {
                assert!(is_like(&image, (30, 72), RED) || height > width, "{width}x{height}");
                assert!(is_like(&image, (110, 72), BLUE) || height > width, "{width}x{height}");
                // Around it is white, at every edge.
                let white = |at| is_like(&image, at, [255; 3]);
                assert!(width == height || (white((2, 2)) && white((2, 72)) && white((72, 2))), "{width}x{height}");
            }
        }
    }
}

#[test]
fn a_logo_that_shows_through_has_no_dark_edge() {
    let disc = RgbaImage::from_fn(400, 400, |x, y| {
        let inside = (i64::from(x) - 200).pow(2) + (i64::from(y) - 200).pow(2) < 150 * 150;
        if inside { Rgba([250, 220, 60, 255]) } else { Rgba([0, 0, 0, 0]) }
    });
    let jpeg = LOGO.draw(&written(&disc.into(), ImageFormat::Png)).unwrap();
    let image = image::load_from_memory(&jpeg).unwrap().to_rgb8();
    assert!(is_like(&image, (72, 72), [250, 220, 60]) && is_like(&image, (2, 2), [255; 3]));
    assert!(image.pixels().all(|point| point.0[0] > 200 && point.0[1] > 170), "black shows through");
}

#[test]
fn a_logo_has_tighter_limits() {
    for (width, height) in [(4_097, 1), (1, 4_097), (2_100, 2_100), (20_000, 20_000)] {
        assert_eq!(LOGO.draw(&bomb(width, height)), Err(Unfit::Dimensions), "{width}x{height}");
    }
}

proptest::proptest! {
    #[test]
    fn nothing_that_is_handed_in_fails_otherwise(start in 0_usize..4, rest in proptest::collection::vec(0_u8.., 0..400)) {
        let starts: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08", b"\xff\xd8\xff\xe0", b"RIFF\xff\0\0\0WEBPVP8 ", b""];
        let file = [starts[start], &rest].concat();
        let _ = (PORTRAIT.draw(&file), LOGO.draw(&file));
    }
}
