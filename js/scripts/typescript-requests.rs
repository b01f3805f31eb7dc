//! Writes the TypeScript of the requests of APIv2. A rule for parameters that depend on each other becomes a part of the type.

use paysign::{Documentation, Field, Kind, Rule};

use super::{comment, mark, value_type};

/// The call that `pay` makes, and the kind of payment that a mini program pays.
const PAY: (&str, &str) = ("unifiedOrder", "JSAPI");

/// The type of a request.
pub(super) fn request(api: &Documentation) {
    let (call, name) = (api.declaration.name, api.request_type);
    let rules: Vec<String> = api.declaration.rules.iter().filter_map(|rule| any_of(api, rule)).collect();
    let about = format!("{}, {}\n\n{}", api.title, api.page, api.about);
    let Some((kind, kind_about)) = kind_of(api) else {
        comment("", &about);
        match rules.as_slice() {
            [] => println!("export interface {name} {{"),
            _ => println!("export type {name} = {{"),
        }
        members(api, "");
        match rules.as_slice() {
            [] => println!("}}\n"),
            rules => println!("}} & {};\n", rules.join(" & ")),
        }
        return;
    };
    comment("", &format!("The parameters of `{call}` that every `{}` has.", kind.name));
    println!("export interface {name}Members {{");
    members(api, kind.name);
    println!("}}\n");
    comment("", &about);
    println!("export type {name} = {name}Members & (");
    let Kind::Word(words) = kind.kind else { return };
    for word in words {
        for needed in needs(api, word) {
            println!("  | {{");
            comment("      ", kind_about);
            println!("      {}: '{word}';{needed}\n    }}", kind.name);
        }
    }
    println!(");\n");
    if call == PAY.0 {
        comment("", &format!("The order of `pay`: that of `{call}`, with the `{}` `{}`.", kind.name, PAY.1));
        println!("export type PayOrder = {name}Members & {{");
        comment("  ", &format!("`{}`, which it is without this parameter too.", PAY.1));
        println!("  {}?: '{}' | undefined;", kind.name, PAY.1);
        let needed: Vec<String> = needs(api, PAY.1).iter().map(|needed| format!("{{{needed} }}")).collect();
        println!("}} & ({});\n", needed.join(" | "));
    }
}

/// The members, but for one.
fn members(api: &Documentation, but: &str) {
    for (field, text) in api.declaration.request.iter().zip(api.request).filter(|(field, _)| field.name != but) {
        let optional = !field.required || api.declaration.configured.contains(&field.name);
        comment("  ", text);
        let missing = if optional { " | undefined" } else { "" };
        println!("  {}{}: {}{missing};", field.name, mark(optional), sent_type(field.kind));
    }
}

/// The parameter whose words need others, and its text.
fn kind_of(api: &Documentation) -> Option<(&'static Field, &'static str)> {
    let name = api.declaration.rules.iter().find_map(|rule| match rule {
        Rule::When(name, _, _) => Some(*name),
        Rule::AnyOf(_) => None,
    })?;
    api.declaration.request.iter().zip(api.request.iter().copied()).find(|(field, _)| field.name == name)
}

/// The members that a request with this word needs, one text for each way.
fn needs(api: &Documentation, word: &str) -> Vec<String> {
    let found = api.declaration.rules.iter().find_map(|rule| match rule {
        Rule::When(_, value, names) if *value == word => Some(*names),
        _ => None,
    });
    // TypeScript names the last way in its error, so the best one comes last.
    found.map_or_else(|| vec![String::new()], |names| names.iter().rev().map(|name| needed(api, name)).collect())
}

/// The part of a type that needs one of several members.
fn any_of(api: &Documentation, rule: &Rule) -> Option<String> {
    let Rule::AnyOf(names) = rule else { return None };
    let ways: Vec<String> = names.iter().map(|name| format!("{{{} }}", needed(api, name))).collect();
    Some(format!("({})", ways.join(" | ")))
}

fn needed(api: &Documentation, name: &str) -> String {
    let found = api.declaration.request.iter().find(|field| field.name == name);
    found.map_or_else(String::new, |field| format!(" {name}: {};", sent_type(field.kind)))
}

/// The type of a parameter. JavaScript writes some objects as text.
fn sent_type(kind: Kind) -> String {
    match kind {
        Kind::Json => "string | object".to_owned(),
        Kind::Time | Kind::Date => "string | Date".to_owned(),
        kind => value_type(kind),
    }
}
