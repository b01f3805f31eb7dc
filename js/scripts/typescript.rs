//! Writes the TypeScript of the APIs, or their table, from the Rust declarations: `cargo run --example typescript -- types|table`.
#![allow(clippy::print_stdout, reason = "the output is the point")]

use paysign::{Documentation, Field, Kind, documentation};

/// A required parameter that the client fills in from its configuration.
const CONFIGURED: &str = "notify_url";

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
    println!("// The APIs, made from the declarations in src/api/. Change them there.");
    println!("import type {{ Fields }} from '../params.js';\n");
    println!("/** What one call can be given besides its parameters. */");
    println!("export interface CallOptions {{\n  /** Gives the call up. */\n  signal?: AbortSignal | undefined;\n}}\n");
    for api in documentation() {
        let heading = format!("{}, {}\n\n{}", api.title, api.page, api.about);
        comment("", &heading);
        println!("export interface {} {{", api.request_type);
        for (field, text) in api.declaration.request.iter().zip(api.request) {
            let optional = !field.required || field.name == CONFIGURED;
            comment("  ", text);
            println!("  {}{}: {};", field.name, mark(optional), request_type(field, optional));
        }
        println!("}}\n");
        comment("", &format!("The verified answer of `{}`.", api.declaration.name));
        println!("export interface {} {{", api.answer_type);
        for (field, text) in api.declaration.answer.iter().zip(api.answer) {
            comment("  ", text);
            let kind = if field.kind.is_integer() { "number" } else { "string" };
            println!("  {}{}: {kind};", field.name, mark(!field.required));
        }
        println!("  /** Every field as text, the undocumented ones included. */\n  fields: Fields;\n}}\n");
    }
    println!("/** Every API as a method. */\nexport abstract class Apis {{");
    println!("  /** Where WeChat posts payment notices, for orders that do not say it themselves. */");
    println!("  abstract readonly notify_url: string | undefined;\n");
    println!("  /** Calls an API by its name. */");
    println!("  abstract call(api: string, params: object, options?: CallOptions): Promise<{{ fields: Fields }}>;");
    for api in documentation() {
        method(api);
    }
    println!("}}");
}

fn method(api: &Documentation) {
    let name = api.declaration.name;
    let configured = api.declaration.request.iter().any(|field| field.name == CONFIGURED);
    let params = if configured { "{ ...params, notify_url: params?.notify_url ?? this.notify_url }" } else { "params" };
    println!();
    comment("  ", &format!("{}: {}", api.title, api.about));
    println!("  async {name}(params: {}, options?: CallOptions): Promise<{}> {{", api.request_type, api.answer_type);
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
}

fn mark(optional: bool) -> &'static str {
    if optional { "?" } else { "" }
}

fn request_type(field: &Field, optional: bool) -> String {
    let kind = match field.kind {
        Kind::Amount | Kind::Count => "number".to_owned(),
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
