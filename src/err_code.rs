//! WeChat's `err_code`, one table: what it means, whether money may have moved, what to do (错误码, at each page of the manual).

use crate::error::Outcome;

/// What is known about one `err_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrCode {
    /// WeChat's code, as it is sent.
    pub code: &'static str,
    /// Whether money may have moved.
    pub outcome: Outcome,
    /// What it means.
    pub meaning: &'static str,
    /// What it means, in Chinese.
    pub meaning_zh: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

/// What is known about a code, if it is documented.
#[must_use]
pub fn err_code(code: &str) -> Option<&'static ErrCode> {
    ERR_CODES.iter().find(|row| row.code == code)
}

/// What to do about a code that no page names: it may mean anything.
pub(crate) const UNKNOWN_ADVICE: &str = "This code is not documented: query the order before anything else";

macro_rules! err_codes {
    ($($code:ident $outcome:ident $meaning:literal $meaning_zh:literal $advice:literal;)*) => {
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
    ORDERPAID Unknown "the order is paid already" "订单已支付" "Query the order and treat it as what the query says; never order again under a new number";
    ERROR Unknown "a business error, told only in err_code_des" "业务错误" "Read err_code_des; query before anything else";
    TRADE_STATE_ERROR Unknown "the order's state does not allow this" "订单状态错误" "Query the order";
    ORDERNOTEXIST Rejected "there is no such order under these ids" "订单不存在" "If you have just ordered, query again; otherwise the order was never made";
    ORDERCLOSED Rejected "the order is closed" "订单已关闭" "Order again under a new out_trade_no";
    OUT_TRADE_NO_USED Rejected "the number was used for another order" "商户订单号重复" "Look for a double submission; query the number";
    INVALID_REQUEST Rejected "the parameters are wrong, or an order was repeated with changed ones" "参数错误" "Repeat an order only with identical parameters";
    PARAM_ERROR Rejected "a parameter is wrong" "参数错误" "Read err_code_des and correct it";
    LACK_PARAMS Rejected "a parameter is missing" "缺少参数" "Read err_code_des and add it";
    NOAUTH Rejected "the merchant may not use this API" "商户无此接口权限" "Enable the product in the merchant platform";
    NOTENOUGH Rejected "the balance is too low" "余额不足" "The payer chooses another means; for a refund, top up and repeat with the same number";
    APPID_NOT_EXIST Rejected "there is no such appid" "APPID不存在" "Check the appid";
    MCHID_NOT_EXIST Rejected "there is no such merchant number" "MCHID不存在" "Check the mch_id";
    APPID_MCHID_NOT_MATCH Rejected "the appid is not bound to the merchant number" "appid和mch_id不匹配" "Bind the appid in the merchant platform";
    SIGNERROR Rejected "the signature is wrong" "签名错误" "Check that the key is the APIv2 key of this merchant number";
    XML_FORMAT_ERROR Rejected "the body is not XML" "XML格式错误" "Check what stands between you and WeChat";
    REQUIRE_POST_METHOD Rejected "the method is not POST" "请使用post方法" "Check what stands between you and WeChat";
    POST_DATA_EMPTY Rejected "the body is empty" "post数据为空" "Check what stands between you and WeChat";
    NOT_UTF8 Rejected "the body is not UTF-8" "编码格式错误" "Check what stands between you and WeChat";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_may_have_moved_money_is_unknown() {
        for code in ["SYSTEMERROR", "BANKERROR", "USERPAYING", "ORDERPAID"] {
            assert_eq!(err_code(code).map(|row| row.outcome), Some(Outcome::Unknown), "{code}");
        }
        assert_eq!(err_code("ORDERNOTEXIST").map(|row| row.outcome), Some(Outcome::Rejected));
        assert_eq!(err_code("toString"), None);
    }

    #[test]
    fn each_code_stands_once() {
        for (index, row) in ERR_CODES.iter().enumerate() {
            assert_eq!(ERR_CODES.iter().position(|other| other.code == row.code), Some(index), "{}", row.code);
        }
    }
}
