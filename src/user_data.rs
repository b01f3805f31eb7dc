//! The decryption of `encryptedData` (开放数据校验与解密): AES-128-CBC with the `session_key`.

use crate::cipher::decrypt_cbc;
use crate::error::{Error, ErrorKind};

/// Decrypts the user's data and returns JSON text. All three arguments are base64 or base64url.
///
/// Before you use the data, compare its `watermark.appid` with your own.
///
/// # Errors
/// `ERR_DECRYPT`, with the same message for a wrong key, a wrong length and a wrong padding.
pub fn decrypt_user_data(encrypted_data: &str, iv: &str, session_key: &str) -> Result<String, Error> {
    let plain = decrypt_cbc(session_key, iv, encrypted_data).ok();
    plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok()).ok_or_else(|| {
        Error::of_field(
            ErrorKind::Decrypt,
            "encryptedData",
            "cannot be decrypted with this session_key and iv; all three must come from the same log-in",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of WeChat's page.
    const DATA: &str = "CiyLU1Aw2KjvrjMdj8YKliAjtP4gsMZMQmRzooG2xrDcvSnxIMXFufNstNGTyaGS9uT5geRa0W4oTOb1WT7fJlAC+oNPdbB+3hVbJSRgv+4lGOETKUQz6OYStslQ142dNCuabNPGBzlooOmB231qMM85d2/fV6ChevvXvQP8Hkue1poOFtnEtpyxVLW1zAo6/1Xx1COxFvrc2d7UL/lmHInNlxuacJXwu0fjpXfz/YqYzBIBzD6WUfTIF9GRHpOn/Hz7saL8xz+W//FRAUid1OksQaQx4CMs8LOddcQhULW4ucetDf96JcR3g0gfRK4PC7E/r7Z6xNrXd2UIeorGj5Ef7b1pJAYB6Y5anaHqZ9J6nKEBvB4DnNLIVWSgARns/8wR2SiRS7MNACwTyrGvt9ts8p12PKFdlqYTopNHR1Vf7XjfhQlVsAJdNiKdYmYVoKlaRv85IfVunYzO0IKXsyl7JCUjCpoG20f0a04COwfneQAGGwd5oa+T8yO5hzuyDb/XcxxmK01EpqOyuxINew==";

    #[test]
    fn the_documented_example_is_decrypted() {
        let json = decrypt_user_data(DATA, "r7BXXKkLb8qrSNn05n0qiA==", "tiihtNczf5v6AKRyjwEUhQ==").unwrap();
        assert!(json.starts_with("{\"openId\":\"oGZUI0egBJY1zhBYw2KhdUfwVJJE\",\"nickName\":\"Band\""), "{json}");
        assert!(json.contains("\"watermark\":{\"timestamp\":1477314187,\"appid\":\"wx4f4bc4dec97d474b\"}"), "{json}");
    }

    #[test]
    fn base64url_is_the_same_data() {
        let url = |text: &str| text.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned();
        let (iv, key) = ("r7BXXKkLb8qrSNn05n0qiA==", "tiihtNczf5v6AKRyjwEUhQ==");
        assert_ne!(url(DATA), DATA);
        assert_eq!(decrypt_user_data(&url(DATA), &url(iv), &url(key)), decrypt_user_data(DATA, iv, key));
    }

    #[test]
    fn every_failure_is_the_same_error() {
        let (iv, key) = ("r7BXXKkLb8qrSNn05n0qiA==", "tiihtNczf5v6AKRyjwEUhQ==");
        let other = "tiihtNczf5v6AKRyjwEUhA==";
        let message = |data: &str, iv: &str, key: &str| decrypt_user_data(data, iv, key).unwrap_err().to_string();
        let expected = message(DATA, iv, other);
        let (first, last) = DATA.split_at(64);
        for (data, iv, key) in [(first, iv, key), ("", iv, key), (DATA, "", key), (DATA, iv, "AAAA"), (last, iv, key)] {
            assert_eq!(message(data, iv, key), expected);
        }
    }
}
