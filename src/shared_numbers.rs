//! Constants of both sides of the border to JavaScript. The generator of the types writes them into TypeScript.

/// The most parameters of one message; no API has a tenth of them.
pub const MOST_PARAMS: usize = 1024;

/// The numbers of a message's fields: those before the ends, then one end for each field.
pub const FIELD_NUMBERS: usize = 1104;

/// The numbers before the ends.
pub const FIELD_HEAD: usize = 4;

/// The place of the number that is 1 if a notice is paid.
pub const PAID_PLACE: usize = 3;

/// In place of an end: the value is the next of those that are not ASCII.
pub const OTHER_VALUE: u32 = u32::MAX;

/// Flag of a packed call: HMAC-SHA256 in place of MD5.
pub const HMAC_FLAG: u32 = 1;

/// Flag of a packed call: the key follows the values.
pub const KEY_FLAG: u32 = 2;
