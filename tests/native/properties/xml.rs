//! XML and params. Two other readers accept what ours accepts, with the same texts. Built XML is read, and signatures verify.

use paysign::{Key, Limits, Params, SignType, build_xml, parse_xml, sign, verify};
use quick_xml::events::Event;
use roxmltree::Document;

use crate::support::{BOTH, Fields, KEY, OTHER_KEY, signature_of_text, text_to_sign};

/// Any bytes as a body.
pub fn xml(data: &[u8]) {
    if !same_for_all(data) {
        return;
    }
    let read = parse_xml(data, &Limits::ANSWER).unwrap();
    if let Ok(notice) = parse_xml(data, &Limits::NOTICE) {
        assert_eq!(notice, read, "the limits change what is read");
    }
    builds_and_reads(&read);
}

/// Any bytes as names and values, with NUL between them.
pub fn params(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0');
    let mut pairs = Vec::new();
    while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
        pairs.push((name, value));
    }
    let Ok(params) = Params::from_pairs(pairs.clone()) else { return };
    pairs.reverse();
    assert_eq!(Params::from_pairs(pairs).as_ref(), Ok(&params), "the order of fields matters");
    builds_and_reads(&params);
    let key = Key::new(KEY).unwrap();
    for sign_type in BOTH {
        signs_and_verifies(&params, &key, sign_type);
    }
}

/// Returns whether we accept it; if so, both others read the same. The line ends of their input are normalised first, as XML 1.0,
/// section 2.11, requires. roxmltree keeps a CR before a reference, and quick-xml keeps all of them.
pub fn same_for_all(body: &[u8]) -> bool {
    let Ok(read) = parse_xml(body, &Limits::ANSWER) else { return false };
    let text = std::str::from_utf8(body).expect("accepted, but not UTF-8");
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for theirs in [read_by_roxmltree(&text), read_by_quick_xml(&text)] {
        let theirs = theirs.unwrap_or_else(|what| panic!("{what}: {text:?}"));
        assert_eq!(Params::from_pairs(&theirs).as_ref(), Ok(&read), "{text:?}");
    }
    true
}

/// roxmltree is conforming: it must find one flat `<xml>` or `<root>`, without attributes or repeated names.
pub fn read_by_roxmltree(text: &str) -> Result<Fields, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    let mut fields = Fields::new();
    if !matches!(root.tag_name().name(), "xml" | "root") {
        return Err("another root".to_owned());
    }
    for child in root.children().filter(|child| child.is_element()) {
        if !child.children().all(|node| node.is_text()) || child.attributes().len() > 0 {
            return Err("more than text in a field".to_owned());
        }
        let value = child.children().filter_map(|node| node.text()).collect();
        insert(&mut fields, child.tag_name().name().to_owned(), value)?;
    }
    Ok(fields)
}

/// quick-xml is lenient, so only its texts count.
fn read_by_quick_xml(text: &str) -> Result<Fields, String> {
    let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut fields, mut open): (Fields, Vec<(String, String)>) = Default::default();
    loop {
        let piece = match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return Ok(fields),
            Event::Start(start) => {
                open.push((start.name().as_ref().to_owned(), String::new()));
                continue;
            }
            Event::Empty(empty) => {
                insert(&mut fields, empty.name().as_ref().to_owned(), String::new())?;
                continue;
            }
            Event::End(_) => {
                if let (Some((name, value)), false) = (open.pop(), open.is_empty()) {
                    insert(&mut fields, name, value)?;
                }
                continue;
            }
            Event::Text(text) => text.into_inner().into_owned(),
            Event::CData(text) => text.into_inner().into_owned(),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => character.to_string(),
                _ => quick_xml::escape::resolve_xml_entity(&reference).unwrap_or("?").to_owned(),
            },
            Event::Comment(_) | Event::Decl(_) => continue,
            other => return Err(format!("{other:?}")),
        };
        // White space between the fields is the root's own text, which is not read.
        if let Some((_, value)) = open.last_mut() {
            value.push_str(&piece);
        }
    }
}

fn insert(fields: &mut Fields, name: String, value: String) -> Result<(), String> {
    let twice = format!("{name} comes twice");
    if fields.insert(name, value).is_some() { Err(twice) } else { Ok(()) }
}

/// What can be built is read back, by us and by the others, without its empty fields.
fn builds_and_reads(params: &Params<'_>) {
    let Ok(built) = build_xml(params) else { return };
    let mut filled = params.clone();
    for (name, _) in params.iter().filter(|(_, value)| value.is_empty()) {
        filled.remove(name);
    }
    if let Ok(again) = parse_xml(built.as_bytes(), &Limits::ANSWER) {
        assert_eq!(again, filled);
        assert!(same_for_all(built.as_bytes()));
    } else {
        let over = built.len() > Limits::ANSWER.bytes
            || filled.len() > Limits::ANSWER.fields
            || filled
                .iter()
                .any(|(name, value)| name.len() > Limits::ANSWER.name || value.len() > Limits::ANSWER.value);
        assert!(over, "built, but not read back: {built:?}");
    }
}

/// A signature is the one that the independent signer makes, verifies, and does not for another value or key.
fn signs_and_verifies(params: &Params<'_>, key: &Key<'_>, sign_type: SignType) {
    let fields: Fields = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let text = text_to_sign(&fields);
    let signature = sign(params, key, sign_type);
    if !text.is_empty() {
        assert_eq!(signature, signature_of_text(&text, KEY, sign_type));
    }
    let mut signed = params.clone();
    signed.set("sign", signature).unwrap();
    assert!(verify(&signed, key, sign_type));
    assert!(!verify(&signed, &Key::new(OTHER_KEY).unwrap(), sign_type));
    let first = fields.iter().find(|(name, value)| *name != "sign" && !value.is_empty());
    if let Some((name, value)) = first {
        signed.set(name.clone(), format!("{value}x")).unwrap();
        assert!(!verify(&signed, key, sign_type), "{name} may be changed");
    }
}
