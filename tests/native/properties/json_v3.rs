//! The JSON of APIv3: a reader by hand accepts and refuses the same messages, and reads the same.

use paysign::ErrorKind;
use paysign::v3::{Limits, read_json};

use super::json_by_hand::{is_at_a_bound, is_same, read};

/// Limits that a short input can reach.
const SMALL: Limits = Limits { bytes: 400, members: 12 };

/// A message. An odd first byte chooses small limits.
pub fn json_v3(data: &[u8]) {
    let Some((mode, body)) = data.split_first() else { return };
    let limits = if mode % 2 == 1 { SMALL } else { Limits::ANSWER };
    let (ours, theirs) = (read_json(body, limits, "the answer"), read(body, limits));
    match (ours, theirs) {
        (Ok(ours), Some(theirs)) => {
            assert!(is_same(&ours, &theirs), "another reading");
            let written = serde_json::to_vec(&ours).unwrap();
            let again = read(&written, Limits::PARAMS).expect("what is written is no JSON");
            assert!(is_same(&ours, &again), "it was written as another value");
        }
        (Err(error), None) => {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Json, None));
            assert!(!error.message().contains(char::is_control), "a control character in {error:?}");
        }
        _ if is_at_a_bound(body) => {}
        (Ok(_), None) => panic!("accepted"),
        (Err(error), Some(_)) => panic!("{error}"),
    }
}
