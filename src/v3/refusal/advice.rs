//! What to do after a refusal, by call, status, code and words.

use crate::v3::api::{ALL, Declaration, Effect};

/// The advice for a code in either spelling. The words of a 401 decide first, then the inner code of `Request-ID`, then the call.
pub(super) fn advice(
    api: Option<&Declaration>,
    status: u16,
    code: &str,
    words: &str,
    request_id: &str,
) -> Option<&'static str> {
    let of_words =
        || SIGN_WORDS.iter().find(|(text, _)| status == 401 && words.contains(text)).map(|(_, advice)| *advice);
    let inner = request_id.rsplit_once('-').map(|(_, number)| number).unwrap_or_default();
    let of_inner = || INNER_CODES.iter().find(|(numbers, _)| numbers.contains(&inner)).map(|(_, advice)| *advice);
    let is_query = api.is_some_and(|api| api.effect == Effect::Query);
    let of_query =
        || QUERY_CODES.iter().find(|(codes, _)| is_query && codes.contains(&code)).map(|(_, advice)| *advice);
    let by_path = if api.is_none() { BY_PATH } else { &[] };
    let of_path = || by_path.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, advice)| *advice);
    let of_code = || CODES.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, advice)| *advice);
    if status == 202 {
        return None;
    }
    of_words().or_else(of_inner).or_else(|| of_call(api, code)).or_else(of_query).or_else(of_path).or_else(of_code)
}

/// The advice for an answer without a known code.
pub(super) fn advice_of(api: Option<&Declaration>, status: u16) -> &'static str {
    match status {
        202 => "WeChat has taken the request and has not done it: repeat it with the same numbers",
        400 | 403 | 404 | 405 => "Correct the request",
        401 => "Check the private key, its serial, and the clock of this machine",
        429 => "Repeat more slowly, with the same numbers",
        _ => of_call(api, "").unwrap_or_else(|| match api.map(|api| api.effect) {
            Some(Effect::Query) => "Ask again",
            _ => "Query before anything else; repeat only with the same numbers",
        }),
    }
}

/// The advice that the call itself declares. An empty code is that of an answer that has none.
fn of_call(api: Option<&Declaration>, code: &str) -> Option<&'static str> {
    api?.advice.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, advice)| *advice)
}

/// Every code for which there is an advice, in all spellings, sorted. WeChat adds codes without notice.
#[must_use]
pub fn err_codes() -> Vec<&'static str> {
    let of_calls = ALL.iter().flat_map(|api| api.advice);
    let rows = [QUERY_CODES, BY_PATH, CODES].into_iter().flatten().chain(of_calls);
    let mut codes: Vec<&str> =
        rows.flat_map(|(codes, _)| codes.iter().copied()).filter(|code| !code.is_empty()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The words of a 401, and their causes.
const SIGN_WORDS: &[(&str, &str)] = &[
    ("未设置APIv3密钥", "Set the APIv3 key in the merchant platform"),
    ("未申请过证书", "Apply for an API certificate in the merchant platform"),
    (
        "证书序列号有误",
        "The serial is not one of this merchant's certificates: pass apiclient_cert.pem, not the platform certificate",
    ),
    ("证书已过期", "The certificate has expired: take the new one from the merchant platform"),
    ("已作废", "The certificate was revoked: take the new one from the merchant platform"),
    ("已更换证书", "The certificate was replaced: take the new one from the merchant platform"),
    ("Authorization值格式错误", "The Authorization header was changed on its way: check proxies"),
    ("认证类型不正确", "The Authorization header was changed on its way: check proxies"),
    ("不得超过5分钟", "Set the clock of this machine; in a test pass its clock as nowMs"),
    ("payload中的mchid不匹配", "A service provider signs with its own mchid and key"),
];

/// The number at the end of `Request-ID` (错误码 of the official skill).
const INNER_CODES: &[(&[&str], &str)] = &[
    (&["268512771"], "There is no such order: check the number and the mchid"),
    (&["268447840"], "Repeat more slowly, with the same numbers"),
    (&["268435461", "268435464"], "Correct the parameter that WeChat names"),
    (&["268449538", "268498689"], "The order is paid already: query it"),
    (&["270924358"], "Remove the parameter that WeChat does not know"),
    (&["268443715"], "The merchant number cannot be used now: look into the merchant platform"),
    (&["268447843", "268447845"], "The order belongs to another merchant number"),
    (&["268443705", "268443704", "268443701"], "Check sub_mchid, and that it is bound to this service provider"),
    (&["268447914"], "The order is closed or has expired: order with a new number"),
    (&["268448010"], "The merchant may not collect money now: look into the merchant platform"),
    (&["268449641"], "A payment by code is not closed but reversed"),
    (&["268443699"], "Check the private key and its serial"),
    (&["268501013"], "Pass the payer's openid"),
    (
        &["268498688"],
        "The number was used with other parameters: order with a new number, or repeat the same parameters",
    ),
    (&["268445527"], "Bind the appid to this mchid in the merchant platform"),
];

/// Codes after a call that asks, which changes nothing.
const QUERY_CODES: &[(&[&str], &str)] =
    &[(&["SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "SERVICE_UNAVAILABLE"], "Ask again")];

/// Codes after a call by path, which may be any call.
const BY_PATH: &[(&[&str], &str)] = &[(
    &["RESOURCE_NOT_EXISTS"],
    "Check the number and the path. For platform certificates: a new merchant has none, and uses the WeChat Pay public key (微信支付公钥)",
)];

/// Codes in their current and their older spelling.
const CODES: &[(&[&str], &str)] = &[
    (&["PARAM_ERROR"], "Correct the parameter that WeChat names"),
    (&["INVALID_REQUEST"], "Correct the request as WeChat says"),
    (&["APPID_MCHID_NOT_MATCH"], "Bind the appid to this mchid in the merchant platform"),
    (&["MCH_NOT_EXISTS"], "Check mchid"),
    (&["ORDER_CLOSED", "ORDERCLOSED"], "The order is closed: order with a new number"),
    (&["ORDER_PAID", "ORDERPAID"], "The order is paid already: query it"),
    (&["NO_STATEMENT_EXIST"], "An empty day is no failure"),
    (&["STATEMENT_CREATING"], "Ask again after 10:00 Beijing time"),
    (&["SIGN_ERROR"], "Check that the private key belongs to the serial, and the clock of this machine"),
    (&["NO_AUTH", "NOAUTH"], "The merchant may not call this API: apply for it in the merchant platform"),
    (&["OUT_TRADE_NO_USED"], "The number was used with other parameters: query it, and order with a new number"),
    (&["RULE_LIMIT", "RULELIMIT"], "A rule of WeChat forbids it: see its words"),
    (&["TRADE_ERROR"], "Query the order, and see WeChat's words"),
    (&["NOT_ENOUGH", "NOTENOUGH"], "Top up the account, then repeat with the same numbers"),
    (
        &["USER_ACCOUNT_ABNORMAL", "ACCOUNT_ERROR", "ACCOUNTERROR"],
        "The payer's account is restricted: refund by other means",
    ),
    (
        &["ORDER_NOT_EXIST", "ORDERNOTEXIST"],
        "If you have just ordered, query again; otherwise the order was never made",
    ),
    (&["RESOURCE_NOT_EXISTS"], "There is no such order, refund or file: check the number"),
    (&["FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED"], "Repeat more slowly, with the same numbers"),
    (
        &["SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "SERVICE_UNAVAILABLE"],
        "Query, then repeat with the same numbers",
    ),
    (&["USERPAYING", "ACCEPTED"], "The payer has not answered yet: query"),
];
