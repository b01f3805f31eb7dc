//! The maker of the glue: `paysign-glue compiled.wasm folder name` writes what `wasm-bindgen --target web` writes.

use std::env;
use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [compiled, folder, name] = arguments.as_slice() else {
        return Err("name the compiled module, the folder of the output and the name of the output".into());
    };
    Bindgen::new()
        .web(true)?
        .input_path(compiled)
        .out_name(name)
        .typescript(true)
        // A page that names no module loads the one beside the glue. The command has this on, its library off.
        .omit_default_module_path(false)
        // A module that ran out of memory is made anew.
        .reset_state_function(true)
        .generate(folder)?;
    Ok(())
}
