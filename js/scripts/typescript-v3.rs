//! Writes the TypeScript of the APIs of APIv3, or the table of them, from their declarations.

use paysign::Kind;
use paysign::v3::{Documentation, Field, Form, Shape, documentation};

use super::{comment, mark};

/// The types and the methods.
pub(super) fn types() {
    println!("// The APIs of APIv3, made from the declarations in src/v3/api/. Change them there.");
    println!("import type {{ CallOptions }} from '../http/call-options.js';");
    println!("import {{ ownMember }} from '../own.js';\n");
    let mut shapes: Vec<&Shape> = Vec::new();
    for api in documentation() {
        collect(api.declaration.request, &mut shapes);
    }
    let requests = shapes.len();
    for api in documentation() {
        collect(api.declaration.answer, &mut shapes);
    }
    for (at, shape) in shapes.into_iter().enumerate() {
        comment("", shape.about);
        let configured = |name: &str| {
            documentation()
                .iter()
                .any(|api| api.declaration.request.name == shape.name && api.declaration.configured.contains(&name))
        };
        println!("export interface {} {{", shape.name);
        for field in shape.members {
            let optional = !field.required || configured(field.name);
            comment("  ", field.about);
            println!(
                "  {}{}: {}{};",
                field.name,
                mark(optional),
                type_of(field, at < requests),
                if optional { " | undefined" } else { "" }
            );
        }
        println!("}}\n");
    }
    println!("/** Every API of APIv3 as a method. */\nexport abstract class ApisV3 {{");
    println!(
        "  /** The `notify_url` of calls that do not name one. */\n  abstract readonly notify_url: string | undefined;\n"
    );
    println!("  /** Calls an API by its name. @internal */");
    println!("  protected abstract request(api: string, params: object, options?: CallOptions): Promise<unknown>;");
    documentation().iter().for_each(method);
    println!("}}");
}

/// The rows of the README's table.
pub(super) fn table() {
    println!("| method | WeChat's page | method and path |\n|---|---|---|");
    for api in documentation() {
        let path = api.declaration.paths.last().copied().unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        println!(
            "| `{}` | [{}]({}) | `{} {path}` |",
            api.declaration.name, api.title, api.page, api.declaration.method
        );
    }
}

/// Every object of requests and answers, once each, inner ones first.
fn collect(shape: &'static Shape, shapes: &mut Vec<&'static Shape>) {
    for field in shape.members {
        if let Form::Object(inner) | Form::List(inner) = field.form {
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
        Form::List(shape) => format!("{}[]", shape.name),
        Form::Words(words) => format!("({})[]", union(words)),
        Form::OneOf(numbers) => numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" | "),
        Form::Time if is_sent => "string | Date".to_owned(),
        Form::Of(Kind::Word(words)) => union(words),
        Form::Time | Form::Text(_) | Form::Of(_) | Form::NewOrderNumber | Form::Url => "string".to_owned(),
    }
}

fn union(words: &[&str]) -> String {
    words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | ")
}

fn method(api: &Documentation) {
    let declaration = api.declaration;
    let filled: String = declaration
        .configured
        .iter()
        .map(|name| format!(", {name}: ownMember(params, '{name}') ?? this.{name}"))
        .collect();
    let params = if filled.is_empty() { "params".to_owned() } else { format!("{{ ...params{filled} }}") };
    let answer = if declaration.has_answer() { declaration.answer.name } else { "void" };
    println!();
    comment("  ", &format!("{}: {}", api.title, api.about.trim_start()));
    println!(
        "  async {}(params: {}, options?: CallOptions): Promise<{answer}> {{",
        declaration.name, declaration.request.name
    );
    match answer {
        "void" => println!("    await this.request('{}', {params}, options);\n  }}", declaration.name),
        _ => println!("    return (await this.request('{}', {params}, options)) as {answer};\n  }}", declaration.name),
    }
}
