//! From a file that anybody may have made to a picture of ours: decoded within limits, turned upright, cut to a square,
//! drawn anew. Neither a place nor a date nor anything else that stood in the file survives, and no byte of it is served.

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;

/// The largest file, in bytes: what a telephone makes.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Width and height of the picture, in points.
pub const SIDE: u32 = 256;

/// Width or height of what is handed in.
const LONGEST_SIDE: u32 = 10_000;
/// Points of it: 24 megapixels are what telephones make.
const MOST_POINTS: u64 = 25_000_000;
/// What decoding may take, in bytes: the points of the picture at four bytes each, and as much again to work with.
const MOST_MEMORY: u64 = 2 * 4 * MOST_POINTS;
/// The largest picture that is kept, in bytes.
const LARGEST: usize = 48 * 1024;
/// How well it is drawn, the best first; a worse one is tried where the better one is too large.
const QUALITIES: [u8; 4] = [88, 75, 60, 40];

/// Why a file is no picture of a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// It is empty: none was chosen.
    Nothing,
    /// It is no PNG, JPEG or WebP, or a broken one.
    Format,
    /// It has too many points.
    Dimensions,
}

/// Draws the picture. What the file is called, or is said to be, does not matter.
///
/// # Errors
/// Why it cannot be.
pub fn portrait(file: &[u8]) -> Result<Vec<u8>, Unfit> {
    if file.is_empty() {
        return Err(Unfit::Nothing);
    }
    let upright = decode(file)?;
    encode(&flat(square(upright)))
}

fn decode(file: &[u8]) -> Result<DynamicImage, Unfit> {
    let format = image::guess_format(file).map_err(|_| Unfit::Format)?;
    match format {
        ImageFormat::Png | ImageFormat::WebP => {}
        ImageFormat::Jpeg if jpeg_is_whole(file) => {}
        _ => return Err(Unfit::Format),
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    // Before a point is decoded.
    if u64::from(width) * u64::from(height) > MOST_POINTS || decoder.total_bytes() > MOST_MEMORY {
        return Err(Unfit::Dimensions);
    }
    let orientation = decoder.orientation().map_err(why)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(why)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn why(error: image::ImageError) -> Unfit {
    match error {
        image::ImageError::Limits(_) => Unfit::Dimensions,
        _ => Unfit::Format,
    }
}

/// The decoder fills up with grey what is missing of a JPEG; a file that was cut off is not what the person meant. The
/// mark of its end may have something behind it, as telephones put a film there.
fn jpeg_is_whole(file: &[u8]) -> bool {
    let scan = file.windows(2).rposition(|pair| pair == [0xff, 0xda]);
    let end = file.windows(2).rposition(|pair| pair == [0xff, 0xd9]);
    matches!((scan, end), (Some(scan), Some(end)) if scan < end)
}

/// The middle of it.
fn square(image: DynamicImage) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let side = width.min(height);
    let middle = image.crop_imm((width - side) / 2, (height - side) / 2, side, side);
    match side {
        // Far too large: the average of many points is as good as any filter, and costs less.
        side if side > 4 * SIDE => {
            middle.thumbnail_exact(2 * SIDE, 2 * SIDE).resize_exact(SIDE, SIDE, FilterType::Lanczos3)
        }
        SIDE => middle,
        _ => middle.resize_exact(SIDE, SIDE, FilterType::Lanczos3),
    }
}

/// On white: a JPEG shows nothing through.
fn flat(image: DynamicImage) -> RgbImage {
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, opaque] = image.get_pixel(x, y).0.map(u32::from);
        let over_white = |colour: u32| u8::try_from((colour * opaque + 255 * (255 - opaque)) / 255).unwrap_or(u8::MAX);
        Rgb([over_white(red), over_white(green), over_white(blue)])
    })
}

fn encode(image: &RgbImage) -> Result<Vec<u8>, Unfit> {
    for quality in QUALITIES {
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(image).map_err(why)?;
        if jpeg.len() <= LARGEST {
            return Ok(jpeg);
        }
    }
    Err(Unfit::Format)
}

#[cfg(test)]
#[path = "portrait_tests.rs"]
mod tests;
