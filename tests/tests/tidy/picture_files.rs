//! The pictures in documents can be read: an edit of texts over all files once changed a byte of one.

use crate::{assert_none, is_of_kind, sources};
use flate2::Crc;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The error in a PNG file, if any. Each of its chunks has a length, a kind, data, and a checksum of kind and data.
fn fault(bytes: &[u8]) -> Option<&'static str> {
    let Some(mut rest) = bytes.strip_prefix(SIGNATURE) else { return Some("has no signature of PNG") };
    let mut last: &[u8] = b"";
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let end = u32::from_be_bytes(*length) as usize + 4;
        let (Some(chunk), Some(sum)) = (after.get(..end), after.get(end..end + 4)) else {
            return Some("ends within a chunk");
        };
        let mut crc = Crc::new();
        crc.update(chunk);
        if crc.sum().to_be_bytes() != *sum {
            return Some("has a chunk with another checksum");
        }
        (last, rest) = (&chunk[..4], &after[end + 4..]);
    }
    (last != b"IEND").then_some("has no end")
}

#[test]
fn pictures_can_be_read() {
    let pictures: Vec<_> = sources().into_iter().filter(|source| is_of_kind(&source.path, "png")).collect();
    assert!(pictures.len() >= 2, "the README has two");
    let faults =
        pictures.iter().filter_map(|source| Some(format!("{} {}", source.path, fault(&source.bytes)?)));
    assert_none(&faults.collect::<Vec<_>>());
}

#[test]
fn a_picture_with_another_byte_is_found() {
    let picture = sources().into_iter().find(|source| is_of_kind(&source.path, "png")).unwrap();
    let mut changed = picture.bytes.clone();
    changed[708] ^= 1;
    assert_eq!(fault(&changed), Some("has a chunk with another checksum"));
    assert_eq!(fault(&picture.bytes[..picture.bytes.len() - 12]), Some("has no end"));
    assert_eq!(fault(&picture.bytes[..700]), Some("ends within a chunk"));
    assert_eq!(fault(b"text"), Some("has no signature of PNG"));
}
