//! The table of WeChat's `err_code`: meaning, outcome and advice (错误码, on each page of the manual).

use crate::error::Outcome;

/// One documented `err_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrCode {
    /// WeChat's code, as it is sent.
    pub code: &'static str,
    /// Whether money may have moved.
    pub outcome: Outcome,
    /// Its meaning, in English.
    pub meaning: &'static str,
    /// Its meaning, in Chinese.
    pub meaning_zh: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// Returns the row of a code, or `None` if no page has it. Underscores do not count: services send `SIGN_ERROR` for `SIGNERROR`.
#[must_use]
pub fn err_code(code: &str) -> Option<&'static ErrCode> {
    let letters = |text: &'static str| text.bytes().filter(|byte| *byte != b'_');
    let is_twin = |row: &&ErrCode| letters(row.code).eq(code.bytes().filter(|byte| *byte != b'_'));
    ERR_CODES.iter().find(|row| row.code == code).or_else(|| ERR_CODES.iter().find(is_twin))
}

/// The advice for a code that no page has.
pub(crate) const UNKNOWN_ADVICE: &str = "This code is not documented: query the order before anything else";

macro_rules! err_codes {
    ($($code:tt $outcome:ident $meaning:literal $meaning_zh:literal $advice:literal;)*) => {
        /// Every documented code of the payment pages.
        pub const ERR_CODES: &[ErrCode] = &[$(ErrCode {
            code: stringify!($code),
            outcome: Outcome::$outcome,
            meaning: $meaning,
            meaning_zh: $meaning_zh,
            advice: $advice,
        }),*];
    };
}

err_codes! {
    SYSTEMERROR Unknown "WeChat's system failed or timed out" "系统超时或异常" "Query the order before anything else, then repeat with the same numbers";
    BANKERROR Unknown "the bank failed" "银行系统异常" "Query the order before anything else";
    USERPAYING Unknown "the payer is entering the password" "用户支付中" "Query the order before anything else";
    ORDERPAID Unknown "the order is paid already" "订单已支付" "Query the order and use the answer of the query; never order again under a new number";
    ERROR Unknown "a business error, described only in err_code_des" "业务错误" "Read err_code_des; query before anything else";
    TRADE_STATE_ERROR Unknown "the order's state does not allow this" "订单状态错误" "Query the order";
    ORDERNOTEXIST Rejected "there is no such order under these ids" "订单不存在" "If you have just ordered, query again; otherwise the order was never made";
    ORDERCLOSED Rejected "the order is closed" "订单已关闭" "Order again under a new out_trade_no";
    OUT_TRADE_NO_USED Rejected "the number was used for another order" "商户订单号重复" "Look for a double submission; query the number";
    BIZERR_NEED_RETRY Unknown "the refund is handled at the same time elsewhere" "退款业务流程错误，需要重试" "Repeat with the same out_refund_no";
    FREQUENCY_LIMITED Rejected "too many calls; it was not accepted" "频率限制" "Repeat later with the same numbers, more slowly";
    INVALID_REQ_TOO_MUCH Rejected "too many wrong requests" "无效请求过多" "Find the wrong calls; repeat after a minute with the same numbers";
    TRADE_OVERDUE Rejected "the order is older than a year" "订单已经超过退款期限" "Refund by other means";
    USER_ACCOUNT_ABNORMAL Rejected "the payer's account is closed" "用户账户异常" "Refund by other means";
    REFUND_FEE_MISMATCH Rejected "the amounts do not fit the order or the earlier refund" "订单金额或退款金额与之前请求不一致" "Compare total_fee and refund_fee with the order; repeat a refund with identical parameters";
    ORDER_NOT_READY Rejected "the order is still being settled" "订单处理中，暂时无法退款" "Repeat later with the same out_refund_no";
    INVALID_TRANSACTIONID Rejected "there is no such transaction" "无效transaction_id" "Check the transaction_id, and that its order is paid";
    REFUNDNOTEXIST Rejected "there is no such refund" "退款订单查询失败" "If the refund was uncertain, call refund again with the same out_refund_no";
    AUTHCODEEXPIRE Rejected "the payer's code is too old" "二维码已过期" "Scan again, under a new out_trade_no";
    AUTH_CODE_ERROR Rejected "the payer's code is wrong" "授权码参数错误" "Scan again, under a new out_trade_no";
    AUTH_CODE_INVALID Rejected "this is not a code of WeChat Pay" "授权码检验错误" "Ask for the code of WeChat Pay";
    NOTSUPORTCARD Rejected "the card is not supported" "不支持卡类型" "The payer chooses another card";
    BUYER_MISMATCH Rejected "another payer began this order" "支付账号错误" "Order again under a new out_trade_no";
    ORDERREVERSED Rejected "the order was reversed" "订单已撤销" "Order again under a new out_trade_no";
    TRADE_ERROR Rejected "the order's state or the payer's account does not allow this" "交易错误" "Read err_code_des";
    REVERSE_EXPIRE Rejected "the order is older than seven days" "订单无法撤销" "Refund it instead";
    NO_BILL_EXIST Rejected "there is no bill of that day" "账单不存在" "An empty day is no failure";
    BILL_CREATING Rejected "the bill is still being made" "账单未生成" "Fetch it after ten in the morning, Beijing time";
    NO_COMMENT Rejected "nobody wrote a comment in that time" "对应的时间段没有用户的评论数据" "An empty answer is no failure; ask for a later time";
    TIME_EXPIRE Rejected "the time is longer ago than three months" "拉取的时间超过3个月" "Ask for a time within the last three months";
    100 Rejected "WeChat's system failed" "系统错误" "Ask for the bill again later";
    20001 Rejected "a parameter of a bill's request is wrong" "参数错误" "Read return_msg and correct the request";
    20002 Rejected "there is no bill of that day, or it is still being made" "账单不存在或未生成" "Read return_msg; an empty day is no failure";
    20003 Rejected "WeChat's system failed" "系统错误" "Ask for the bill again later";
    20007 Rejected "the merchant may not fetch bills now" "当前商户号没有开通下载账单权限" "Open the fetching of bills in the merchant platform";
    20100 Rejected "WeChat's system failed" "系统错误" "Ask for the bill again later";
    INVALID_REQUEST Rejected "the parameters are wrong, or an order was repeated with changed ones" "参数错误" "Repeat an order only with identical parameters";
    PARAM_ERROR Rejected "a parameter is wrong" "参数错误" "Read err_code_des and correct it";
    LACK_PARAMS Rejected "a parameter is missing" "缺少参数" "Read err_code_des and add it";
    NOAUTH Rejected "the merchant may not use this API" "商户无此接口权限" "Enable the product in the merchant platform";
    NOTENOUGH Rejected "the balance is too low" "余额不足" "The payer chooses another means; for a refund, top up and repeat with the same number";
    APPID_NOT_EXIST Rejected "there is no such appid" "APPID不存在" "Check the appid";
    MCHID_NOT_EXIST Rejected "there is no such merchant number" "MCHID不存在" "Check the mch_id";
    APPID_MCHID_NOT_MATCH Rejected "the appid is not bound to the merchant number" "appid和mch_id不匹配" "Bind the appid in the merchant platform";
    SIGNERROR Rejected "the signature is wrong" "签名错误" "Check that the key is the APIv2 key of this merchant number";
    XML_FORMAT_ERROR Rejected "the body is not XML" "XML格式错误" "Check any proxy between you and WeChat";
    REQUIRE_POST_METHOD Rejected "the method is not POST" "请使用post方法" "Check any proxy between you and WeChat";
    POST_DATA_EMPTY Rejected "the body is empty" "post数据为空" "Check any proxy between you and WeChat";
    NOT_UTF8 Rejected "the body is not UTF-8" "编码格式错误" "Check any proxy between you and WeChat";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_after_which_money_may_have_moved_has_the_outcome_unknown() {
        for code in ["SYSTEMERROR", "BANKERROR", "USERPAYING", "ORDERPAID"] {
            assert_eq!(err_code(code).map(|row| row.outcome), Some(Outcome::Unknown), "{code}");
        }
        assert_eq!(err_code("ORDERNOTEXIST").map(|row| row.outcome), Some(Outcome::Rejected));
        assert_eq!(err_code("toString"), None);
    }

    #[test]
    fn each_code_has_one_row() {
        for (index, row) in ERR_CODES.iter().enumerate() {
            assert_eq!(ERR_CODES.iter().position(|other| other.code == row.code), Some(index), "{}", row.code);
        }
    }
}
