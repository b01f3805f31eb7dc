//! Report the outcome of a call 交易保障.

use super::declaration::api;

api! {
    /// Reports the outcome of a call to WeChat. It is optional: never let it delay or fail a payment. The answer is not signed.
    Report => ReportAnswer;
    title: "交易保障",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_8",
    path: "/payitil/report",
    fact: answer_signed = false,
    fact: rules = &[
        Rule::AnyOf(&["trades", "return_code"]),
        Rule::AnyOf(&["trades", "result_code"]),
        Rule::AnyOf(&["trades", "execute_time_", "execute_time"]),
    ],
    request {
        /// The whole address of the API that is reported. At most 127 characters.
        interface_url: String = Kind::Text;
        /// The IP address that called.
        user_ip: String = Kind::Address;
        /// The duration of the call, in milliseconds. The underscore at the end is WeChat's.
        execute_time_: Option<u64> = Kind::Count;
        /// The same without the underscore, as newer pages have it.
        execute_time: Option<u64> = Kind::Count;
        /// The `return_code` that is reported; needed unless `trades` are.
        return_code: Option<String> = Kind::Word(RESULTS);
        /// The `return_msg` that is reported.
        return_msg: Option<String> = Kind::Text;
        /// The `result_code` that is reported; needed unless `trades` are.
        result_code: Option<String> = Kind::Word(RESULTS);
        /// The `err_code` that is reported.
        err_code: Option<String> = Kind::Text;
        /// The `err_code_des` that is reported.
        err_code_des: Option<String> = Kind::Text;
        /// The shop's number of the order.
        out_trade_no: Option<String> = Kind::OrderNumber;
        /// A name for the device, at most 32 characters.
        device_info: Option<String> = Kind::Text;
        /// The time of the call, `yyyyMMddHHmmss` in Beijing time.
        time: Option<String> = Kind::Time;
        /// Several calls of a till at once, as JSON text. At most 1024 characters.
        trades: Option<String> = Kind::Json;
    }
    answer {
        /// `SUCCESS` when the report was taken.
        result_code: String = Kind::Known(RESULTS);
    }
}
