//! The lenient reader of an Authorization header, which keeps what is wrong with it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::doctor::words::Detail;

const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";
const MEMBERS: [&str; 5] = ["mchid", "nonce_str", "signature", "timestamp", "serial_no"];

/// What a header says.
#[derive(Default)]
pub(super) struct Header {
    pub(super) mchid: String,
    pub(super) nonce: String,
    pub(super) signature: String,
    pub(super) timestamp: String,
    pub(super) serial: String,
    /// The first fault of its form.
    pub(super) fault: Option<Detail>,
}

impl Header {
    /// Reads what can be read.
    pub(super) fn read(text: &str) -> Self {
        let mut header = Self::default();
        let mut rest = text;
        if let Some((_, after)) =
            text.trim_start().split_once(':').filter(|(name, _)| name.trim().eq_ignore_ascii_case("authorization"))
        {
            header.fail(Detail::in_both("the name of the header is part of its value", "值里包含了请求头的名字"));
            rest = after;
        }
        let rest = rest.trim();
        let (scheme, members) = rest.split_once(|letter: char| letter.is_whitespace()).unwrap_or(("", rest));
        let members = if scheme.contains('=') { rest } else { members };
        if scheme != SCHEME {
            header.fail(Detail::in_both(
                "the scheme is not WECHATPAY2-SHA256-RSA2048",
                "认证类型不是 WECHATPAY2-SHA256-RSA2048",
            ));
        }
        header.members(members);
        for (name, value) in MEMBERS.into_iter().zip(header.values()) {
            if value.is_empty() {
                header.fail(Detail::of(format!("{name} is missing"), format!("缺少 {name}")));
                break;
            }
        }
        let signature: String = header.signature.chars().filter(|letter| !letter.is_whitespace()).collect();
        if signature.len() < header.signature.len() {
            header.fail(Detail::in_both("the signature has white space", "签名里有空白或换行"));
        }
        if STANDARD.decode(&signature).is_err() {
            header.fail(Detail::in_both("the signature is not base64", "签名不是 base64"));
        }
        header.signature = signature;
        header
    }

    fn values(&self) -> [String; 5] {
        let Self { mchid, nonce, signature, timestamp, serial, .. } = self;
        [mchid, nonce, signature, timestamp, serial].map(Clone::clone)
    }

    fn fail(&mut self, fault: Detail) {
        self.fault.get_or_insert(fault);
    }

    fn members(&mut self, text: &str) {
        let mut rest = text;
        while !rest.trim().is_empty() {
            let Some((name, after)) = rest.split_once('=') else {
                self.fail(Detail::in_both("text after the members", "成员之后还有文字"));
                return;
            };
            let name = name.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, ',' | ';'));
            let (value, after) =
                if let Some((value, after)) = after.strip_prefix('"').and_then(|inner| inner.split_once('"')) {
                    (value, after)
                } else {
                    self.fail(Detail::in_both("values are in double quotes", "值要放在双引号里"));
                    let end = after.find([',', ';']).unwrap_or(after.len());
                    let (value, after) = after.split_at_checked(end).unwrap_or((after, ""));
                    (value.trim().trim_matches(['\'', '”', '“', '‘', '’', '\\', '"']), after)
                };
            if after.trim_start().starts_with(';') {
                self.fail(Detail::in_both("members are separated by commas", "成员之间用逗号分隔"));
            }
            self.set(name, value);
            rest = after.trim_start().trim_start_matches([',', ';']);
        }
    }

    fn set(&mut self, name: &str, value: &str) {
        let place = match name {
            "mchid" => &mut self.mchid,
            "nonce_str" => &mut self.nonce,
            "signature" => &mut self.signature,
            "timestamp" => &mut self.timestamp,
            "serial_no" => &mut self.serial,
            _ => {
                let name: String = name.chars().take(40).collect();
                self.fail(Detail::of(format!("it has no member {name}"), format!("没有名为 {name} 的成员")));
                return;
            }
        };
        let is_new = place.is_empty();
        value.clone_into(place);
        if !is_new {
            self.fail(Detail::in_both("a member is there twice", "有成员出现两次"));
        }
    }
}
