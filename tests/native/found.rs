//! What fuzzing found, and the inputs that reach the most, held to the properties of the fuzz targets once more.

use std::fs;
use std::path::Path;

use crate::properties;

type Property = fn(&[u8]);

#[test]
fn everything_that_was_found_by_fuzzing_keeps_the_properties() {
    let targets: &[(&str, Property)] = &[
        ("xml", properties::xml),
        ("params", properties::params),
        ("notify", properties::notify),
        ("req_info", properties::req_info),
        ("bills", properties::bills),
        ("user_data", properties::user_data),
        #[cfg(feature = "certificate")]
        ("p12", properties::p12),
    ];
    for (target, property) in targets {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/found").join(target);
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
