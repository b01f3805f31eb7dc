//! Unsigned answers by which WeChat refuses a request: its words, an advice, and whether money may have moved.

use super::declaration::Declaration;
use crate::error::{Error, ErrorKind, Outcome};
use crate::v2::err_code::{UNKNOWN_ADVICE, err_code};
use crate::v2::params::Params;

/// The error for an answer whose `return_code` is `FAIL`. Only its words are passed on.
///
/// WeChat documents `return_msg` alone. Sandboxes, tools and older services answer with other members too. `is_signed` says whether
/// the answer has the merchant's signature.
pub(super) fn refusal(api: &Declaration, answer: &Params<'_>, is_signed: bool) -> Error {
    let (words, code) = (words(answer), first(answer, CODES));
    let described = first(answer, &["err_code_des", "error_msg"]);
    let others = || {
        answer
            .iter()
            .filter(|(name, value)| !value.is_empty() && !matches!(*name, "return_code" | "return_msg" | "sign"))
    };
    // An answer that has a result or a wrong signature is not a refusal.
    let is_forged = !is_signed && !answer.text("sign").is_empty();
    let foreign = others().find(|(name, value)| !is_of_refusal(name, value));
    if is_forged || foreign.is_some() {
        let (name, what) = match foreign {
            Some((name, _)) => (name, "a FAIL answer may contain only a reason and ids"),
            None => ("sign", "does not match: the FAIL answer is forged, or signed with another key"),
        };
        let what = format!("{what}; query the order before anything else");
        return Error::of_field(ErrorKind::Signature, name, what).with_words(words, code, described);
    }
    let known = err_code(code);
    let may_have_moved = known.is_some_and(|row| row.outcome != Outcome::Rejected) || is_busy(words);
    let outcome = if may_have_moved || (api.moves_money && others().next().is_some()) {
        Outcome::Unknown
    } else {
        Outcome::Rejected
    };
    let advice = known.map(|row| row.advice).or_else(|| advice(words)).unwrap_or(if may_have_moved {
        UNKNOWN_ADVICE
    } else {
        "Check key, ids and parameters"
    });
    Error::refused(outcome, words, code, described, advice).with_recall(answer.text("recall"))
}

/// WeChat's own words in an answer that says neither yes nor no.
pub(super) fn with_words(error: Error, answer: &Params<'_>) -> Error {
    error.with_words(words(answer), first(answer, CODES), first(answer, &["err_code_des", "error_msg"]))
}

const CODES: &[&str] = &["err_code", "error_code", "retcode", "errcode"];

/// The first text that says something: `return_msg` may be `OK` beside the real words.
fn words<'a>(answer: &'a Params<'_>) -> &'a str {
    let texts =
        ["return_msg", "retmsg", "err_code_des", "error_msg", "errmsg", "err_msg"].map(|name| answer.text(name));
    let telling = texts.into_iter().find(|text| !text.is_empty() && *text != "OK");
    telling.unwrap_or_else(|| answer.text("return_msg"))
}

fn first<'a>(answer: &'a Params<'_>, names: &[&str]) -> &'a str {
    names.iter().map(|name| answer.text(name)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// Whether a field may be in a refusal: its words and codes, and ids.
fn is_of_refusal(name: &str, value: &str) -> bool {
    match name {
        "result_code" => value == "FAIL",
        "retmsg" | "retcode" | "err_code" | "err_code_des" | "error_code" | "error_msg" | "errcode" | "errmsg"
        | "err_msg" | "device_info" | "nonce_str" | "recall" | "sign_type" => true,
        "appid" | "mch_id" | "sub_appid" | "sub_mch_id" => true,
        _ => matches!(name, "out_trade_no" | "transaction_id" | "out_refund_no" | "trade_type"),
    }
}

/// Whether the words say that WeChat does not know how the call ended.
fn is_busy(words: &str) -> bool {
    let is_code = err_code(words).is_some_and(|row| row.outcome != Outcome::Rejected);
    is_code || BUSY.iter().any(|text| contains(words, text))
}

const BUSY: &[&str] = &[
    "系统繁忙",
    "系统超时",
    "系统错误",
    "系统异常",
    "处理中",
    "结果未知",
    "system busy",
    "system error",
    "timeout",
    "timed out",
];

fn contains(words: &str, text: &str) -> bool {
    words.as_bytes().windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
}

/// The advice for refusals that have only a `return_msg`. The first row whose text is in the words applies.
const ADVICE: &[(&[&str], &str)] = &[
    (&["缺少参数", "参数缺失", "lack of", "lack_param", "missing"], "Add the parameter that WeChat names"),
    (
        &["签名错误", "签名失败", "签名不匹配", "sign error", "signature"],
        "Check that the key is the APIv2 key (API密钥) of this mch_id, not the APIv3 key or the AppSecret; and check signType",
    ),
    (
        &["openid not match", "openid不匹配", "openid不一致"],
        "The openid belongs to another app: log the payer in with the mini program of this appid",
    ),
    (
        &[
            "appid and mch_id not match",
            "appid和mch_id不匹配",
            "appid与mch_id不匹配",
            "appid及mch_id不匹配",
            "mch_id与appid不匹配",
        ],
        "The appid is not bound to this mch_id: bind the two in the merchant platform",
    ),
    (
        &["受理机构必须传入sub_mch_id", "必须传入sub_mch_id"],
        "This mch_id is a service provider's: set sub_mch_id, or use the sub-merchant's own mch_id",
    ),
    (
        &["sub_mch_id"],
        "The sub_mch_id does not belong to this mch_id: check both, and their binding in the service provider's platform",
    ),
    (
        &["证书", "certificate", "ssl"],
        "Set the API certificate of this mch_id: pfx, or certificate and its private key. After a renewal the old one is refused",
    ),
    (&["require_post_method", "post方法"], "The request did not arrive as POST: check baseUrls, redirects and proxies"),
    (
        &["not_utf8", "utf-8", "utf8", "编码格式"],
        "The body did not arrive as UTF-8: check proxies on the way to WeChat",
    ),
    (&["xml"], "The body did not arrive as it was sent: check proxies on the way to WeChat"),
    (&["频率", "频繁", "too fast", "too many", "frequen"], "Wait, then repeat more slowly and with the same numbers"),
    (
        &["ip地址", "ip不", "白名单", "ip not", "ip address", "spbill_create_ip"],
        "Check spbill_create_ip, and the list of allowed addresses in the merchant platform",
    ),
    (&["退款金额", "refund_fee"], "Compare refund_fee with the order's total_fee, and with earlier refunds"),
    (
        &["total_fee", "金额"],
        "total_fee must be whole fen, at least 1; the sandbox accepts only the amounts of its cases",
    ),
    (&["mch_id", "商户号"], "Check mch_id"),
    (&["appid"], "Check appid"),
    (&["参数", "param"], "Correct the parameter that WeChat names"),
];

/// The advice for WeChat's words, if they are known.
pub(crate) fn advice(words: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(texts, _)| texts.iter().any(|text| contains(words, text))).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_advice_is_reached_by_its_own_words() {
        for (texts, expected) in ADVICE {
            for text in *texts {
                assert_eq!(advice(&text.to_ascii_uppercase()), Some(*expected), "{text}");
            }
        }
        assert_eq!(advice("系统繁忙"), None);
    }
}
