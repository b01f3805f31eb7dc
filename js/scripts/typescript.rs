//! Writes the TypeScript of the APIs, or their table, from the Rust declarations: `cargo run --bin typescript -- types|table`.
#![allow(clippy::print_stdout, reason = "the output is the point")]

use paysign::{Documentation, Family, Field, Item, Kind, documentation};

/// A required parameter that the client fills in from its configuration.
const CONFIGURED: &str = "notify_url";

/// The log-in is no call of WeChat Pay: another host, JSON, and the AppSecret instead of a signature.
const LOG_IN: &str = "| `code2Session` | [小程序登录](https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html) | `/sns/jscode2session` | no |";

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("types") => types(),
        Some("table") => table(),
        _ => {
            eprintln!("usage: typescript types|table");
            std::process::exit(2);
        }
    }
}

fn types() {
    println!("// The APIs, made from the declarations in src/v2/api/. Change them there.");
    println!("import {{ ownMember }} from '../own.js';\nimport type {{ Fields }} from '../params.js';\n");
    println!("/** What one call can be given besides its parameters. */");
    println!("export interface CallOptions {{\n  /** Gives the call up. */\n  signal?: AbortSignal | undefined;\n}}\n");
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
        let heading = format!("{}, {}\n\n{}", api.title, api.page, api.about);
        comment("", &heading);
        println!("export interface {} {{", api.request_type);
        for (field, text) in api.declaration.request.iter().zip(api.request) {
            let optional = !field.required || is_configured(field);
            comment("  ", text);
            println!("  {}{}: {};", field.name, mark(optional), request_type(field, optional));
        }
        println!("}}\n");
        if api.declaration.is_bill() {
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
    println!("/** The parameters that are JSON: an object is written as JSON once, and signed as it was written. */");
    println!("export const JSON_FIELDS: Readonly<Record<string, readonly string[]>> = {{");
    for api in documentation() {
        let names = api
            .declaration
            .request
            .iter()
            .filter(|field| field.kind == Kind::Json)
            .map(|field| format!("'{}'", field.name));
        let names: Vec<String> = names.collect();
        if !names.is_empty() {
            println!("  {}: [{}],", api.declaration.name, names.join(", "));
        }
    }
    println!("}};\n");
    println!("/** Every API as a method. */\nexport abstract class Apis {{");
    println!("  /** Where WeChat posts payment notices, for orders that do not say it themselves. */");
    println!("  abstract readonly notify_url: string | undefined;\n");
    println!("  /** Calls an API by its name. */");
    println!("  abstract call(api: string, params: object, options?: CallOptions): Promise<{{ fields: Fields }}>;");
    for api in documentation().iter().filter(|api| !api.declaration.is_bill()) {
        method(api);
    }
    println!("}}");
}

/// Every item that the lists hold, once each, inner ones first.
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
        let kind = if field.kind.is_integer() { "number" } else { "string" };
        println!("  {}{}: {kind};", field.name, mark(!field.required));
    }
}

fn is_configured(field: &Field) -> bool {
    field.name == CONFIGURED && field.required
}

fn method(api: &Documentation) {
    let name = api.declaration.name;
    let configured = api.declaration.request.iter().any(is_configured);
    let params = if configured {
        "{ ...params, notify_url: ownMember(params, 'notify_url') ?? this.notify_url }"
    } else {
        "params"
    };
    let empty = if api.declaration.request.is_empty() { " = {}" } else { "" };
    println!();
    comment("  ", &format!("{}: {}", api.title, api.about));
    println!(
        "  async {name}(params: {}{}, options?: CallOptions): Promise<{}> {{",
        api.request_type, empty, api.answer_type
    );
    println!("    return (await this.call('{name}', {params}, options)) as {};\n  }}", api.answer_type);
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

fn request_type(field: &Field, optional: bool) -> String {
    let kind = match field.kind {
        Kind::Amount | Kind::Count => "number".to_owned(),
        Kind::Json => "string | object".to_owned(),
        Kind::Word(words) => words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | "),
        _ => "string".to_owned(),
    };
    if optional { format!("{kind} | undefined") } else { kind }
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
