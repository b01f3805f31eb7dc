//! Writes the TypeScript of the APIs, the constants of both sides, or the table of the APIs, from Rust: `cargo run --features typescript --bin typescript -- types|constants|notices|table`.
#![allow(clippy::print_stdout, reason = "the output is the point")]

use paysign::{
    Declaration, Documentation, ERR_CODES, ERROR_KINDS, Family, Field, Item, Kind, Limits, Need, NoticeMember,
    PAYMENT_MEMBERS, REFUND_MEMBERS, Reads, documentation, shared_numbers as shared,
};

#[path = "typescript-requests.rs"]
mod requests;
#[path = "typescript-v3.rs"]
mod v3;

/// The calls of the mini program have no declaration. They are not calls of WeChat Pay: another host, JSON, no signature.
const LOG_IN: &str = "| `code2Session` | [小程序登录](https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html) | `/sns/jscode2session` | no |
| `getPhoneNumber` | [手机号快速验证](https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html) | `/wxa/business/getuserphonenumber` | no |";

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("types") => types(),
        Some("constants") => constants(),
        Some("notices") => notices(),
        Some("table") => table(),
        Some("types-v3") => v3::types(),
        Some("table-v3") => v3::table(),
        _ => {
            eprintln!("usage: typescript types|constants|notices|table|types-v3|table-v3");
            std::process::exit(2);
        }
    }
}

fn types() {
    println!("// The APIs, made from the declarations in src/v2/api/. Change them there.");
    println!("import type {{ BillStream, Comments }} from '../bill/bill.js';");
    println!("import {{ readsBill, readsComments }} from '../bill/reads.js';");
    println!("import type {{ CallOptions }} from '../http/call-options.js';");
    println!("import {{ ownMember }} from '../own.js';\nimport type {{ Fields }} from '../params.js';\n");
    let mut items: Vec<&Item> = Vec::new();
    documentation().iter().for_each(|api| collect(api.declaration.families, &mut items));
    for item in items {
        comment("", item.about);
        println!("export interface {} {{", item.name);
        members(item.members, item.documentation);
        for family in item.families {
            println!("  {}: {}[];", family.name, family.item.name);
        }
        println!("}}\n");
    }
    for api in documentation() {
        requests::request(api);
        if api.declaration.reads != Reads::Fields {
            continue;
        }
        comment("", &format!("The answer of `{}`, verified where WeChat signs it.", api.declaration.name));
        println!("export interface {} {{", api.answer_type);
        members(api.declaration.answer, api.answer);
        for (family, text) in api.declaration.families.iter().zip(api.families) {
            comment("  ", text);
            println!("  {}: {}[];", family.name, family.item.name);
        }
        println!("  /** Every field as text, the undocumented ones included. */\n  fields: Fields;\n}}\n");
    }
    println!("/** How an object is written as text: as JSON, or a `Date` as a time or a day in Beijing. */");
    println!("export type WrittenAs = 'json' | 'time' | 'day';\n");
    println!("/** The parameters that may be objects. Each is written once, and signed as it was written. */");
    println!("export const WRITTEN_FIELDS: Readonly<Record<string, Readonly<Record<string, WrittenAs>>>> = {{");
    for api in documentation() {
        let written: Vec<String> = api
            .declaration
            .request
            .iter()
            .filter_map(|field| Some(format!("{}: '{}'", field.name, written_as(field.kind)?)))
            .collect();
        if !written.is_empty() {
            println!("  {}: {{ {} }},", api.declaration.name, written.join(", "));
        }
    }
    println!("}};\n");
    println!("/** Every API as a method. */\nexport abstract class Apis {{");
    for name in configured() {
        println!("  /** The `{name}` of calls that do not give it themselves. */");
        println!("  abstract readonly {name}: string | undefined;\n");
    }
    let arguments = "(api: string, params: object, options?: CallOptions)";
    println!("  /** Calls an API by its name. */");
    println!("  abstract call{arguments}: Promise<{{ fields: Fields }}>;\n");
    println!("  /** Calls an API whose answer is a bill. @internal */");
    println!("  protected abstract [readsBill]{arguments}: Promise<BillStream>;\n");
    println!("  /** Calls an API whose answer is comments. @internal */");
    println!("  protected abstract [readsComments]{arguments}: Promise<Comments>;");
    documentation().iter().for_each(method);
    println!("}}");
}

/// The parameters that the client fills in from its configuration, once each.
fn configured() -> Vec<&'static str> {
    let mut names: Vec<&str> = documentation().iter().flat_map(|api| api.declaration.configured).copied().collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The numbers, codes and tables that Rust and TypeScript share.
fn constants() {
    println!("// Numbers, codes and tables that Rust has too, made from src/. Change them there.\n");
    let numbers = [
        ("NOTICE_BYTES", "The most bytes of a notice.", Limits::NOTICE.bytes as u64),
        ("NOTICE_BYTES_V3", "The most bytes of a notice of APIv3.", paysign::v3::Limits::NOTICE.bytes as u64),
        (
            "SECRET_BYTES",
            "The longest text that can be encrypted for WeChat (RSAES-OAEP with SHA-1), in bytes.",
            paysign::v3::SECRET_BYTES as u64,
        ),
        ("ANSWER_BYTES", "The most bytes of an answer.", Limits::ANSWER.bytes as u64),
        ("MOST_PARAMS", "The most parameters of one message; no API has a tenth of them.", shared::MOST_PARAMS as u64),
        (
            "FIELD_NUMBERS",
            "The numbers of a message's fields, those before the ends included.",
            shared::FIELD_NUMBERS as u64,
        ),
        ("FIELD_HEAD", "The numbers before the ends.", shared::FIELD_HEAD as u64),
        ("PAID_PLACE", "The place of the number that is 1 if a notice is paid.", shared::PAID_PLACE as u64),
        (
            "OTHER_VALUE",
            "In place of an end: the value is the next of those that are not ASCII.",
            u64::from(shared::OTHER_VALUE),
        ),
        ("HMAC_FLAG", "Flag of a packed call: HMAC-SHA256 in place of MD5.", u64::from(shared::HMAC_FLAG)),
        ("KEY_FLAG", "Flag of a packed call: the key follows the values.", u64::from(shared::KEY_FLAG)),
    ];
    for (name, about, number) in numbers {
        comment("", about);
        println!("export const {name} = {number};");
    }
    for (name, about, url) in [
        ("BASE_URL", "WeChat Pay, in both generations: a request's path follows it.", paysign::BASE_URL),
        ("BACKUP_BASE_URL", "The backup of it in another city (跨城冗灾方案).", paysign::BACKUP_BASE_URL),
        ("LOGIN_URL", "The mini program's server: log-in, access tokens and phone numbers.", paysign::LOGIN_URL),
    ] {
        comment("", about);
        println!("export const {name} = '{url}';");
    }
    comment("", "The deliberately wrong signatures of WeChat (探测流量) begin in this way.");
    println!("export const PROBE = '{}';", paysign::v3::head::PROBE);
    comment("", "The place of a text to encrypt in the JSON of a request of APIv3.");
    println!("export const SECRET_MARK = '\\u{{{:x}}}';", u32::from(paysign::v3::SECRET_MARK));
    println!("\n/** What the core refuses, as a stable code. */\nexport type CoreErrorCode =");
    for (kind, about) in ERROR_KINDS {
        comment("  ", about);
        println!("  | '{}'", kind.code());
    }
    println!(";");
    println!("\n/** What is known about one `err_code` of WeChat. */\nexport interface ErrCodeFacts {{");
    println!("  /** May money have moved? */\n  outcome: 'not-sent' | 'rejected' | 'unknown';");
    println!("  /** What it means. */\n  meaning: string;\n  /** What it means, in Chinese. */\n  meaning_zh: string;");
    println!("  /** What to do about it. */\n  advice: string;\n}}\n");
    println!("/** A documented `err_code`. */\nexport type ErrCode =");
    for row in ERR_CODES {
        println!("  | '{}'", row.code);
    }
    println!(";\n\n/** A known code of a refused call of APIv3. */\nexport type ErrCodeV3 =");
    for code in paysign::v3::err_codes() {
        println!("  | '{code}'");
    }
    println!(
        ";\n\n/** Every documented `err_code` of the payment pages (错误码). WeChat adds codes without notice. */"
    );
    println!("export const ERR_CODES: Readonly<Record<ErrCode, ErrCodeFacts>> = {{");
    for row in ERR_CODES {
        let outcome = row.outcome.as_str();
        let [meaning, meaning_zh, advice] = [row.meaning, row.meaning_zh, row.advice];
        println!(
            "  {}: {{ outcome: '{outcome}', meaning: {meaning:?}, meaning_zh: {meaning_zh:?}, advice: {advice:?} }},",
            row.code
        );
    }
    println!("}};");
}

/// The members of notices, and the functions that read them.
fn notices() {
    println!("// The members of notices, made from src/v2/notice_members.rs. Change them there.");
    println!("import type {{ Fields }} from '../params.js';\n");
    println!(
        "const numberOf = (text: string | undefined) => (text === undefined || text === '' ? undefined : Number(text));\n"
    );
    let is_shown = |member: &&NoticeMember| !member.about.is_empty();
    let payment: Vec<&NoticeMember> = PAYMENT_MEMBERS.iter().filter(is_shown).collect();
    let paid: Vec<&NoticeMember> = payment.iter().copied().filter(|member| member.need == Need::Paid).collect();
    let refund: Vec<&NoticeMember> = REFUND_MEMBERS.iter().filter(is_shown).collect();
    notice("PaymentMembers", "The members of a payment notice (支付结果通知).", &payment, |need| {
        need == Need::Always
    });
    notice("PaidMembers", "What the notice of a payment that succeeded always has.", &paid, |_| true);
    notice("RefundMembers", "The members of a refund notice (退款结果通知).", &refund, |need| {
        need == Need::Always
    });
    reader("paymentMembers", "PaymentMembers", &payment);
    reader("refundMembers", "RefundMembers", &refund);
}

fn notice(name: &str, about: &str, members: &[&NoticeMember], is_there: impl Fn(Need) -> bool) {
    comment("", about);
    println!("export interface {name} {{");
    for member in members {
        let kind = value_type(member.kind);
        let absent = if is_there(member.need) { "" } else { " | undefined" };
        comment("  ", member.about);
        println!("  {}: {kind}{absent};", member.name);
    }
    println!("}}\n");
}

fn reader(function: &str, name: &str, members: &[&NoticeMember]) {
    println!("/** Reads the members from the fields, which the core has checked. */");
    println!("export function {function}(fields: Fields): {name} {{\n  return {{");
    for NoticeMember { name, kind, need, .. } in members.iter().copied() {
        let value = match (kind.is_integer(), *need == Need::Always) {
            (true, true) => format!("Number(fields.{name})"),
            (true, false) => format!("numberOf(fields.{name})"),
            (false, true) => format!("fields.{name} ?? ''"),
            (false, false) => format!("fields.{name}"),
        };
        println!("    {name}: {value},");
    }
    println!("  }};\n}}\n");
}

/// Every item of the lists, once each, inner ones first.
fn collect(families: &'static [Family], items: &mut Vec<&'static Item>) {
    for family in families {
        collect(family.item.families, items);
        if items.iter().all(|item| item.name != family.item.name) {
            items.push(family.item);
        }
    }
}

fn members(fields: &[Field], texts: &[&str]) {
    for (field, text) in fields.iter().zip(texts) {
        comment("  ", text);
        println!("  {}{}: {};", field.name, mark(!field.required), value_type(field.kind));
    }
}

fn method(api: &Documentation) {
    let Declaration { name, request, reads, configured, .. } = *api.declaration;
    let filled: String =
        configured.iter().map(|name| format!(", {name}: ownMember(params, '{name}') ?? this.{name}")).collect();
    let params = if filled.is_empty() { "params".to_owned() } else { format!("{{ ...params{filled} }}") };
    let empty = if request.is_empty() { " = {}" } else { "" };
    let (answer_type, body) = match reads {
        Reads::Fields => {
            let body = format!("return (await this.call('{name}', {params}, options)) as {};", api.answer_type);
            (api.answer_type, body)
        }
        Reads::Bill => ("BillStream", format!("return this[readsBill]('{name}', {params}, options);")),
        Reads::Comments => ("Comments", format!("return this[readsComments]('{name}', {params}, options);")),
    };
    println!();
    comment("  ", &format!("{}: {}", api.title, api.about.trim_start()));
    println!("  async {name}(params: {}{empty}, options?: CallOptions): Promise<{answer_type}> {{", api.request_type);
    println!("    {body}\n  }}");
}

fn table() {
    println!("| method | WeChat's page | path | certificate |\n|---|---|---|---|");
    for api in documentation() {
        let certificate = if api.declaration.certificate { "yes" } else { "no" };
        println!(
            "| `{}` | [{}]({}) | `{}` | {certificate} |",
            api.declaration.name, api.title, api.page, api.declaration.path
        );
    }
    println!("{LOG_IN}");
}

fn mark(optional: bool) -> &'static str {
    if optional { "?" } else { "" }
}

/// How JavaScript writes an object that a caller passes for a field of this kind.
fn written_as(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Json => Some("json"),
        Kind::Time => Some("time"),
        Kind::Date => Some("day"),
        _ => None,
    }
}

/// The type of a value that WeChat sends. An open list of words accepts any text, and editors complete the known words.
fn value_type(kind: Kind) -> String {
    match kind {
        Kind::Amount | Kind::Count => "number".to_owned(),
        Kind::Word(words) => union(words),
        Kind::OpenWord(words) | Kind::State(words) | Kind::Known(words) => {
            format!("{} | (string & {{}})", union(words))
        }
        _ => "string".to_owned(),
    }
}

fn union(words: &[&str]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | ")
}

fn comment(indent: &str, text: &str) {
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    match lines.as_slice() {
        [line] => println!("{indent}/** {line} */"),
        lines => {
            println!("{indent}/**");
            for line in lines {
                println!("{}", format!("{indent} * {line}").trim_end());
            }
            println!("{indent} */");
        }
    }
}
