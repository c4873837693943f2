//! The smallest image of each common type: what is answered where a reply is an image and the document has none.

/// One pixel of a media type; `None` where it is no image that is known here.
pub(crate) fn image(essence: &str) -> Option<&'static [u8]> {
    Some(match essence {
        "image/png" | "image/apng" => include_bytes!("images/one.png"),
        "image/jpeg" | "image/jpg" | "image/pjpeg" => include_bytes!("images/one.jpg"),
        "image/gif" => include_bytes!("images/one.gif"),
        "image/webp" => include_bytes!("images/one.webp"),
        "image/bmp" | "image/x-ms-bmp" => include_bytes!("images/one.bmp"),
        "image/svg+xml" => b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>",
        _ => return None,
    })
}
