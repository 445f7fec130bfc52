//! From a file that anybody may have made to a picture of ours: decoded within limits, turned upright, fitted into a
//! square, drawn anew. Neither a place nor a date nor anything else that stood in the file survives, and no byte of it is
//! served.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// What is taken, and how it is drawn.
pub struct Drawing {
    /// The largest file, in bytes. Whoever reads it stops there.
    pub most_bytes: usize,
    /// Width or height of what is handed in.
    longest_side: u32,
    /// Points of it.
    most_points: u64,
    /// Which part is drawn.
    frame: Frame,
    /// Width and height of what is drawn, in points.
    pub side: u32,
    /// The largest picture that is kept, in bytes.
    largest: usize,
}

/// Which part of what is handed in is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Frame {
    /// A square in the middle: a face is there.
    Middle,
    /// All of it: a name that is cut off is no name.
    Whole,
}

/// A person: what a telephone makes, 24 megapixels among it.
pub const PORTRAIT: Drawing = Drawing {
    most_bytes: 4 * 1024 * 1024,
    longest_side: 10_000,
    most_points: 25_000_000,
    frame: Frame::Middle,
    side: 256,
    largest: 48 * 1024,
};

/// The logo of an app: shown small, and fetched from strangers at times.
pub const LOGO: Drawing = Drawing {
    most_bytes: 512 * 1024,
    longest_side: 4_096,
    most_points: 4_200_000,
    frame: Frame::Whole,
    side: 144,
    largest: 24 * 1024,
};

/// How well it is drawn, the best first; a worse one is tried where the better one is too large.
const QUALITIES: [u8; 4] = [88, 75, 60, 40];

/// A picture of ours as it is kept: a JPEG in base64.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Drawn(String);

impl Drawn {
    /// A file just drawn.
    pub fn new(jpeg: &[u8]) -> Drawn {
        Drawn(STANDARD.encode(jpeg))
    }

    /// The file.
    pub fn jpeg(&self) -> Vec<u8> {
        STANDARD.decode(&self.0).unwrap_or_default()
    }

    /// The file in base64.
    pub fn base64(&self) -> &str {
        &self.0
    }
}

/// Why a file is no picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// It is empty: none was chosen.
    Nothing,
    /// It is no PNG, JPEG or WebP, or a broken one.
    Format,
    /// It has too many points.
    Dimensions,
}

impl Drawing {
    /// Draws the picture. What the file is called, or is said to be, does not matter.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn draw(&self, file: &[u8]) -> Result<Vec<u8>, Unfit> {
        if file.is_empty() {
            return Err(Unfit::Nothing);
        }
        let upright = self.decode(file)?;
        let fitted = match self.frame {
            Frame::Middle => flat(square(upright, self.side)),
            // On white first: what shows through has a colour as well, which would come out at the edges.
            Frame::Whole => whole(flat(upright), self.side),
        };
        self.encode(&fitted)
    }

    /// What decoding may take, in bytes: the points of the picture at four bytes each, and as much again to work with.
    fn most_memory(&self) -> u64 {
        2 * 4 * self.most_points
    }

    fn decode(&self, file: &[u8]) -> Result<DynamicImage, Unfit> {
        let format = image::guess_format(file).map_err(|_| Unfit::Format)?;
        match format {
            ImageFormat::Png | ImageFormat::WebP => {}
            ImageFormat::Jpeg if jpeg_is_whole(file) => {}
            _ => return Err(Unfit::Format),
        }
        let mut limits = Limits::default();
        limits.max_image_width = Some(self.longest_side);
        limits.max_image_height = Some(self.longest_side);
        limits.max_alloc = Some(self.most_memory());
        let mut reader = ImageReader::with_format(Cursor::new(file), format);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(why)?;
        let (width, height) = decoder.dimensions();
        // Before a point is decoded.
        if u64::from(width) * u64::from(height) > self.most_points || decoder.total_bytes() > self.most_memory() {
            return Err(Unfit::Dimensions);
        }
        let orientation = decoder.orientation().map_err(why)?;
        let mut image = DynamicImage::from_decoder(decoder).map_err(why)?;
        image.apply_orientation(orientation);
        Ok(image)
    }

    fn encode(&self, image: &RgbImage) -> Result<Vec<u8>, Unfit> {
        for quality in QUALITIES {
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(image).map_err(why)?;
            if jpeg.len() <= self.largest {
                return Ok(jpeg);
            }
        }
        Err(Unfit::Format)
    }
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
fn square(image: DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let short = width.min(height);
    let middle = image.crop_imm((width - short) / 2, (height - short) / 2, short, short);
    match short {
        // Far too large: the average of many points is as good as any filter, and costs less.
        short if short > 4 * side => {
            middle.thumbnail_exact(2 * side, 2 * side).resize_exact(side, side, FilterType::Lanczos3)
        }
        short if short == side => middle,
        _ => middle.resize_exact(side, side, FilterType::Lanczos3),
    }
}

/// All of it, on a white square; what is no square itself keeps off the edges.
fn whole(image: RgbImage, side: u32) -> RgbImage {
    let mut image = DynamicImage::from(image);
    if image.width().max(image.height()) > 4 * side {
        image = image.thumbnail(2 * side, 2 * side);
    }
    let inner = if image.width() == image.height() { side } else { side - side / 8 };
    let fitted = image.resize(inner, inner, FilterType::Lanczos3).to_rgb8();
    let mut plate = RgbImage::from_pixel(side, side, Rgb([u8::MAX; 3]));
    let (left, above) = ((side - fitted.width()) / 2, (side - fitted.height()) / 2);
    imageops::replace(&mut plate, &fitted, left.into(), above.into());
    plate
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

#[cfg(test)]
#[path = "drawing_tests.rs"]
mod tests;
