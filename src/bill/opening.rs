//! The beginning of an answer: a bill, or the message that WeChat sends in its place, never compressed or signed.

use crate::error::Error;

/// The most bytes of a message in place of a bill.
pub(crate) const REFUSAL_BYTES: usize = 256 << 10;

const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The length of the byte order mark of a bill, or `None` if more bytes are needed to decide.
pub(super) fn opening(bytes: &[u8], last: bool, refusal: fn(&[u8]) -> Error) -> Result<Option<usize>, Error> {
    if bytes.starts_with(&GZIP) {
        return Err(Error::bill(0, 1, "the bill is compressed; unpack it first (in JavaScript, readBill does)"));
    }
    let mark = if bytes.starts_with(&MARK) { MARK.len() } else { 0 };
    let text = bytes.get(mark..).unwrap_or_default();
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'<') if last => Err(refusal(bytes)),
        Some(b'<') | None if bytes.len() > REFUSAL_BYTES => {
            Err(Error::bill(0, 1, "this is not a bill; check the stream, and ask for the bill again"))
        }
        Some(b'<') => Ok(None),
        None if last => Err(Error::bill(0, 1, "the bill is empty; download it again")),
        None => Ok(None),
        // The mark of UTF-8 or of gzip may be coming.
        Some(_) if !last && mark == 0 && (MARK.starts_with(bytes) || GZIP.starts_with(bytes)) => Ok(None),
        Some(_) => Ok(Some(mark)),
    }
}
