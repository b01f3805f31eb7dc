//! Writes the TypeScript of the APIs of APIv3, or the table of them, from their declarations.

use paysign::Kind;
use paysign::v3::{Documentation, Field, Form, Reads, Requirement, Shape, documentation};

use super::{comment, mark, union, value_type};

/// What makes the calls, and the answer that is not WeChat's own.
const CALLS: &str =
    "/** The member of a client that makes its calls. It is a symbol, so a subclass cannot override it by accident. */
export const declaredCalls = Symbol('declaredCalls');

/** Makes the calls by their names. */
export interface DeclaredCalls {
  /** Makes a call, and returns its answer. */
  request(api: string, params: object, options?: CallOptions): Promise<unknown>;
  /** Makes a call whose answer is the address of a bill. */
  bill(api: string, params: object, options?: CallOptions): Promise<BillStream>;
  /** Makes a call whose answer has the addresses of the parts of an encrypted bill. */
  encryptedBill(api: string, params: object, options?: CallOptions): Promise<BillStream>;
  /** Makes the call for platform certificates. */
  certificates(api: string, params: object, options?: CallOptions): Promise<PlatformCertificate[]>;
}

/** A platform certificate (平台证书), checked. */
export interface PlatformCertificate {
  /** Its serial: hexadecimal digits in upper case. */
  readonly serial_no: string;
  /** From when it signs (RFC 3339). */
  readonly effective_time: string;
  /** Until when it signs (RFC 3339). */
  readonly expire_time: string;
  /** The certificate. */
  readonly pem: string;
}
";

/// The types and the methods.
pub(super) fn types() {
    println!("// The APIs of APIv3, made from the declarations in src/v3/api/. Change them there.");
    println!("import type {{ BillStream }} from '../bill/bill.js';");
    println!("import type {{ CallOptions }} from '../http/call-options.js';");
    println!("import {{ ownMember }} from '../own.js';\n");
    println!("export type {{ ErrCodeV3 as ErrCode }} from './constants.js';\n");
    println!("{CALLS}");
    let mut shapes: Vec<&Shape> = Vec::new();
    for api in documentation() {
        collect(api.declaration.request, &mut shapes);
    }
    let requests = shapes.len();
    for api in documentation().iter().filter(|api| api.declaration.reads == Reads::Json) {
        collect(api.declaration.answer, &mut shapes);
    }
    for (at, shape) in shapes.into_iter().enumerate() {
        interface(shape, at < requests);
    }
    println!("/** Every API of APIv3 as a method. */\nexport abstract class ApisV3 {{");
    println!(
        "  /** The `notify_url` of calls that do not name one. */\n  abstract readonly notify_url: string | undefined;\n"
    );
    println!(
        "  /** The calls by their names. @internal */\n  protected abstract get [declaredCalls](): DeclaredCalls;"
    );
    documentation().iter().for_each(method);
    println!("}}");
}

/// The type of an object. Where one of several members is needed, each of them makes a type of its own.
fn interface(shape: &'static Shape, is_sent: bool) {
    let own = || documentation().iter().map(|api| api.declaration).filter(|api| std::ptr::eq(api.request, shape));
    let configured = |name: &str| own().any(|api| api.configured.contains(&name));
    let parts: Vec<String> = [choices(shape), requirement(shape)].into_iter().flatten().collect();
    comment("", shape.about);
    match parts.as_slice() {
        [] => println!("export interface {} {{", shape.name),
        _ => println!("export type {} = {{", shape.name),
    }
    for field in shape.members {
        let optional = !field.required || configured(field.name);
        comment("  ", field.about);
        let (of, missing) = (type_of(field, is_sent), if optional { " | undefined" } else { "" });
        println!("  {}{}: {of}{missing};", field.name, mark(optional));
    }
    for (name, about) in SUB_IDS {
        if shape.member(name).is_none() && own().any(|api| api.partner.ids.contains(&name)) {
            comment("  ", about);
            println!("  {name}?: string | undefined;");
        }
    }
    match parts.as_slice() {
        [] => println!("}}\n"),
        parts => println!("}} & {};\n", parts.join(" & ")),
    }
}

/// The ids that a service provider may pass with a call.
const SUB_IDS: [(&str, &str); 2] = [
    ("sub_mchid", "The sub-merchant, for a service provider whose client names none."),
    ("sub_appid", "The sub-merchant's mini program, for a service provider whose client names none."),
];

/// The part of a type that needs one of several members.
fn choices(shape: &'static Shape) -> Option<String> {
    let mut choices = Vec::new();
    for api in documentation().iter().map(|api| api.declaration) {
        for path in [api.any_of, api.partner.any_of, api.direct.any_of].into_iter().flatten() {
            let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
            let mut parents = parents.split('.').filter(|parent| !parent.is_empty());
            let found = parents.try_fold(api.request, |at, parent| match at.member(parent)?.form {
                Form::Object(inner) => Some(inner),
                _ => None,
            });
            if found.is_some_and(|found| std::ptr::eq(found, shape)) && !choices.contains(&name) {
                choices.push(name);
            }
        }
    }
    let one_of: Vec<String> = choices.iter().map(|name| format!("{{ {name}: string }}")).collect();
    (!one_of.is_empty()).then(|| format!("({})", one_of.join(" | ")))
}

/// The part of a type whose members need others, if one of them has a certain word.
fn requirement(shape: &'static Shape) -> Option<String> {
    let apis = documentation().iter().map(|api| api.declaration);
    let needs = apis.filter(|api| std::ptr::eq(api.request, shape)).flat_map(|api| api.requires);
    let mut of_words = needs.filter_map(|needs| match shape.member(needs.member)?.form {
        Form::Of(Kind::Word(words)) => Some((needs, words)),
        _ => None,
    });
    of_words.next().map(|(Requirement { member, word, needs }, words)| {
        let others: Vec<&str> = words.iter().copied().filter(|other| other != word).collect();
        let needed: Vec<String> =
            needs.iter().filter_map(|name| Some(format!("; {name}: {}", type_of(shape.member(name)?, true)))).collect();
        format!("({{ {member}: {} }} | {{ {member}: '{word}'{} }})", union(&others), needed.concat())
    })
}

/// The rows of the README's table.
pub(super) fn table() {
    println!("| method | WeChat's page | method and path |\n|---|---|---|");
    for api in documentation() {
        let sides = [api.declaration.partner, api.declaration.direct];
        let path = sides.iter().filter_map(|side| side.paths.last()).next_back().copied().unwrap_or_default();
        println!(
            "| `{}` | [{}]({}) | `{} {path}` |",
            api.declaration.name, api.title, api.page, api.declaration.method
        );
    }
}

/// Every object of requests and answers, once each, inner ones first.
fn collect(shape: &'static Shape, shapes: &mut Vec<&'static Shape>) {
    for field in shape.members {
        if let Form::Object(inner) | Form::List(inner) | Form::ListUpTo(inner, _) = field.form {
            collect(inner, shapes);
        }
    }
    if shapes.iter().all(|known| known.name != shape.name) {
        shapes.push(shape);
    }
}

/// The type of a member. A request may have a `Date` for a time.
fn type_of(field: &Field, is_sent: bool) -> String {
    match field.form {
        Form::Amount | Form::Count | Form::Quantity => "number".to_owned(),
        Form::Bool => "boolean".to_owned(),
        Form::Object(shape) => shape.name.to_owned(),
        Form::List(shape) | Form::ListUpTo(shape, _) => format!("{}[]", shape.name),
        Form::Words(words) => format!("({})[]", union(words)),
        Form::OneOf(numbers) => numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" | "),
        Form::Time | Form::Date if is_sent => "string | Date".to_owned(),
        Form::Of(kind) => value_type(kind),
        Form::Time
        | Form::Text(_)
        | Form::NewOrderNumber
        | Form::MerchantNumber
        | Form::Url(_)
        | Form::Secret
        | Form::Date => "string".to_owned(),
    }
}

fn method(api: &Documentation) {
    let declaration = api.declaration;
    let filled: String = declaration
        .configured
        .iter()
        .map(|name| format!(", {name}: ownMember(params, '{name}') ?? this.{name}"))
        .collect();
    let params = if filled.is_empty() { "params".to_owned() } else { format!("{{ ...params{filled} }}") };
    let json = if declaration.has_answer() { declaration.answer.name } else { "void" };
    let (call, answer) = match declaration.reads {
        Reads::Json => ("request", json),
        Reads::Bill => ("bill", "BillStream"),
        Reads::EncryptedBill => ("encryptedBill", "BillStream"),
        Reads::Certificates => ("certificates", "PlatformCertificate[]"),
    };
    println!();
    comment("  ", &format!("{}: {}", api.title, api.about.trim_start()));
    let (name, request) = (declaration.name, declaration.request.name);
    let default = if declaration.request.members.iter().all(|field| !field.required) && declaration.any_of.is_empty() {
        " = {}"
    } else {
        ""
    };
    println!("  async {name}(params: {request}{default}, options?: CallOptions): Promise<{answer}> {{");
    match (declaration.reads, answer) {
        (Reads::Json, "void") => println!("    await this[declaredCalls].request('{name}', {params}, options);\n  }}"),
        (Reads::Json, _) => {
            println!("    return (await this[declaredCalls].request('{name}', {params}, options)) as {answer};\n  }}");
        }
        _ => println!("    return this[declaredCalls].{call}('{name}', {params}, options);\n  }}"),
    }
}
