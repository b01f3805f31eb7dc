//! The seeds and the findings of fuzzing, checked against the properties of the fuzz targets.

use std::fs;
use std::path::Path;

use base64ct::{Base64, Encoding};
use serde_json::Value;

use crate::properties;

type Property = fn(&[u8]);

const TARGETS: &[(&str, Property)] = &[
    ("xml", properties::xml),
    ("params", properties::params),
    ("notify", properties::notify),
    ("req_info", properties::req_info),
    ("bills", properties::bills),
    ("user_data", properties::user_data),
    #[cfg(feature = "certificate")]
    ("p12", properties::p12),
    ("json_v3", properties::json_v3),
    ("notice_v3", properties::notice_v3),
    ("answer_v3", properties::answer_v3),
];

#[test]
fn every_input_found_by_fuzzing_keeps_the_properties() {
    for (target, property) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/found").join(target);
        let mut replayed = 0;
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            property(&fs::read(path).unwrap());
            replayed += 1;
        }
        assert!(replayed >= 10, "only {replayed} inputs of {target}");
    }
}

/// Fuzzing in short, without a fuzzer: each input with a byte changed, left out, doubled or cut off after it.
#[test]
fn every_mutant_of_what_fuzzing_found_for_apiv3_keeps_the_properties() {
    let mut state = 20_260_726_u64;
    let mut below = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    let mut tried = 0;
    for (target, property) in TARGETS.iter().filter(|(target, _)| target.ends_with("_v3")) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/native/found").join(target);
        for entry in fs::read_dir(&folder).unwrap() {
            let input = fs::read(entry.unwrap().path()).unwrap();
            for _ in 0..150 {
                let mut mutant = input.clone();
                for _ in 0..=below(3) {
                    let at = below(mutant.len().max(1));
                    match below(4) {
                        0 if at < mutant.len() => mutant[at] ^= 1 << below(8),
                        1 if at < mutant.len() => drop(mutant.remove(at)),
                        2 => mutant.extend_from_within(at..),
                        _ => mutant.truncate(at + 1),
                    }
                }
                property(&mutant);
                tried += 1;
            }
        }
    }
    assert!(tried > 10_000, "only {tried} mutants");
}

/// The seeds are made of the vectors. Here every text of a vector goes to every target in three forms:
/// `[text]`, `[0][text]` and `[1][text]`. The first byte says whether the target signs or encrypts the text itself.
#[test]
fn every_text_of_the_vectors_keeps_the_properties_of_every_target() {
    let vectors = ["xml", "notices", "bills", "user_data", "signing", "v3_published", "v3_made"];
    let mut texts = Vec::new();
    for name in vectors {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/{name}.json"));
        let vector: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        gather(&vector, &mut texts);
        // The encrypted data of a log-in is one input with its key.
        if let (Some(data), Some(iv), Some(key)) =
            (vector["encryptedData"].as_str(), vector["iv"].as_str(), vector["session_key"].as_str())
        {
            texts.push(format!("{data}\0{iv}\0{key}").into_bytes());
        }
    }
    texts.sort_unstable();
    texts.dedup();
    assert!(texts.len() > 500, "only {} texts", texts.len());
    for text in &texts {
        for input in [text.clone(), [&[0], &**text].concat(), [&[1], &**text].concat(), [&[7], &**text].concat()] {
            for (_, property) in TARGETS {
                property(&input);
            }
        }
    }
}

/// Every text in a JSON value but the names of its members. Base64 texts are decoded too.
fn gather(value: &Value, texts: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => {
            texts.push(text.clone().into_bytes());
            // Vectors have a body that is not UTF-8 in base64.
            texts.extend(Base64::decode_vec(text));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, texts)),
        Value::Object(members) => members.values().for_each(|member| gather(member, texts)),
        _ => {}
    }
}
