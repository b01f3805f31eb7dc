//! WeChat's hosts, as the starts of URLs. JavaScript has the same ones, made from these.

/// WeChat Pay, in both generations: a request's path follows it.
///
/// ```
/// use paysign::{BASE_URL, OrderQuery, Key, Merchant, SignType, nonce};
/// let key = Key::new("192006250b4c09247ec02edce69f6a2d")?;
/// let merchant = Merchant::new("wxd930ea5d5a258f4f", "10000100", key, SignType::HmacSha256)?;
/// let query = OrderQuery { out_trade_no: Some("20150806125346".to_owned()), ..OrderQuery::default() };
/// let url = format!("{BASE_URL}{}", query.prepare(&merchant, &nonce()?)?.path);
/// assert_eq!(url, "https://api.mch.weixin.qq.com/pay/orderquery");
/// # Ok::<(), paysign::Error>(())
/// ```
pub const BASE_URL: &str = "https://api.mch.weixin.qq.com";

/// The backup of [`BASE_URL`] in another city (跨城冗灾方案), with the same paths.
///
/// A call that may have arrived is repeated there only if twice has the same effect as once.
pub const BACKUP_BASE_URL: &str = "https://api2.mch.weixin.qq.com";

/// The mini program's server: log-in, access tokens and phone numbers.
pub const LOGIN_URL: &str = "https://api.weixin.qq.com";
